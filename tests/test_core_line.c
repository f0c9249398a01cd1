// What a segment controller does with a bad line to the centre.
#include "tests/core_bench.h"

TestSuite(core_line, .fini = bench_fini);

Test(core_line, says_it_is_alive_when_there_is_nothing_to_say) {
    make(0, NULL);
    run(SECOND);
    uint32_t before = b->word_n;
    run(10 * MINUTE);
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
    cr_expect_eq(dd_core_log_size(&b->core), 0, "%d words left", dd_core_log_size(&b->core));
    cr_expect_eq(b->heard_n, (int)(b->core.log.next - b->heard[0].sequence));
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
    cr_expect_eq(dd_core_log_size(&b->core), 0);
}

// Words that overtake one another cost no half minute each time.
Test(core_line, a_line_that_shuffles_does_not_stop_the_backlog) {
    make(LAMPS, NULL);
    b->line_down = true;
    run(3 * HOUR);
    b->line_down = false;
    b->shuffle = true;
    run(3 * MINUTE);
    cr_expect_eq(dd_core_log_size(&b->core), 0, "%d words left", dd_core_log_size(&b->core));
}
