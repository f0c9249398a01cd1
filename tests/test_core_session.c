// A segment controller's session with the centre: asked for, kept, lost, and resumed.
#include "tests/core_bench.h"

#include "models/controller/core/log.h"
#include "models/controller/core/session.h"

TestSuite(core_session, .fini = bench_fini);

Test(core_session, nothing_is_told_before_it_is_welcome) {
    make(LAMPS, NULL);
    b->mail_n = 0; // its hello is lost
    b->mute_welcome = true;
    supply(1, 0);
    run(5 * MINUTE);
    cr_expect_not(dd_core_session_up(&b->core));
    cr_expect_eq(b->heard_n, 0);
    cr_expect_eq(b->clock_n, 0);
    b->mute_welcome = false;
    run(MINUTE + 15 * SECOND);
    cr_expect(dd_core_session_up(&b->core));
    cr_expect_eq(events(DD_SUPPLY_LOSS), 1);
    cr_expect_eq(b->clock_n, 1);
}

// Waits of 5, 10, 20, 40, 60, 60 ... s, less the jitter, after 10 s of patience each.
Test(core_session, backs_off) {
    make(0, NULL);
    b->mute_welcome = true;
    int64_t wait_ms = 5 * SECOND, asked_ms = 0;
    uint32_t first = b->core.session.attempt; // any number
    for (uint32_t attempt = 1; attempt < 11; attempt++) {
        while (b->core.session.attempt - first < attempt)
            run(100);
        int64_t waited_ms = b->now_ms - asked_ms - 10 * SECOND;
        cr_expect_leq(waited_ms, wait_ms + 100, "attempt %u", attempt);
        cr_expect_geq(waited_ms, wait_ms / 2, "attempt %u", attempt);
        asked_ms = b->now_ms;
        wait_ms = wait_ms * 2 < 60 * SECOND ? wait_ms * 2 : 60 * SECOND;
    }
}

static uint32_t seed;

static void with_seed(dd_core_def *def) {
    def->random_seed = seed;
}

static void without_jitter(dd_core_def *def) {
    def->random_seed = seed;
    def->backoff_jitter_pct = 0;
}

// When so many of a city's controllers make their fifth attempt.
static int64_t spread_ms(void (*change)(dd_core_def *)) {
    int64_t first_ms = INT64_MAX, last_ms = 0;
    for (seed = 1; seed <= 40; seed++) {
        make(0, change);
        b->mute_welcome = true;
        for (uint32_t first = b->core.session.attempt; b->core.session.attempt - first < 4;)
            run(100);
        if (b->now_ms < first_ms) first_ms = b->now_ms;
        if (b->now_ms > last_ms) last_ms = b->now_ms;
    }
    return last_ms - first_ms;
}

Test(core_session, jitter_keeps_controllers_apart) {
    cr_expect_eq(spread_ms(without_jitter), 0);
    cr_expect_gt(spread_ms(with_seed), 15 * SECOND);
}

// A line that breaks is noticed 90 s after it was next spoken into; then it asks at once.
Test(core_session, a_centre_that_does_not_answer_is_lost) {
    make(0, NULL);
    run(5 * MINUTE);
    uint32_t attempt = b->core.session.attempt;
    b->line_down = true;
    run(89 * SECOND);
    cr_expect(dd_core_session_up(&b->core));
    run(62 * SECOND);
    cr_expect_not(dd_core_session_up(&b->core));
    cr_expect_gt(b->core.session.attempt, attempt);
    b->line_down = false;
    run(75 * SECOND);
    cr_expect(dd_core_session_up(&b->core));
}

// While the centre answers now and then the session stays.
Test(core_session, a_lossy_line_is_no_lost_one) {
    make(LAMPS, NULL);
    run(SECOND);
    uint32_t attempt = b->core.session.attempt;
    b->lose_every = 4;
    run(6 * HOUR);
    cr_expect_eq(b->core.session.attempt, attempt);
}

Test(core_session, a_welcome_to_another_attempt_is_none) {
    make(0, NULL);
    b->mute_welcome = true;
    run(MINUTE);
    uint32_t attempt = b->core.session.attempt;
    cr_assert_gt(attempt, 1);
    order((dd_order){.kind = DD_ORDER_WELCOME, .number = attempt - 1});
    cr_expect_not(dd_core_session_up(&b->core));
    cr_expect_eq(b->core.garbage, 1);
    order((dd_order){.kind = DD_ORDER_WELCOME, .number = attempt});
    cr_expect(dd_core_session_up(&b->core));
}

// Whatever was under way when it was lost: the centre says how far it has come, and the rest goes.
Test(core_session, resumes_where_the_centre_stands) {
    for (int cut_ms = 0; cut_ms < 200; cut_ms += 10) {
        make(LAMPS, NULL);
        b->line_down = true;
        run(3 * HOUR);
        b->line_down = false;
        while (!dd_core_session_up(&b->core))
            run(10);
        run(cut_ms); // in the midst of the backlog
        b->line_down = true;
        b->mail_n = 0;
        run(10 * MINUTE);
        b->line_down = false;
        run(5 * MINUTE);
        cr_expect(dd_core_session_up(&b->core));
        cr_expect_leq(dd_core_log_size(&b->core), 1, "cut after %d ms", cut_ms);
        for (int i = 1; i < b->heard_n; i++) {
            const dd_word *before = &b->heard[i - 1], *word = &b->heard[i];
            cr_assert_eq(word->sequence, before->sequence + 1, "cut after %d ms", cut_ms);
        }
    }
}
