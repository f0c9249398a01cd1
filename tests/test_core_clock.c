// A segment controller's clock, set by questions and answers as in NTP, and doubted.
#include "tests/core_bench.h"

#include "models/controller/core/clock.h"

TestSuite(core_clock, .fini = bench_fini);

static const int64_t year_ms = 365 * 24ll * HOUR;

static int64_t error_ms(void) {
    return dd_core_clock_ms(&b->core, b->now_ms) - (b->centre_clock_ms + b->now_ms);
}

// Its question as it went out last; answered by hand.
static void answer(int64_t up_ms, int64_t held_ms, int64_t down_ms) {
    uint32_t number = b->core.clock.ask_number;
    int64_t asked_ms = b->now_ms;
    b->now_ms += up_ms + held_ms + down_ms;
    order((dd_order){.kind = DD_ORDER_CLOCK,
                     .number = number,
                     .heard_ms = b->centre_clock_ms + asked_ms + up_ms,
                     .clock_ms = b->centre_clock_ms + asked_ms + up_ms + held_ms});
}

static void until_it_asks(void) {
    for (uint32_t asked = b->core.clock.ask_number; b->core.clock.ask_number == asked;)
        run(10);
}

// The offset of RFC 5905, section 8, for delays and a time at the centre of all sizes, with its
// bound: half of what was under way.
Test(core_clock, an_answer_is_off_by_half_its_way_at_the_most) {
    for (int i = 0; i < 200; i++) {
        make(0, NULL);
        b->mute_clock = true;
        until_it_asks();
        b->centre_clock_ms += 5000 - i * 50;
        int64_t up_ms = i * 7 % 50, down_ms = i * 13 % 50, held_ms = i * i % 3000;
        answer(up_ms, held_ms, down_ms);
        cr_expect_eq(error_ms(), (up_ms + down_ms) / 2 - down_ms, "%d", i);
    }
}

// A line that has to wake delays the first question: the quickest of four answers counts.
Test(core_clock, the_quickest_answer_counts) {
    static const int64_t up_ms[] = {900, 300, 140, 700};
    make(0, NULL);
    b->mute_clock = true;
    for (int i = 0; i < 4; i++) {
        until_it_asks();
        answer(up_ms[i], 0, 20);
    }
    cr_expect_eq(error_ms(), 160 / 2 - 20);
    uint32_t asked = b->core.clock.ask_number;
    run(50 * MINUTE);
    cr_expect_eq(b->core.clock.ask_number, asked, "the round is over");
}

// A burst of losses makes all answers of a round slow, and their ways unequal by seconds.
Test(core_clock, a_slow_round_that_bears_it_out_changes_nothing) {
    make(0, NULL);
    b->mute_clock = true;
    until_it_asks();
    answer(20, 0, 20);
    cr_assert_eq(error_ms(), 0);
    b->centre_clock_ms += 300; // has drifted
    for (int i = 0; i < 4; i++) {
        until_it_asks();
        answer(6600, 0, 400);
    }
    cr_expect_eq(error_ms(), -300);
    b->centre_clock_ms += 60000; // farther than such a round can err
    for (int i = 0; i < 4; i++) {
        until_it_asks();
        answer(6600, 0, 400);
    }
    cr_expect_eq(error_ms(), 7000 / 2 - 400);
}

Test(core_clock, a_quick_answer_ends_the_round) {
    make(0, NULL);
    run(30 * MINUTE);
    cr_expect_eq(b->clock_n, 1);
}

static void no_clock(dd_core_def *def) {
    def->clock_ms = 0;
}

