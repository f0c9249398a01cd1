// Bad wires: each fate as often as it should be, the same again from the same seed, order kept, and
// a link through all of it.
#define _POSIX_C_SOURCE 200809L // nanosleep
#include "hil/wire/bad_wire.h"
#include "hil/wire/wall.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { FRAMES = 20000, WIRE = 64 };

// What has come out.
typedef struct out {
    size_t n, calls;
    uint8_t octets[FRAMES * WIRE];
} out;

static out came;

static void pass(void *context, const uint8_t *octets, size_t n) {
    out *it = context;
    cr_assert(it->n + n <= sizeof it->octets);
    memcpy(it->octets + it->n, octets, n);
    it->n += n;
    it->calls++;
}

// The i-th frame on the wire: 40 octets that tell its number, and the delimiter.
static size_t frame(uint32_t i, uint8_t wire[static WIRE]) {
    for (size_t at = 0; at < 40; at++)
        wire[at] = (uint8_t)(1 + (i >> 6 * (at % 4) & 63));
    wire[40] = 0;
    return 41;
}

static void send_all(dd_bad_wire *wire, bool sent, uint32_t n) {
    dd_wire_filter filter = dd_bad_wire_filter(wire);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t octets[WIRE];
        size_t octet_n = frame(i, octets);
        filter.filter(filter.context, sent, octets, octet_n, pass, &came);
    }
}

static const dd_bad_wire_def bad = {
    .seed = 1, .stable = 42, .drop = 0.05, .corrupt = 0.04, .duplicate = 0.03, .truncate = 0.02};

static bool about(uint64_t n, double share) {
    double apart = (double)n - share * FRAMES;
    return apart * apart < 25 * FRAMES * share; // five standard deviations
}

Test(bad_wire, fates_are_as_frequent_as_they_should_be) {
    dd_bad_wire *wire = dd_bad_wire_open(&bad);
    send_all(wire, true, FRAMES);
    const dd_bad_wire_counts *counts = dd_bad_wire_counts_of(wire);
    cr_expect(eq(u64, counts->frames, FRAMES));
    cr_expect(about(counts->dropped, 0.05), "%lu", counts->dropped);
    cr_expect(about(counts->corrupted, 0.04), "%lu", counts->corrupted);
    cr_expect(about(counts->duplicated, 0.03), "%lu", counts->duplicated);
    cr_expect(about(counts->truncated, 0.02), "%lu", counts->truncated);
    dd_bad_wire_close(wire);
}

Test(bad_wire, a_good_one_changes_nothing) {
    dd_bad_wire *wire = dd_bad_wire_open(&(dd_bad_wire_def){.seed = 1});
    send_all(wire, true, 100);
    cr_expect(eq(sz, came.n, 100 * 41));
    for (uint32_t i = 0; i < 100; i++) {
        uint8_t octets[WIRE];
        frame(i, octets);
        cr_assert(memcmp(came.octets + i * 41, octets, 41) == 0);
    }
    dd_bad_wire_close(wire);
}

// Everything is spoilt: each frame in one octet, and to another value.
Test(bad_wire, spoils_one_octet) {
    dd_bad_wire *wire = dd_bad_wire_open(&(dd_bad_wire_def){.seed = 3, .corrupt = 1});
    send_all(wire, true, 1000);
    cr_assert(eq(sz, came.n, 1000 * 41));
    for (uint32_t i = 0; i < 1000; i++) {
        uint8_t octets[WIRE];
        int others = 0;
        frame(i, octets);
        for (int at = 0; at < 41; at++)
            others += came.octets[i * 41 + (uint32_t)at] != octets[at];
        cr_assert(eq(int, others, 1));
    }
    dd_bad_wire_close(wire);
}

Test(bad_wire, the_same_again_whatever_the_pieces) {
    dd_bad_wire *wire = dd_bad_wire_open(&bad);
    send_all(wire, false, 5000);
    static out whole;
    whole = came;
    dd_bad_wire_close(wire);

    static uint8_t stream[5000 * 41];
    for (uint32_t i = 0; i < 5000; i++) {
        uint8_t octets[WIRE];
        memcpy(stream + i * 41, octets, frame(i, octets));
    }
    wire = dd_bad_wire_open(&bad);
    dd_wire_filter filter = dd_bad_wire_filter(wire);
    came = (out){0};
    for (size_t at = 0; at < sizeof stream;) {
        size_t n = 1 + at * 7 % 100;
        if (n > sizeof stream - at) n = sizeof stream - at;
        filter.filter(filter.context, false, stream + at, n, pass, &came);
        at += n;
    }
    cr_expect(eq(sz, came.n, whole.n));
    cr_expect(memcmp(came.octets, whole.octets, whole.n) == 0);
    dd_bad_wire_close(wire);
}

