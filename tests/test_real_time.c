// A board in real time, as the twin holds it: what it says and hears, its deadlines, its end. The
// board is the other end of a socket here, which says what it is told to.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "hil/board/real_time.h"
#include "hil/wire/wall.h"

static const int64_t MS = 1000000;

typedef struct bench {
    dd_attach_def attach;
    dd_real_time it;
    dd_link *twin, *board;
    int64_t begun;
} bench;

static bench *open_bench(dd_late_policy late) {
    bench *b = calloc(1, sizeof *b);
    int ends[2];
    cr_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    b->attach = dd_attach_default_def();
    b->attach.late = late;
    b->attach.late_n = 2;
    b->twin = dd_link_open(ends[0]);
    b->board = dd_link_open(ends[1]);
    cr_assert(dd_real_time_init(&b->it, &b->attach));
    dd_real_time_begin(&b->it, &(dd_stepper){.link = b->twin, .feeder_n = 1});
    b->begun = b->it.begun_ns;
    return b;
}

static void close_bench(bench *b) {
    dd_link_close(b->twin);
    dd_link_close(b->board);
    dd_real_time_fini(&b->it);
    free(b);
}

static dd_board_verdict pump(bench *b, int64_t ms, int64_t busy_us) {
    return dd_real_time_pump(&b->it, b->begun + ms * MS, busy_us);
}

static void beat(bench *b, Hil__Beat *beat) {
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.control_case = HIL__FRAME__CONTROL_BEAT;
    frame.beat = beat;
    cr_assert(dd_link_send(b->board, &frame));
}

static void beat_plain(bench *b) {
    Hil__Beat it = HIL__BEAT__INIT;
    beat(b, &it);
}

static void say(bench *b, Hil__Message *message) {
    Hil__Frame frame = HIL__FRAME__INIT;
    frame.n_messages = 1;
    frame.messages = &message;
    cr_assert(dd_link_send(b->board, &frame));
}

static void say_look(bench *b) {
    Hil__Message message = HIL__MESSAGE__INIT;
    Hil__Look look = HIL__LOOK__INIT;
    message.what_case = HIL__MESSAGE__WHAT_LOOK;
    message.look = &look;
    say(b, &message);
}

// How many messages of a kind have come to the board; with 0 all frames that carry none.
static int heard(bench *b, int what) {
    const Hil__Frame *frame;
    int n = 0;
    dd_link_pump(b->board);
    while ((frame = dd_link_take(b->board))) {
        n += what == 0 && frame->n_messages == 0;
        for (size_t i = 0; i < frame->n_messages; i++)
            n += (int)frame->messages[i]->what_case == what;
    }
    return n;
}

Test(real_time, what_it_says_waits_until_it_is_taken) {
    bench *b = open_bench(DD_LATE_COUNT);
    dd_response response;
    say_look(b);
    cr_assert(eq(int, pump(b, 1, 0), DD_BOARD_WELL));
    cr_assert(dd_real_time_take(&b->it, &response));
    cr_assert(eq(int, response.kind, DD_RESPONSE_LOOK));
    cr_assert(not(dd_real_time_take(&b->it, &response)));
    cr_assert(eq(int, heard(b, 0), 2)); // a beat, and a round of the clocks
    close_bench(b);
}

Test(real_time, beats_carry_outputs_that_are_said_once) {
    bench *b = open_bench(DD_LATE_COUNT);
    Hil__Beat it = HIL__BEAT__INIT;
    Hil__Outputs outputs = HIL__OUTPUTS__INIT;
    dd_response response;
    outputs.contactors = 1;
    it.outputs = &outputs;
    beat(b, &it);
    beat(b, &it);
    cr_assert(eq(int, pump(b, 1, 0), DD_BOARD_WELL));
    cr_assert(dd_real_time_take(&b->it, &response));
    cr_assert(eq(int, response.kind, DD_RESPONSE_CONTACTORS));
    cr_assert(eq(int, response.value, 1));
    cr_assert(not(dd_real_time_take(&b->it, &response)));
    close_bench(b);
}

