// What the controller's core makes of its cabinet's inputs, and how it moves the contactors.
#include "tests/core_bench.h"

TestSuite(core_cabinet, .fini = bench_fini);

enum { BOTH = 3 };

// The events of feeders and of the segment that are raised and not over, as the centre has heard
// them.
static uint32_t raised(void) {
    uint32_t sets[1 + DD_CORE_FEEDERS] = {0}, all = 0;
    for (int i = 0; i < b->heard_n; i++) {
        const dd_word *word = &b->heard[i];
        if (word->kind != DD_WORD_EVENT || word->happening < DD_SUPPLY_LOSS) continue;
        if (word->happening == DD_RESTARTED) continue;
        cr_assert_eq(sets[word->lamp] >> word->happening & 1, word->over, "told twice");
        sets[word->lamp] ^= 1u << word->happening;
    }
    for (int feeder = 0; feeder <= DD_CORE_FEEDERS; feeder++)
        all |= sets[feeder];
    return all;
}

#define SET(happening) (1u << (happening))

static void open_for_business(void (*change)(dd_core_def *)) {
    make(LAMPS, change);
    look();
    run(SECOND);
}

// --- Inputs ---

typedef struct sign {
    const char *fault;
    dd_feeder_inputs inputs; // of feeder 2, when it has failed
    bool door;
    uint32_t events;
    int64_t held_ms; // before it is told
    int32_t value;
} sign;

static const sign signs[] = {
    {"breaker",
     {.contactor = true, .tripped = true},
     false,
     SET(DD_BREAKER_TRIPPED) | SET(DD_SUPPLY_LOSS),
     SECOND,
     0},
    {"leakage",
     {.live_phases = 7, .contactor = true, .leakage = true, .leakage_ma = 180},
     false,
     SET(DD_LEAKAGE_DETECTED),
     10 * SECOND,
     180},
    {"contactor dead", {.contactor = false}, false, SET(DD_SWITCHING_ERROR_ON), 5 * SECOND, 0},
    {"bypass",
     {.live_phases = 7, .contactor = true, .override = true},
     false,
     SET(DD_LOCAL_OVERRIDE),
     5 * SECOND,
     7},
    {"knocked switch",
     {.override = true},
     false,
     SET(DD_LOCAL_OVERRIDE) | SET(DD_SUPPLY_LOSS),
     5 * SECOND,
     0},
    {"brown-out",
     {.live_phases = 7, .contactor = true, .meter = {.voltage_dv = {2200, 1600, 2200}}},
     false,
     SET(DD_FEEDER_VOLTAGE),
     60 * SECOND,
     1600},
    {"door", {.live_phases = 7, .contactor = true}, true, SET(DD_DOOR_OPEN), 5 * SECOND, 0},
    {"two phases", {.live_phases = 1, .contactor = true}, false, SET(DD_SUPPLY_LOSS), 0, 6},
};

enum { SIGNS = sizeof signs / sizeof *signs };

static void fail(const sign *it) {
    b->cabinet.feeders[1] = it->inputs;
    b->cabinet.door = it->door;
    look();
}

static void mend(void) {
    b->cabinet.feeders[1] = (dd_feeder_inputs){.live_phases = 7, .contactor = true};
    b->cabinet.door = false;
    look();
}

Test(core_cabinet, every_input_is_told_once_and_over_when_it_is_gone) {
    for (int i = 0; i < SIGNS; i++) {
        const sign *it = &signs[i];
        open_for_business(NULL);
        fail(it);
        run(it->held_ms + SECOND);
        cr_expect_eq(raised(), it->events, "%s: %x, not %x", it->fault, raised(), it->events);
        const dd_word *word = last_heard(DD_WORD_EVENT);
        cr_expect_eq(word->value, it->value, "%s: %d", it->fault, word->value);
        cr_expect_eq(word->lamp, it->events == SET(DD_DOOR_OPEN) ? 0 : 2, "%s", it->fault);
        run(HOUR);
        cr_expect_eq(raised(), it->events, "%s: it stays", it->fault);
        mend();
        run(it->held_ms + 11 * SECOND);
        cr_expect_eq(raised(), 0, "%s: %x is left", it->fault, raised());
    }
}

