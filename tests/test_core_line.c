// What a segment controller does with a bad line to the centre.
#include "tests/core_bench.h"

TestSuite(core_line, .fini = bench_fini);

Test(core_line, says_it_is_alive_when_there_is_nothing_to_say) {
    make(0, NULL);
    run(SECOND);
    uint32_t before = b->word_n;
    run(10 * MINUTE + 500);
    cr_expect_eq(b->word_n - before, 10);
}

// After an hour without a line everything arrives, once and in order (the centre double takes
// nothing else).
Test(core_line, an_hour_without_a_line_loses_nothing) {
    make(LAMPS, NULL);
    light(1000);
    run(30 * MINUTE);
    b->line_down = true;
    uint32_t before = b->word_n;
    run(30 * MINUTE);
    b->mesh[9].dead = true;
    supply(2, 3);
    run(30 * MINUTE);
    cr_expect(b->word_n - before < 90, "%u words into a dead line", b->word_n - before);
    b->line_down = false;
    run(2 * MINUTE);
    cr_expect_eq(b->core.outbox.word_n, 0, "%d words left", b->core.outbox.word_n);
    cr_expect_eq(b->heard_n, (int)(b->core.outbox.next_sequence - b->heard[0].sequence));
    cr_expect_geq(count(DD_WORD_READINGS, 0, 0), 7 * 10);
    cr_expect_eq(events(DD_SUPPLY_LOSS), 1);
    cr_expect_eq(events(DD_LAMP_FAILURE), 1);
    for (int i = 1; i < b->heard_n; i++)
        cr_expect(b->heard[i].clock_ms >= b->heard[i - 1].clock_ms - 10 * SECOND);
}

Test(core_line, a_lossy_line_only_delays) {
    make(LAMPS, NULL);
    b->lose_every = 5;
    run(4 * HOUR);
    b->lose_every = 0;
    run(12 * MINUTE);
    cr_expect_eq(count(DD_WORD_READINGS, 0, 0), 17 * 10);
    cr_expect_eq(b->core.outbox.word_n, 0);
}

// Words that overtake one another cost no half minute each time.
Test(core_line, a_line_that_shuffles_does_not_stop_the_backlog) {
    make(LAMPS, NULL);
    b->line_down = true;
    run(3 * HOUR);
    b->line_down = false;
    b->shuffle = true;
    run(3 * MINUTE);
    cr_expect_eq(b->core.outbox.word_n, 0, "%d words left", b->core.outbox.word_n);
}

Test(core_line, a_full_outbox_gives_up_old_readings_and_keeps_events) {
    make(LAMPS, NULL);
    run(30 * MINUTE);
    b->line_down = true;
    run(2 * HOUR);
    supply(1, 6);
    run(10 * HOUR);
    cr_expect_eq(b->core.outbox.word_n, DD_CORE_OUTBOX);
    cr_expect_gt(b->core.outbox.dropped_readings, 100);
    b->line_down = false;
    run(12 * MINUTE);
    cr_expect_eq(events(DD_SUPPLY_LOSS), 1);
    cr_expect_eq(b->core.outbox.word_n, 0);
    cr_expect_eq(b->core.outbox.dropped_events, 0);
    const dd_word *last = last_heard(DD_WORD_READINGS);
    cr_expect(last->clock_ms > evening_ms + 12 * HOUR, "the newest readings are there");
}

Test(core_line, an_outbox_full_of_events_gives_up_the_oldest) {
    make(LAMPS, NULL);
    b->line_down = true;
    for (int i = 0; i < 300; i++) {
        supply(1, i % 2 ? 7 : 0);
        run(11 * SECOND);
    }
    cr_expect_eq(b->core.outbox.word_n, DD_CORE_OUTBOX);
    cr_expect_gt(b->core.outbox.dropped_events, 10);
    uint32_t dropped_n = b->core.outbox.dropped_events;
    run(HOUR); // readings do not push events out
    cr_expect_eq(b->core.outbox.dropped_events, dropped_n);
    cr_expect_gt(b->core.outbox.dropped_readings, 40);
    b->line_down = false;
    run(12 * MINUTE);
    cr_expect_eq(b->heard_n, (int)(b->core.outbox.next_sequence - b->heard[0].sequence));
    cr_expect_eq(last_heard(DD_WORD_EVENT)->over, 1, "the newest event is there");
}

static void second_boot(dd_core_def *def) {
    def->boots = 2;
}

Test(core_line, a_restart_numbers_from_elsewhere) {
    make(0, NULL);
    supply(1, 0);
    run(11 * SECOND);
    uint32_t old = b->heard[0].sequence;
    make(0, second_boot);
    supply(1, 0);
    run(5 * SECOND);
    for (uint32_t i = 0; i < 50; i++) // late, from before the restart
        order((dd_order){.kind = DD_ORDER_ACK, .sequence = old + i});
    run(6 * SECOND);
    cr_expect_eq(b->boots, 2);
    cr_assert_eq(b->heard_n, 1);
    cr_expect_neq(b->heard[0].sequence, old);
}