Test(real_time, each_end_has_its_verdict) {
    bench *b = open_bench(DD_LATE_COUNT);
    cr_assert(eq(int, pump(b, DD_REAL_TIME_SILENCE_MS - 50, 0), DD_BOARD_WELL));
    cr_assert(eq(int, pump(b, DD_REAL_TIME_SILENCE_MS + 50, 100000), DD_BOARD_WELL)); // busy
    cr_assert(eq(int, pump(b, DD_REAL_TIME_SILENCE_MS + 50, 0), DD_BOARD_SILENT));

    Hil__Frame frame = HIL__FRAME__INIT;
    Hil__Refusal refusal = HIL__REFUSAL__INIT;
    frame.control_case = HIL__FRAME__CONTROL_REFUSAL;
    frame.refusal = &refusal;
    dd_link_send(b->board, &frame);
    cr_assert(eq(int, pump(b, 1, 0), DD_BOARD_PROTOCOL_ERROR));

    Hil__Hello hello = HIL__HELLO__INIT;
    frame.control_case = HIL__FRAME__CONTROL_HELLO;
    frame.hello = &hello;
    dd_link_send(b->board, &frame);
    cr_assert(eq(int, pump(b, 1, 0), DD_BOARD_RESTARTED));

    dd_link_close(b->board);
    b->board = NULL;
    cr_assert(eq(int, pump(b, 1, 0), DD_BOARD_UNPLUGGED));
    close_bench(b);
}

Test(real_time, a_late_beat_is_an_overrun_unless_we_did_not_look) {
    bench *b = open_bench(DD_LATE_COUNT);
    beat_plain(b);
    pump(b, DD_BOARD_BEAT_MS + 4, 0); // within the tolerance
    cr_assert(eq(u64, b->it.deadlines.overruns, 0));
    beat_plain(b);
    pump(b, 2 * DD_BOARD_BEAT_MS + 24, 19000);
    cr_assert(eq(u64, b->it.deadlines.overruns, 0));
    cr_assert(eq(u64, b->it.deadlines.ours, 1));
    beat_plain(b);
    pump(b, 3 * DD_BOARD_BEAT_MS + 54, 0);
    cr_assert(eq(u64, b->it.deadlines.overruns, 1));
    cr_assert(eq(u64, b->it.deadlines.n, 3));
    cr_assert(eq(u64, b->it.deadlines.latest_us, 30000));
    int64_t now = b->begun + (3 * DD_BOARD_BEAT_MS + 54) * MS;
    cr_assert(dd_real_time_late(&b->it, now));
    cr_assert(not(dd_real_time_late(&b->it, now + DD_REAL_TIME_LATE_MS * MS)));
    close_bench(b);
}

Test(real_time, overruns_that_it_claims_count_and_too_many_lose_it) {
    bench *b = open_bench(DD_LATE_LOSE);
    Hil__Beat it = HIL__BEAT__INIT;
    it.overruns = 1;
    it.late_us = 7000;
    beat(b, &it);
    cr_assert(eq(int, pump(b, 1, 0), DD_BOARD_WELL));
    cr_assert(eq(u64, b->it.deadlines.claimed, 1));
    cr_assert(eq(u64, b->it.deadlines.latest_us, 7000));
    it.overruns = 2;
    beat(b, &it);
    cr_assert(eq(int, pump(b, 2, 0), DD_BOARD_MISSED_DEADLINE));
    close_bench(b);
}

