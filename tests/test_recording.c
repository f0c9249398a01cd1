// The file of a recording: what was added comes back, whatever happens to the file meanwhile.
#define _DEFAULT_SOURCE
#include "hil/recording/recorder.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[64];
static dd_error error;

static void set_up(void) {
    strcpy(path, "/tmp/dd_recording_XXXXXX");
    close(mkstemp(path));
    error = (dd_error){0};
}

static void tear_down(void) {
    unlink(path);
}

// Entry number i: its kind, time and octets follow from that.
enum { KINDS = DD_RECORDED_KINDS - 1, STEP = 250 };

static size_t octets_of(uint32_t i, uint8_t octets[static DD_ENTRY_MAX]) {
    size_t n = i % 7 == 0 ? 0 : (i * 37u) % 300;
    for (size_t k = 0; k < n; k++)
        octets[k] = (uint8_t)((i * 2654435761u + k * 40503u) >> 11);
    return n;
}

static dd_time time_of(uint32_t i) {
    return (dd_time)(i / 3) * STEP * DD_MILLISECOND; // three of each moment
}

static void add(dd_recorder *recorder, uint32_t i) {
    static uint8_t octets[DD_ENTRY_MAX];
    size_t n = octets_of(i, octets);
    dd_recorder_add(recorder, 1 + i % KINDS, time_of(i), octets, n);
}

static void record(uint32_t n) {
    dd_recorder *recorder = dd_recorder_open(path, &error);
    cr_assert(recorder, "%s", error.text);
    for (uint32_t i = 0; i < n; i++)
        add(recorder, i);
    cr_assert(dd_recorder_close(recorder, &error), "%s", error.text);
}

static bool is(const dd_recorded_entry *entry, uint32_t i) {
    static uint8_t octets[DD_ENTRY_MAX];
    size_t n = octets_of(i, octets);
    return entry->kind == 1 + i % KINDS && entry->t == time_of(i) && entry->n == n &&
           memcmp(entry->octets, octets, n) == 0;
}

// How many entries, from number `first` on, come back as they were.
static uint32_t read_on(dd_recording *recording, uint32_t first) {
    dd_recorded_entry entry;
    uint32_t i = first;
    int64_t wall_us = 0;
    while (dd_recording_next(recording, &entry, &error)) {
        cr_assert(is(&entry, i), "entry %u is another one", i);
        cr_assert_geq(entry.wall_us, wall_us);
        wall_us = entry.wall_us;
        i++;
    }
    return i - first;
}

Test(recording, gives_back_what_was_added, .init = set_up, .fini = tear_down) {
    enum { N = 5000 };
    record(N);
    dd_recording *recording = dd_recording_open(path, &error);
    cr_assert(recording, "%s", error.text);
    cr_expect_gt(dd_recording_blocks(recording), 5);
    cr_expect_not(dd_recording_cut(recording));
    cr_expect_eq(dd_recording_end(recording), time_of(N - 1));
    cr_expect_eq(read_on(recording, 0), N);
    cr_expect_eq(error.status, DD_OK);
    dd_recording_close(recording);
}

Test(recording, may_be_empty, .init = set_up, .fini = tear_down) {
    record(0);
    dd_recording *recording = dd_recording_open(path, &error);
    cr_assert(recording, "%s", error.text);
    cr_expect_not(dd_recording_cut(recording));
    cr_expect_eq(read_on(recording, 0), 0);
    cr_expect(dd_recording_seek(recording, DD_HOUR, &error));
    dd_recording_close(recording);
}

Test(recording, goes_to_any_moment, .init = set_up, .fini = tear_down) {
    enum { N = 5000 };
    record(N);
    dd_recording *recording = dd_recording_open(path, &error);
    for (uint32_t i = 0; i < N; i += 3 * 97) {
        cr_assert(dd_recording_seek(recording, time_of(i), &error));
        cr_expect_eq(read_on(recording, i), N - i);
        cr_assert(dd_recording_seek(recording, time_of(i) - 1, &error));
        cr_expect_eq(read_on(recording, i), N - i);
    }
    cr_assert(dd_recording_seek(recording, time_of(N) + DD_HOUR, &error));
    cr_expect_eq(read_on(recording, N), 0);
    dd_recording_close(recording);
}

// The size of the file, and its octets; the caller frees them.
static uint8_t *load(size_t *n) {
    FILE *file = fopen(path, "rb");
    struct stat status;
    fstat(fileno(file), &status);
    uint8_t *octets = malloc((size_t)status.st_size);
    *n = fread(octets, 1, (size_t)status.st_size, file);
    fclose(file);
    return octets;
}