Test(core_clock, answers_that_contradict_themselves_are_garbage) {
    static const int64_t wrong[][2] = {{1, 0}, {INT64_MAX, INT64_MIN}, {-5, 5}, {0, INT64_MAX}};
    make(0, no_clock);
    b->mute_clock = true;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        until_it_asks();
        order((dd_order){.kind = DD_ORDER_CLOCK,
                         .number = b->core.clock.ask_number,
                         .heard_ms = wrong[i][0] == 1 ? evening_ms + 1 : wrong[i][0],
                         .clock_ms = wrong[i][1] == 0 ? evening_ms : wrong[i][1]});
        cr_expect_not(b->core.clock.known);
        cr_expect_eq(b->core.garbage, i + 1);
    }
}

// The clock jumps a year ahead. The centre's time is then strange, and so believed only when three
// rounds agree; meanwhile nobody is told the time, and an operator is told why.
Test(core_clock, a_jump_of_a_year_is_mended) {
    make(LAMPS, NULL);
    run(10 * MINUTE);
    dd_core_clock_jump(&b->core, year_ms);
    while (events(DD_CLOCK_DOUBTFUL) == 0)
        run(SECOND);
    cr_expect_lt(b->now_ms, 61 * MINUTE + SECOND); // when it would have asked anyway
    cr_expect_eq(last_heard(DD_WORD_EVENT)->value, DD_CLOCK_STRANGE);
    cr_expect_eq(dd_core_clock_told_ms(&b->core), 0);
    cr_expect_eq(error_ms(), year_ms);
    run(2 * MINUTE + SECOND);
    cr_expect_eq(error_ms(), 0);
    cr_expect_eq(overs(DD_CLOCK_DOUBTFUL), 1);
    cr_expect_neq(dd_core_clock_told_ms(&b->core), 0);
}

// A source that is wrong once, however often it says so within a minute, is not believed.
Test(core_clock, a_source_that_recovers_changes_nothing) {
    make(0, NULL);
    run(10 * MINUTE);
    b->centre_clock_ms += year_ms;
    while (events(DD_CLOCK_DOUBTFUL) == 0)
        run(SECOND);
    b->centre_clock_ms -= year_ms;
    run(10 * MINUTE);
    cr_expect_eq(error_ms(), 0);
    cr_expect_eq(overs(DD_CLOCK_DOUBTFUL), 1);
}

// Answers that disagree among themselves never add up.
Test(core_clock, a_source_that_contradicts_itself_is_never_believed) {
    make(0, NULL);
    run(10 * MINUTE);
    int64_t right_ms = b->centre_clock_ms;
    for (int i = 1; i <= 100; i++) {
        b->centre_clock_ms = right_ms + i * 2 * HOUR;
        run(MINUTE);
    }
    b->centre_clock_ms = right_ms;
    cr_expect_eq(error_ms(), 0);
}

// An ordinary correction, of seconds or minutes, is made at once.
Test(core_clock, drift_is_corrected_without_ado) {
    make(0, NULL);
    run(10 * MINUTE);
    b->centre_clock_ms += 30 * MINUTE;
    run(HOUR);
    cr_expect_eq(error_ms(), 0);
    cr_expect_eq(events(DD_CLOCK_DOUBTFUL), 0);
}

static void stale_in_a_day(dd_core_def *def) {
    def->clock_stale_s = 86400;
}

// A centre that keeps the session but not the time: after a day the clock counts as long not set.
Test(core_clock, one_long_not_set_is_in_doubt) {
    make(0, stale_in_a_day);
    run(10 * MINUTE);
    b->mute_clock = true;
    run(24 * HOUR - 10 * MINUTE);
    cr_expect_eq(events(DD_CLOCK_DOUBTFUL), 0);
    run(11 * MINUTE);
    cr_expect_eq(events(DD_CLOCK_DOUBTFUL), 1);
    cr_expect_eq(last_heard(DD_WORD_EVENT)->value, DD_CLOCK_STALE);
    cr_expect_neq(dd_core_clock_told_ms(&b->core), 0, "it is still the best there is");
    b->mute_clock = false;
    run(2 * MINUTE);
    cr_expect_eq(overs(DD_CLOCK_DOUBTFUL), 1);
}