Test(core_cabinet, what_does_not_last_is_not_told) {
    for (int i = 0; i < SIGNS; i++) {
        if (!signs[i].held_ms || signs[i].events & SET(DD_SUPPLY_LOSS)) continue;
        open_for_business(NULL);
        for (int j = 0; j < 20; j++) {
            fail(&signs[i]);
            run(signs[i].held_ms - 100);
            mend();
            run(100);
        }
        cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 0, "%s", signs[i].fault);
    }
}

Test(core_cabinet, a_dead_circuit_by_its_own_inputs_is_not_its_lamps_silence) {
    for (int i = 0; i < SIGNS; i++) {
        if (signs[i].inputs.live_phases) continue;
        open_for_business(NULL);
        fail(&signs[i]);
        for (int lamp = 2; lamp <= LAMPS; lamp += 2)
            b->mesh[lamp].silent = true;
        run(2 * HOUR);
        cr_expect_eq(raised(), signs[i].events, "%s", signs[i].fault);
        cr_expect_eq(b->mesh[2].asked_n, 0, "%s", signs[i].fault);
    }
}

// A cable cut somewhere along the road: the cabinet sees nothing, and its lamps speak for
// themselves.
Test(core_cabinet, a_cut_beyond_the_inputs_is_the_lamps_silence) {
    open_for_business(NULL);
    for (int lamp = 50; lamp <= LAMPS; lamp += 2)
        b->mesh[lamp].silent = true;
    run(HOUR);
    cr_expect_eq(raised(), 0);
    cr_expect_eq(events(DD_COMMUNICATION_FAILURE), 26);
}

// Without mains the coils let go: that is a loss of supply, and no error of contactors.
Test(core_cabinet, a_blackout_is_no_switching_error) {
    open_for_business(NULL);
    b->cabinet.mains = false;
    for (int i = 0; i < 2; i++)
        b->cabinet.feeders[i] = (dd_feeder_inputs){0};
    look();
    run(MINUTE);
    cr_expect_eq(raised(), SET(DD_SUPPLY_LOSS) | SET(DD_ON_BATTERY));
    cr_expect_eq(events(DD_SUPPLY_LOSS), 2);
    cr_expect_eq(b->closed, 0);
}

// --- Contactors ---

// The contactors do as they are told, after a tenth of a second.
static void obey(void) {
    bool on = b->cabinet.mains;
    for (int i = 0; i < 2; i++) {
        bool closed = on && b->closed >> i & 1;
        b->cabinet.feeders[i].contactor = closed;
        b->cabinet.feeders[i].live_phases = closed ? 7 : 0;
    }
    look();
}

static void run_obeying(int64_t span_ms) {
    for (int64_t end_ms = b->now_ms + span_ms; b->now_ms < end_ms;) {
        uint8_t before = b->closed;
        run(100);
        if (b->closed != before) obey();
    }
}

static void staggered(dd_core_def *def) {
    def->stagger_s = 7;
}

Test(core_cabinet, permanent_feeders_are_held_closed) {
    open_for_business(NULL);
    run_obeying(26ll * HOUR);
    cr_expect_eq(b->contactor_n, 1, "said once, as they stood");
    cr_expect_eq(b->closed, BOTH);
    cr_expect_eq(raised(), 0);
}

Test(core_cabinet, after_a_blackout_they_close_one_by_one) {
    open_for_business(staggered);
    b->cabinet.mains = false;
    look();
    obey();
    run_obeying(MINUTE);
    b->cabinet.mains = true;
    look();
    cr_expect_eq(b->closed, 1);
    obey();
    run_obeying(6900);
    cr_expect_eq(b->closed, 1);
    run_obeying(200);
    cr_expect_eq(b->closed, BOTH);
    run_obeying(MINUTE);
    cr_expect_eq(raised(), 0, "%x", raised());
}

static void second_is_switched(dd_core_def *def) {
    follow(nightly(1000));
    def->switched = 2;
}

static void both_are_switched(dd_core_def *def) {
    follow(nightly(1000));
    def->switched = BOTH;
    def->stagger_s = 7;
}