static size_t how_many_pass(const dd_bad_wire_def *def, bool sent) {
    dd_bad_wire *wire = dd_bad_wire_open(def);
    came = (out){0};
    send_all(wire, sent, 1000);
    dd_bad_wire_close(wire);
    return came.n;
}

// Another seed, another board and the other direction have luck of their own.
Test(bad_wire, other_luck) {
    dd_bad_wire_def seed = bad, board = bad;
    seed.seed++;
    board.stable++;
    size_t n = how_many_pass(&bad, true);
    cr_expect(eq(sz, how_many_pass(&bad, true), n));
    cr_expect(ne(sz, how_many_pass(&seed, true), n));
    cr_expect(ne(sz, how_many_pass(&board, true), n));
    cr_expect(ne(sz, how_many_pass(&bad, false), n));
}

// Held back for 200 ms and up to as long again; in order, and all of it.
Test(bad_wire, delays_in_order) {
    dd_bad_wire_def def = {.seed = 1, .delay_ms = 200, .delay_jitter_ms = 200};
    dd_bad_wire *wire = dd_bad_wire_open(&def);
    dd_wire_filter filter = dd_bad_wire_filter(wire);
    int64_t before = dd_wall_ns();
    send_all(wire, true, 50);
    int64_t after = dd_wall_ns(), due = filter.due(filter.context);
    cr_expect(eq(sz, came.n, 0));
    cr_expect(due >= before + 200000000 && due <= after + 400000000);
    filter.time(filter.context, due - 1);
    cr_expect(eq(sz, came.n, 0));
    filter.time(filter.context, due);
    cr_expect(ge(sz, came.n, 41));
    filter.time(filter.context, after + 400000000);
    cr_expect(eq(sz, came.n, 50 * 41));
    cr_expect(eq(i64, filter.due(filter.context), INT64_MAX));
    for (uint32_t i = 0; i < 50; i++) {
        uint8_t octets[WIRE];
        frame(i, octets);
        cr_assert(memcmp(came.octets + i * 41, octets, 41) == 0);
    }
    dd_bad_wire_close(wire);
}

// Nothing passes for an hour, and then all of it.
Test(bad_wire, stalls) {
    dd_bad_wire_def def = {.seed = 1, .stall_every_s = 1e-9, .stall_s = 3600};
    dd_bad_wire *wire = dd_bad_wire_open(&def);
    dd_wire_filter filter = dd_bad_wire_filter(wire);
    struct timespec moment = {.tv_nsec = 1000000};
    nanosleep(&moment, NULL);
    send_all(wire, false, 10);
    cr_expect(eq(sz, came.n, 0));
    cr_expect(eq(u64, dd_bad_wire_counts_of(wire)->stalled, 10));
    filter.time(filter.context, dd_wall_ns() + INT64_C(3590) * 1000000000);
    cr_expect(eq(sz, came.n, 0));
    filter.time(filter.context, dd_wall_ns() + INT64_C(3601) * 1000000000);
    cr_expect(eq(sz, came.n, 10 * 41));
    dd_bad_wire_close(wire);
}

Test(bad_wire, octets_without_end_pass) {
    dd_bad_wire *wire = dd_bad_wire_open(&(dd_bad_wire_def){.seed = 1});
    dd_wire_filter filter = dd_bad_wire_filter(wire);
    static uint8_t noise[10 * DD_FRAME_WIRE_MAX];
    memset(noise, 0x55, sizeof noise);
    filter.filter(filter.context, false, noise, sizeof noise, pass, &came);
    cr_expect(gt(sz, came.n, 7 * DD_FRAME_WIRE_MAX));
    dd_bad_wire_close(wire);
}

