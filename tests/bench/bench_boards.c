// Eight boards (host processes of the reference firmware) in real time, with the whole city at
// packet level: how long what they say waits here for the city to hear it, which is all that the
// twin adds to a round trip, since what it answers is written before it hears the next; and how
// they keep their deadlines, beside how late a timer of this machine is meanwhile. The percentiles
// are the worst board's; `taken_late` counts what waited for more than a millisecond, of all. Every
// lamp is asked each minute, so that they have something to say.
#define _GNU_SOURCE
#include "lua/play.h"
#include "tests/bench/bench.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { BOARDS = 8, SECONDS = 20, TICK_MS = 1, LATE_MS = 5 };

static const char scenario[] =
    "scenario{ city = \"bentre\", start = \"2020-08-03 18:00\", stop = \"19:00\" }\n"
    "set{ [\"centre.poll_s\"] = 60 }\n";

// --- The machine's own timer ---

typedef struct timer {
    volatile bool over;
    long late; // ticks more than LATE_MS late
} timer;

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void *tick(void *context) {
    timer *it = context;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    while (fd >= 0 && !it->over) {
        uint64_t n;
        int64_t due = now_ns() + TICK_MS * 1000000;
        struct itimerspec alarm = {.it_value = {due / 1000000000, due % 1000000000}};
        timerfd_settime(fd, TFD_TIMER_ABSTIME, &alarm, NULL);
        if (read(fd, &n, sizeof n) == sizeof n && now_ns() - due > LATE_MS * 1000000) it->late++;
    }
    if (fd >= 0) close(fd);
    return NULL;
}

// --- The run ---

static bool play(const char *folder, uint32_t seconds, dd_error *error) {
    char options[BOARDS][40], until[16];
    const char *boards[BOARDS];
    dd_outcome outcome;
    for (int i = 0; i < BOARDS; i++) {
        snprintf(options[i], sizeof options[i], "S-%02d=emulated:host", i + 1);
        boards[i] = options[i];
    }
    snprintf(until, sizeof until, "%us", seconds);
    dd_play_def def = {.scenario = {.path = "boards.lua",
                                    .text = scenario,
                                    .size = sizeof scenario - 1,
                                    .until = until},
                       .out = folder,
                       .speed = 1,
                       .quiet = true,
                       .boards = boards,
                       .board_n = BOARDS};
    return dd_play(&def, &outcome, error);
}

static json_int_t of(const json_t *json, const char *name) {
    return json_integer_value(json_object_get(json, name));
}

static json_t *row_of(const json_t *summary, uint32_t seconds, long late) {
    json_int_t deadlines = 0, overruns = 0, latest = 0, p50 = 0, p99 = 0, n = 0, taken_late = 0;
    const char *name;
    json_t *board;
    json_object_foreach(json_object_get(summary, "boards"), name, board) {
        const json_t *time = json_object_get(board, "time");
        deadlines += of(time, "deadlines");
        overruns += of(time, "overruns");
        n += of(time, "taken_n");
        taken_late += of(time, "taken_late");
        if (of(time, "latest_us") > latest) latest = of(time, "latest_us");
        if (of(time, "taken_p50_us") > p50) p50 = of(time, "taken_p50_us");
        if (of(time, "taken_p99_us") > p99) p99 = of(time, "taken_p99_us");
    }
    return json_pack("{si si sI sI sI sI sI sI sI sI sI}", "boards", BOARDS, "seconds",
                     (int)seconds, "deadlines", deadlines, "overruns", overruns, "latest_us",
                     latest, "taken_p50_us", p50, "taken_p99_us", p99, "taken_n", n, "taken_late",
                     taken_late, "late_5ms", (json_int_t)late, "pacer_max_us",
                     of(json_object_get(summary, "lateness"), "max_us"));
}

static void print_row(const json_t *row) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)row, name, value)
        printf("  %-13s %lld\n", name, (long long)json_integer_value(value));
}

static int run(const dd_bench_options *options, json_t *out) {
    char folder[] = "/tmp/domdom_boards_XXXXXX", line[80];
    uint32_t seconds = options->seconds ? options->seconds : SECONDS;
    dd_error error = {0};
    timer timer_ = {0};
    pthread_t thread;
    if (!mkdtemp(folder)) return DD_OUTSIDE;
    bool ticks = pthread_create(&thread, NULL, tick, &timer_) == 0;
    bool good = play(folder, seconds, &error);
    timer_.over = true;
    if (ticks) pthread_join(thread, NULL);
    snprintf(line, sizeof line, "%s/summary.json", folder);
    json_t *summary = good ? json_load_file(line, 0, NULL) : NULL;
    if (summary) {
        json_t *row = row_of(summary, seconds, timer_.late);
        if (!options->json) print_row(row);
        json_array_append_new(out, row);
    } else {
        fprintf(stderr, "domdom: boards: %s\n", error.text);
    }
    json_decref(summary);
    snprintf(line, sizeof line, "rm -rf %s", folder);
    if (system(line) != 0) fprintf(stderr, "domdom: %s is left\n", folder);
    return summary ? DD_OK : good ? DD_OUTSIDE : (int)error.status;
}

const dd_bench dd_bench_boards = {"boards", "eight boards in real time and the whole city", run};