// Sunset is at 18:15, 75 minutes after the start, sunrise at 05:45; the lead is 10 minutes.
Test(core_cabinet, switched_feeders_are_live_for_the_night_and_some_more) {
    open_for_business(second_is_switched);
    cr_expect_eq(b->closed, 1);
    obey();
    run_obeying(60 * MINUTE);
    cr_expect_eq(b->closed, 1);
    run_obeying(10 * MINUTE);
    cr_expect_eq(b->closed, BOTH);
    run_obeying(12 * HOUR);
    cr_expect_eq(b->closed, 1);
    cr_expect_eq(raised(), 0, "nothing is lost or wrong by day: %x", raised());
    cr_expect_eq(b->contactor_n, 3);
    cr_expect_gt(b->mesh[2].asked_n, 30);
}

Test(core_cabinet, at_dusk_they_close_one_by_one) {
    open_for_business(both_are_switched);
    obey();
    while (b->closed == 0)
        run_obeying(SECOND);
    cr_expect_eq(b->closed, 1);
    int64_t first_ms = b->moved_ms;
    run_obeying(10 * SECOND);
    cr_expect_eq(b->closed, BOTH);
    cr_expect(b->moved_ms - first_ms >= 7000 && b->moved_ms - first_ms <= 7200);
}

Test(core_cabinet, a_welded_contactor_is_an_error_by_day) {
    open_for_business(second_is_switched); // at 17:00 it is live, and should not be
    run(3 * SECOND);
    cr_expect_eq(raised(), 0);
    run(3 * SECOND);
    cr_expect_eq(raised(), SET(DD_SWITCHING_ERROR_OFF));
    cr_expect_eq(last_heard(DD_WORD_EVENT)->lamp, 2);
    run(2 * HOUR);
    cr_expect_eq(raised(), 0, "by night it is as it should be");
}

Test(core_cabinet, one_that_does_not_close_is_an_error_at_dusk) {
    open_for_business(second_is_switched);
    obey();
    run(2 * HOUR);
    cr_expect_eq(raised(), SET(DD_SWITCHING_ERROR_ON));
    run(14 * HOUR);
    cr_expect_eq(raised(), 0, "nor should it be closed by day");
}

Test(core_cabinet, a_feeder_bridged_by_hand_is_no_welded_contactor) {
    open_for_business(second_is_switched);
    obey();
    b->cabinet.feeders[1].override = true;
    b->cabinet.feeders[1].live_phases = 7;
    look();
    run(10 * MINUTE);
    cr_expect_eq(raised(), SET(DD_LOCAL_OVERRIDE));
}

static void lost(dd_core_def *def) {
    second_is_switched(def);
    def->clock_ms = 0;
}

Test(core_cabinet, without_a_clock_it_goes_by_its_photocell) {
    make(LAMPS, lost);
    b->mute_clock = true;
    look();
    cr_expect_eq(b->closed, 1);
    b->cabinet.dark = true;
    look();
    cr_expect_eq(b->closed, BOTH);
    b->cabinet.dark = false;
    look();
    cr_expect_eq(b->closed, 1);
    b->mute_clock = false;
    b->cabinet.dark = true; // it knows better now: the cell is stuck, or the sky is black
    run(2 * MINUTE);
    cr_expect_eq(b->closed, 1);
}

// A controller that starts at night leaves alone what the timer has closed.
Test(core_cabinet, a_start_at_night_does_not_make_it_flicker) {
    make(LAMPS, both_are_switched);
    run(3 * HOUR);
    look();
    cr_expect_eq(b->closed, BOTH);
    cr_expect_eq(b->contactor_n, 1);
}

// --- Orders by day ---

static void give(dd_order_kind kind, uint32_t number, uint16_t lamp, int64_t until_ms) {
    order_later((dd_order){.kind = (uint8_t)kind,
                           .number = number,
                           .lamp_n = 1,
                           .level_pm = 1000,
                           .expires_ms = until_ms,
                           .lamps = {lamp}});
}

// Its clock, Unix ms, so long from now.
static int64_t in_ms(int64_t span_ms) {
    return b->centre_clock_ms + b->now_ms + span_ms;
}

// From 17:00, more than an hour before its hours; feeder 2 has the even lamps.
static void open_by_day(void) {
    open_for_business(second_is_switched);
    obey();
    run_obeying(2 * MINUTE); // it has the time
    cr_assert_eq(b->closed, 1);
}