Test(bad_wire, what_cannot_be) {
    dd_error error;
    dd_bad_wire_def def = {.drop = 1.5};
    cr_expect(not(dd_bad_wire_check(&def, &error)));
    cr_expect(strstr(error.text, "1.5") != NULL);
    def = (dd_bad_wire_def){.drop = 0.6, .corrupt = 0.6};
    cr_expect(not(dd_bad_wire_check(&def, &error)));
    def = (dd_bad_wire_def){.delay_ms = -1};
    cr_expect(not(dd_bad_wire_check(&def, &error)));
    cr_expect(dd_bad_wire_check(&bad, &error));
}

// --- Through a link ---

static void beat(dd_link *link) {
    Hil__Beat it = HIL__BEAT__INIT;
    Hil__Frame whole = HIL__FRAME__INIT;
    whole.control_case = HIL__FRAME__CONTROL_BEAT;
    whole.beat = &it;
    cr_assert(dd_link_send(link, &whole));
}

// A session, in which numbers are counted.
static void open_session(dd_link *twin, dd_link *board) {
    Hil__Welcome it = HIL__WELCOME__INIT;
    Hil__Frame whole = HIL__FRAME__INIT;
    whole.control_case = HIL__FRAME__CONTROL_WELCOME;
    whole.welcome = &it;
    cr_assert(dd_link_send(twin, &whole));
    dd_link_wait(board, 1000);
    cr_assert(dd_link_take(board) != NULL);
}

// Waiting at the link is enough for what is held back in it to come, in time.
Test(bad_wire, link_lets_pass_what_is_due) {
    int ends[2];
    cr_assert(eq(int, socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0));
    dd_link *twin = dd_link_open(ends[0]), *board = dd_link_open(ends[1]);
    dd_bad_wire_def def = {.seed = 1, .delay_ms = 30};
    dd_bad_wire *wire = dd_bad_wire_open(&def);
    dd_link_filter(twin, dd_bad_wire_filter(wire));
    int64_t began = dd_wall_ns();
    beat(board);
    const Hil__Frame *heard = NULL;
    for (int i = 0; i < 100 && !heard; i++) {
        cr_assert(dd_link_wait(twin, 1000));
        heard = dd_link_take(twin);
    }
    cr_assert(heard != NULL);
    cr_expect(dd_wall_ns() - began >= 30000000);
    cr_expect(eq(i64, dd_link_due(twin), INT64_MAX));
    dd_link_close(twin);
    dd_link_close(board);
    dd_bad_wire_close(wire);
}

// What is lost, spoilt or repeated is counted by the link as what it is, and the rest arrives.
Test(bad_wire, link_counts_what_happens) {
    int ends[2];
    cr_assert(eq(int, socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0));
    dd_link *twin = dd_link_open(ends[0]), *board = dd_link_open(ends[1]);
    dd_bad_wire_def def = {.seed = 1, .drop = 0.1, .corrupt = 0.1, .duplicate = 0.1};
    dd_bad_wire *wire = dd_bad_wire_open(&def);
    open_session(twin, board);
    dd_link_filter(twin, dd_bad_wire_filter(wire));
    uint32_t heard = 0;
    for (int i = 0; i < 2000; i++) {
        beat(board);
        dd_link_wait(twin, 0);
        while (dd_link_take(twin))
            heard++;
    }
    const dd_bad_wire_counts *done = dd_bad_wire_counts_of(wire);
    const dd_link_counts *counts = dd_link_counts_of(twin);
    beat(board);
    dd_link_filter(twin, (dd_wire_filter){0}); // the last one tells how many came before it
    dd_link_wait(twin, 0);
    cr_assert(dd_link_take(twin) != NULL);
    cr_expect(eq(u64, done->frames, 2000));
    cr_expect(le(u64, counts->repeated, done->duplicated));
    cr_expect(ge(u64, counts->repeated, done->duplicated * 19 / 20));
    // An octet that ends a frame, spoilt, spoils two; one that becomes such an end makes two of
    // one.
    cr_expect(counts->garbled > done->corrupted * 9 / 10 &&
              counts->garbled < done->corrupted * 11 / 10);
    cr_expect(ge(u64, counts->lost, done->dropped + done->corrupted));
    cr_expect(le(u64, counts->lost, done->dropped + done->corrupted * 11 / 10));
    cr_expect(eq(u64, heard + counts->lost, 2000));
    dd_link_close(twin);
    dd_link_close(board);
    dd_bad_wire_close(wire);
}