Test(real_time, inputs_are_said_anew_when_the_board_misses_frames) {
    bench *b = open_bench(DD_LATE_COUNT);
    dd_cabinet_inputs inputs = {.mains = true};
    dd_real_time_tell(&b->it, &(dd_stimulus){.kind = DD_STIMULUS_CABINET, .cabinet = &inputs});
    cr_assert(eq(int, heard(b, HIL__MESSAGE__WHAT_INPUTS), 1));
    pump(b, 1, 0);
    cr_assert(eq(int, heard(b, HIL__MESSAGE__WHAT_INPUTS), 0));
    Hil__Beat it = HIL__BEAT__INIT;
    it.lost = 1;
    beat(b, &it);
    pump(b, 2, 0);
    cr_assert(eq(int, heard(b, HIL__MESSAGE__WHAT_INPUTS), 1));
    close_bench(b);
}

Test(real_time, without_credit_stimuli_wait_and_inputs_go_first) {
    bench *b = open_bench(DD_LATE_COUNT);
    const uint8_t octets[4] = {1, 2, 3, 4};
    dd_cabinet_inputs inputs = {.mains = true};
    for (int i = 0; i < 10; i++)
        dd_real_time_tell(&b->it,
                          &(dd_stimulus){.kind = DD_STIMULUS_LINE, .octets = octets, .n = 4});
    dd_real_time_tell(&b->it, &(dd_stimulus){.kind = DD_STIMULUS_CABINET, .cabinet = &inputs});
    cr_assert(eq(int, heard(b, HIL__MESSAGE__WHAT_LINE), 4)); // what is free at first
    beat_plain(b);
    pump(b, 1, 0);
    dd_link_pump(b->board);
    int first = 0, lines = 0;
    for (const Hil__Frame *frame; (frame = dd_link_take(b->board));)
        for (size_t i = 0; i < frame->n_messages; i++) {
            if (!first) first = (int)frame->messages[i]->what_case;
            lines += frame->messages[i]->what_case == HIL__MESSAGE__WHAT_LINE;
        }
    cr_assert(eq(int, first, HIL__MESSAGE__WHAT_INPUTS));
    cr_assert(eq(int, lines, 6));
    close_bench(b);
}

static bool read_store(void *context, uint32_t at, void *octets, uint32_t n) {
    (void)context;
    for (uint32_t i = 0; i < n; i++)
        ((uint8_t *)octets)[i] = (uint8_t)(at + i);
    return true;
}

// The board asks for 3 octets at 7, and hears the answer, if there is one.
static const Hil__StoreData *ask_store(bench *b, int64_t ms) {
    Hil__Message message = HIL__MESSAGE__INIT;
    Hil__StoreRead read = HIL__STORE_READ__INIT;
    b->it.store = (dd_store){.read = read_store, .size = 100};
    read.at = 7;
    read.n = 3;
    read.token = 5;
    message.what_case = HIL__MESSAGE__WHAT_STORE_READ;
    message.store_read = &read;
    say(b, &message);
    pump(b, ms, 0);
    dd_link_pump(b->board);
    for (const Hil__Frame *frame; (frame = dd_link_take(b->board));)
        if (frame->n_messages) return frame->messages[0]->store_data;
    return NULL;
}

// Beats and rounds use up credit while the question is on its way, or the board reads slowly.
Test(real_time, its_store_is_served_though_it_gave_no_credit) {
    bench *b = open_bench(DD_LATE_COUNT);
    enum { BEATS = 70, BUSY_US = BEATS * DD_BOARD_BEAT_MS * 1000 }; // a link gives credit for 64
    for (int i = 0; i < BEATS; i++)
        cr_assert(eq(int, pump(b, 1 + i * DD_BOARD_BEAT_MS, BUSY_US), DD_BOARD_WELL));
    cr_assert(ask_store(b, BEATS * DD_BOARD_BEAT_MS - 10) != NULL);
    close_bench(b);
}

Test(real_time, its_store_is_served_at_once) {
    bench *b = open_bench(DD_LATE_COUNT);
    const Hil__StoreData *data = ask_store(b, 1);
    cr_assert(data != NULL);
    cr_assert(eq(u32, data->token, 5));
    cr_assert(eq(sz, data->octets.len, 3));
    cr_assert(eq(u8, data->octets.data[2], 9));
    close_bench(b);
}