// Wherever it is cut off, what lies in whole blocks is read, and nothing else.
Test(recording, is_read_as_far_as_it_is_whole, .init = set_up, .fini = tear_down) {
    enum { N = 2500 };
    size_t n;
    uint32_t before = 0;
    record(N);
    uint8_t *octets = load(&n);
    for (size_t size = DD_RECORDING_HEAD; size < n; size += size / 9) {
        dd_recording *recording = dd_recording_of(octets, size, "cut", &error);
        cr_assert(recording, "%s", error.text);
        cr_expect(dd_recording_cut(recording));
        uint32_t read = read_on(recording, 0);
        cr_expect_eq(error.status, DD_OK);
        cr_expect_geq(read, before);
        if (read) cr_expect_eq(dd_recording_end(recording), time_of(read - 1));
        before = read;
        dd_recording_close(recording);
    }
    cr_expect_gt(before, N / 2);
    free(octets);
}

// An octet changed in a file that was closed is found, not read.
Test(recording, tells_where_it_is_spoilt, .init = set_up, .fini = tear_down) {
    enum { N = 2500 };
    size_t n;
    record(N);
    uint8_t *octets = load(&n);
    for (size_t at = DD_RECORDING_HEAD + 5; at < n / 2; at += 997) {
        octets[at] ^= 0x10;
        dd_recording *recording = dd_recording_of(octets, n, "spoilt", &error);
        cr_assert(recording, "%s", error.text);
        cr_expect_lt(read_on(recording, 0), N);
        cr_expect_eq(error.status, DD_WRONG);
        cr_expect(strstr(error.text, "spoilt: the block at octet "), "%s", error.text);
        dd_recording_close(recording);
        octets[at] ^= 0x10;
    }
    free(octets);
}

// A killed process leaves all that it has flushed.
Test(recording, survives_a_kill, .init = set_up, .fini = tear_down) {
    enum { N = 700 };
    int ready[2];
    cr_assert_eq(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        dd_recorder *recorder = dd_recorder_open(path, &error);
        for (uint32_t i = 0; i < N; i++)
            add(recorder, i);
        dd_recorder_flush(recorder);
        for (uint32_t i = N; i < N + 20; i++)
            add(recorder, i);
        (void)!write(ready[1], "", 1);
        pause();
    }
    char octet;
    cr_assert_eq(read(ready[0], &octet, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    dd_recording *recording = dd_recording_open(path, &error);
    cr_assert(recording, "%s", error.text);
    cr_expect(dd_recording_cut(recording));
    cr_expect_eq(read_on(recording, 0), N);
    cr_assert(dd_recording_seek(recording, time_of(300), &error));
    cr_expect_eq(read_on(recording, 300), N - 300);
    dd_recording_close(recording);
}

// What was added is handed on within a second or so, unasked.
Test(recording, hands_on_by_itself, .init = set_up, .fini = tear_down) {
    dd_recorder *recorder = dd_recorder_open(path, &error);
    add(recorder, 0);
    usleep(1100000);
    add(recorder, 1);
    dd_recording *recording = dd_recording_open(path, &error);
    cr_assert(recording, "%s", error.text);
    cr_expect_eq(read_on(recording, 0), 2);
    dd_recording_close(recording);
    cr_expect(dd_recorder_close(recorder, &error));
}

Test(recording, says_when_the_disk_is_full, .init = set_up, .fini = tear_down) {
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {20000, 20000};
    setrlimit(RLIMIT_FSIZE, &limit);
    dd_recorder *recorder = dd_recorder_open(path, &error);
    for (uint32_t i = 0; i < 2000; i++)
        add(recorder, i);
    cr_expect(dd_recorder_failed(recorder, &error));
    cr_expect_not(dd_recorder_close(recorder, &error));
    cr_expect_eq(error.status, DD_OUTSIDE);
    cr_expect(strstr(error.text, path));
}

static void refused(const void *octets, size_t n, const char *why) {
    cr_expect_null(dd_recording_of(octets, n, "file", &error));
    cr_expect_eq(error.status, DD_WRONG);
    cr_expect(strstr(error.text, why), "%s", error.text);
}

Test(recording, is_refused_when_it_is_none, .init = set_up, .fini = tear_down) {
    // Version 2, with the right check.
    static const uint8_t newer[DD_RECORDING_HEAD] = DD_RECORDING_MAGIC "\x02\0\0\0\x83\x47\x03\xc8";
    refused("", 0, "no recording");
    refused("-- a scenario, by mistake", 25, "no recording");
    refused(newer, sizeof newer, "version 2");
    cr_expect_null(dd_recording_open("/nowhere/at/all", &error));
    cr_expect_eq(error.status, DD_WRONG);
    cr_expect_null(dd_recording_open("/tmp", &error));
    cr_expect(strstr(error.text, "no file"), "%s", error.text);
}