Test(core_cabinet, an_order_by_day_makes_its_feeder_live) {
    open_by_day();
    give(DD_ORDER_OVERRIDE, 1, 4, in_ms(20 * MINUTE));
    run_obeying(10 * SECOND);
    cr_expect_eq(b->closed, BOTH);
    cr_expect(b->mesh[4].overridden);
    cr_assert_not_null(last_heard(DD_WORD_OUTCOME));
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, 1);
    run_obeying(18 * MINUTE);
    cr_expect_eq(b->closed, BOTH);
    run_obeying(3 * MINUTE);
    cr_expect_eq(b->closed, 1, "the order is over");
    cr_expect_eq(raised(), 0, "%x", raised());
}

Test(core_cabinet, an_order_until_resumed_lets_go_some_minutes_after) {
    open_by_day();
    give(DD_ORDER_OVERRIDE, 1, 4, 0);
    give(DD_ORDER_OVERRIDE, 2, 6, 0);
    run_obeying(20 * MINUTE);
    give(DD_ORDER_RESUME, 3, 4, 0);
    run_obeying(15 * MINUTE);
    cr_expect_eq(b->closed, BOTH, "the other is still held");
    give(DD_ORDER_RESUME, 4, 6, 0);
    run_obeying(5 * MINUTE);
    cr_expect_eq(b->closed, BOTH);
    cr_expect_not(b->mesh[6].overridden);
    run_obeying(6 * MINUTE);
    cr_expect_eq(b->closed, 1);
}

// One that is held for a time only does not hold its feeder for ever when the other is let go.
Test(core_cabinet, orders_of_both_kinds) {
    open_by_day();
    give(DD_ORDER_OVERRIDE, 1, 4, in_ms(5 * MINUTE));
    give(DD_ORDER_OVERRIDE, 2, 6, 0);
    run_obeying(20 * MINUTE);
    cr_expect_eq(b->closed, BOTH);
    give(DD_ORDER_RESUME, 3, 6, 0);
    run_obeying(11 * MINUTE);
    cr_expect_eq(b->closed, 1);
}

Test(core_cabinet, an_order_over_sunrise_keeps_its_feeder_live) {
    open_by_day();
    run_obeying(4 * HOUR);
    give(DD_ORDER_OVERRIDE, 1, 4, 0);
    run_obeying(14 * HOUR);
    cr_expect_eq(b->closed, BOTH);
    cr_expect_eq(raised(), 0, "%x", raised());
}

Test(core_cabinet, an_order_that_a_contactor_does_not_obey_fails) {
    open_by_day();
    give(DD_ORDER_OVERRIDE, 1, 4, 0);
    run(20 * SECOND); // nothing moves
    cr_assert_not_null(last_heard(DD_WORD_OUTCOME));
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, 1);
    cr_expect_eq(raised(), SET(DD_SWITCHING_ERROR_ON));
}

// --- Meters ---

Test(core_cabinet, meters_are_told_each_quarter_of_an_hour) {
    open_for_business(NULL);
    for (int i = 0; i < 4; i++) {
        b->cabinet.feeders[0].meter =
            (dd_meter_reading){.energy_wh = 1000u * (uint32_t)i, .power_w = 3400};
        b->cabinet.feeders[1].meter.energy_wh = UINT64_C(5000000000);
        run(15 * MINUTE);
        cr_assert_eq(count(DD_WORD_METER, 0, 0), i + 1);
        const dd_word *word = last_heard(DD_WORD_METER);
        cr_expect_eq(word->entry_n, 2);
        cr_expect_eq(word->meters[0].energy_wh, 1000u * (uint32_t)i, "what they say now");
        cr_expect_eq(word->meters[0].power_w, 3400);
        cr_expect_eq(word->meters[1].energy_wh, UINT64_C(5000000000));
        cr_expect(word->clock_ms % (15 * MINUTE) < SECOND, "by the clock");
    }
}

static void no_meters(dd_core_def *def) {
    def->meter_period_s = 0;
}

Test(core_cabinet, meters_may_never_be_told) {
    open_for_business(no_meters);
    run(24ll * HOUR);
    cr_expect_eq(b->meter_n, 0);
    cr_expect_eq(count(DD_WORD_METER, 0, 0), 0);
}

Test(core_cabinet, meters_that_do_not_answer_are_not_told) {
    open_for_business(NULL);
    run(10 * MINUTE);
    while (b->meter_n == 0) {
        run(SECOND);
        if (b->meter_n) b->mail_n = 0;
    }
    cr_expect_eq(count(DD_WORD_METER, 0, 0), 0);
}
