// Which alarms the controller's core makes of what a lamp's node measures: each fault of facts A3
// gives its own set, and the set goes when the fault has gone.
#include "tests/core_bench.h"

TestSuite(core_health, .fini = bench_fini);

enum { ILL = 7, WELL = 8, FULL = 1000, DIMMED = 500, OFF = 0 };

#define SET(happening) (1u << (happening))

// The events that are raised on a lamp and not over, as the centre has heard them.
static uint32_t raised_on(uint16_t lamp) {
    uint32_t set = 0;
    for (int i = 0; i < b->heard_n; i++) {
        const dd_word *word = &b->heard[i];
        if (word->kind != DD_WORD_EVENT || word->lamp != lamp ||
            word->happening >= DD_LAMP_HAPPENINGS)
            continue;
        cr_assert_eq((set & SET(word->happening)) != 0, word->over, "told twice");
        set ^= SET(word->happening);
    }
    return set;
}

static uint32_t raised_on_all(void) {
    uint32_t set = 0;
    for (uint16_t lamp = 1; lamp <= LAMPS; lamp++)
        if (lamp != ILL) set |= raised_on(lamp);
    return set;
}

typedef struct signature {
    const char *fault;
    uint16_t level_pm;
    lamp_double reads; // dead, stuck_on, ignores_dim, gear, power_pct, current, voltage
    uint32_t events;
} signature;

static const signature signatures[] = {
    {"LED open",
     FULL,
     {.dead = true, .gear = DD_GEAR_OPEN, .current_ma = 36},
     SET(DD_LAMP_FAILURE) | SET(DD_LAMP_POWER_LOW)},
    {"LED open, no bus",
     FULL,
     {.dead = true, .current_ma = 36},
     SET(DD_LAMP_FAILURE) | SET(DD_LAMP_POWER_LOW)},
    {"LED open, dimmed",
     DIMMED,
     {.dead = true, .gear = DD_GEAR_OPEN},
     SET(DD_LAMP_FAILURE) | SET(DD_LAMP_POWER_LOW)},
    {"string short", FULL, {.power_pct = 70, .gear = DD_GEAR_SHORT}, SET(DD_LAMP_POWER_LOW)},
    {"string short, no bus", FULL, {.power_pct = 40}, SET(DD_LAMP_POWER_LOW)},
    {"driver dead",
     FULL,
     {.dead = true, .gear = DD_GEAR_SILENT, .current_ma = 36},
     SET(DD_LAMP_FAILURE) | SET(DD_CONTROL_GEAR_FAILURE)},
    {"no dimming", DIMMED, {.ignores_dim = true}, SET(DD_DIMMING_FAILURE)},
    {"relay welded",
     OFF,
     {.stuck_on = true, .gear = DD_GEAR_RELAY},
     SET(DD_LAMP_UNEXPECTED_ON) | SET(DD_RELAY_FAILURE)},
    {"relay open",
     FULL,
     {.dead = true, .gear = DD_GEAR_RELAY | DD_GEAR_SILENT, .current_ma = 7},
     SET(DD_RELAY_FAILURE) | SET(DD_LAMP_FAILURE)},
    {"relay open, by its current",
     FULL,
     {.dead = true, .gear = DD_GEAR_SILENT, .current_ma = 7},
     SET(DD_RELAY_FAILURE) | SET(DD_LAMP_FAILURE)},
    {"cycling, found dark", FULL, {.dead = true, .gear = DD_GEAR_CYCLING}, SET(DD_CYCLING_FAILURE)},
    {"cycling, found lit", FULL, {.gear = DD_GEAR_CYCLING}, SET(DD_CYCLING_FAILURE)},
    {"bus open",
     DIMMED,
     {.ignores_dim = true, .gear = DD_GEAR_SILENT},
     SET(DD_CONTROL_GEAR_SILENT)},
    {"bus open, by day",
     OFF,
     {.stuck_on = true, .gear = DD_GEAR_SILENT},
     SET(DD_CONTROL_GEAR_SILENT)},
    {"derated", FULL, {.power_pct = 40, .gear = DD_GEAR_DERATED}, SET(DD_HIGH_TEMPERATURE)},
    {"shut down for heat",
     FULL,
     {.dead = true, .gear = DD_GEAR_HOT},
     SET(DD_HIGH_TEMPERATURE) | SET(DD_LAMP_FAILURE)},
    {"day burner", OFF, {.stuck_on = true}, SET(DD_LAMP_UNEXPECTED_ON)},
    {"low voltage", FULL, {.voltage_dv = 1700}, SET(DD_VOLTAGE_OUT_OF_RANGE)},
    {"high voltage", FULL, {.voltage_dv = 2500}, SET(DD_VOLTAGE_OUT_OF_RANGE)},
    {"out for low voltage", FULL, {.dead = true, .voltage_dv = 1100}, SET(DD_VOLTAGE_OUT_OF_RANGE)},
    {"silent", FULL, {.silent = true}, SET(DD_COMMUNICATION_FAILURE)},
    {"well", FULL, {.current_ma = 350}, 0},
    {"well, dimmed", DIMMED, {.current_ma = 200}, 0},
    {"well, off", OFF, {.current_ma = 36}, 0},
};

enum { SIGNATURES = sizeof signatures / sizeof *signatures };

static void fall_ill(const signature *it) {
    uint32_t calendar_id = b->mesh[ILL].calendar_id, asked_n = b->mesh[ILL].asked_n;
    b->mesh[ILL] = it->reads;
    b->mesh[ILL].level_pm = it->level_pm;
    b->mesh[ILL].calendar_id = calendar_id;
    b->mesh[ILL].asked_n = asked_n;
}

Test(core_health, every_fault_gives_its_own_events_within_minutes) {
    for (int i = 0; i < SIGNATURES; i++) {
        make(LAMPS, NULL);
        light(signatures[i].level_pm);
        fall_ill(&signatures[i]);
        run(5 * MINUTE);
        cr_expect_eq(raised_on(ILL), signatures[i].events, "%s: %x, not %x", signatures[i].fault,
                     raised_on(ILL), signatures[i].events);
        run(HOUR);
        cr_expect_eq(raised_on(ILL), signatures[i].events, "%s: it stays", signatures[i].fault);
        cr_expect_eq(raised_on_all(), 0, "%s: nobody else", signatures[i].fault);
    }
}

Test(core_health, every_event_is_over_when_the_fault_is) {
    for (int i = 0; i < SIGNATURES; i++) {
        make(LAMPS, NULL);
        light(signatures[i].level_pm);
        fall_ill(&signatures[i]);
        run(HOUR);
        cr_assert_eq(raised_on(ILL), signatures[i].events, "%s", signatures[i].fault);
        fall_ill(&(signature){.level_pm = signatures[i].level_pm});
        // The readings that saw it cycle must be eight rounds back.
        run(signatures[i].events & SET(DD_CYCLING_FAILURE) ? 3 * HOUR : 16 * MINUTE);
        cr_expect_eq(raised_on(ILL), 0, "%s: %x is left", signatures[i].fault, raised_on(ILL));
    }
}

Test(core_health, one_bad_reading_is_no_alarm) {
    for (int i = 0; i < SIGNATURES; i++) {
        make(LAMPS, NULL);
        light(signatures[i].level_pm);
        run(10 * MINUTE);
        uint32_t asked_n = b->mesh[ILL].asked_n;
        fall_ill(&signatures[i]);
        while (b->mesh[ILL].asked_n == asked_n)
            run(SECOND);
        fall_ill(&(signature){.level_pm = signatures[i].level_pm});
        run(HOUR);
        cr_expect_eq(count(DD_WORD_EVENT, 0, 0), 0, "%s", signatures[i].fault);
    }
}

// Two faults that take turns are not one that lasts.
Test(core_health, bad_readings_that_differ_do_not_add_up) {
    make(1, NULL);
    light(FULL);
    for (int i = 0; i < 20; i++) {
        dd_node_reply reply = {.lamp = 1, .kind = DD_NODE_REPORT};
        reply.reading = (dd_reading){.lamp = 1,
                                     .level_pm = FULL,
                                     .power_mw = 76500,
                                     .calendar_id = b->timetable.calendars[0].id,
                                     .voltage_dv = i % 2 ? 1700 : 2200,
                                     .gear = i % 2 ? 0 : DD_GEAR_SHORT};
        step((dd_core_input){.kind = DD_INPUT_REPLY, .reply = &reply});
    }
    cr_expect_eq(b->core.storage.lamps[0].raised, 0);
}

static void by_day_and_night(dd_core_def *def) {
    (void)def;
    follow(nightly(1000));
}

static void follow_calendar(void) {
    dd_sun_cache cache = {0};
    uint16_t level_pm = dd_core_expected_level(&b->core, 1, &cache, b->now_ms);
    for (int i = 1; i <= LAMPS; i++)
        if (i != ILL) b->mesh[i].level_pm = level_pm;
}

static void run_night(int64_t span_ms) {
    for (int64_t end_ms = b->now_ms + span_ms; b->now_ms < end_ms;) {
        follow_calendar();
        run(MINUTE);
    }
}

// Its own photocell or clock makes it burn at the wrong time: its power fits its level, but not the
// hour.
Test(core_health, a_lamp_that_keeps_other_hours) {
    make(LAMPS, by_day_and_night);
    b->mesh[ILL].level_pm = FULL; // all day and all night
    run_night(30 * MINUTE);       // from 17:00; sunset at 18:15
    cr_expect_eq(raised_on(ILL), SET(DD_LAMP_UNEXPECTED_ON));
    b->mesh[ILL].level_pm = OFF;
    run_night(30 * MINUTE);
    cr_expect_eq(raised_on(ILL), 0);
    run_night(2 * HOUR);
    cr_expect_eq(raised_on(ILL), SET(DD_LAMP_FAILURE), "dark at night by its own command");
    b->mesh[ILL].level_pm = FULL;
    run_night(30 * MINUTE);
    cr_expect_eq(raised_on(ILL), 0);
    cr_expect_eq(raised_on_all(), 0, "dusk raises nothing on the others");
}

Test(core_health, an_override_or_another_calendar_excuses_other_hours) {
    make(LAMPS, by_day_and_night);
    b->mesh[ILL].level_pm = b->mesh[WELL].level_pm = FULL;
    b->mesh[ILL].overridden = true;
    run(HOUR);
    cr_expect_eq(raised_on(ILL), 0);
    cr_expect_eq(raised_on(WELL), SET(DD_LAMP_UNEXPECTED_ON));
}

// A storm's black sky: whoever has a photocell burns, and the cabinet's sees why.
Test(core_health, a_dark_sky_excuses_lamps_that_burn_by_day) {
    make(LAMPS, by_day_and_night);
    b->cabinet.dark = true;
    look();
    b->mesh[ILL].level_pm = FULL;
    run(30 * MINUTE);
    cr_expect_eq(raised_on(ILL), 0);
    b->cabinet.dark = false;
    look();
    run(20 * MINUTE);
    cr_expect_eq(raised_on(ILL), SET(DD_LAMP_UNEXPECTED_ON));
}

// Lamps with photocells burn some minutes after sunset; in the night there is no excuse.
Test(core_health, twilight_excuses_lamps_that_are_dark) {
    make(LAMPS, by_day_and_night);
    run(75 * MINUTE + 25 * MINUTE); // sunset at 18:15, and all are dark
    cr_expect_eq(raised_on(ILL), 0);
    run(25 * MINUTE);
    cr_expect_eq(raised_on(ILL), SET(DD_LAMP_FAILURE));
}

static void lost_clock(dd_core_def *def) {
    follow(nightly(1000));
    def->clock_ms = 0;
}

Test(core_health, a_controller_without_a_clock_does_not_judge_hours) {
    make(LAMPS, lost_clock);
    b->mute_clock = true;
    b->mesh[ILL].level_pm = FULL;
    run(HOUR);
    cr_expect_eq(raised_on(ILL), 0);
}

// No flag: readings alone show that it comes and goes.
Test(core_health, cycling_by_its_readings) {
    make(LAMPS, NULL);
    light(FULL);
    for (int minute = 0; minute < 4 * 60; minute++) {
        b->mesh[ILL].dead = minute / 20 % 2;
        run(MINUTE);
    }
    cr_expect(raised_on(ILL) & SET(DD_CYCLING_FAILURE));
    cr_expect_eq(raised_on_all(), 0);
    b->mesh[ILL].dead = false;
    run(3 * HOUR);
    cr_expect_eq(raised_on(ILL), 0);
}

// By night a welded relay looks as it should, and by day an open one.
Test(core_health, a_relay_is_mended_only_when_its_bad_side_is_good) {
    make(LAMPS, NULL);
    b->mesh[ILL].stuck_on = true;
    b->mesh[ILL].gear = DD_GEAR_RELAY;
    run(HOUR);
    uint32_t welded = SET(DD_RELAY_FAILURE) | SET(DD_LAMP_UNEXPECTED_ON);
    cr_expect_eq(raised_on(ILL), welded);
    light(FULL);
    b->mesh[ILL].gear = 0;
    run(HOUR);
    cr_expect_eq(raised_on(ILL), welded);
    light(OFF);
    b->mesh[ILL].stuck_on = false;
    run(HOUR);
    cr_expect_eq(raised_on(ILL), 0);
    light(FULL);
    b->mesh[ILL].dead = true;
    b->mesh[ILL].gear = DD_GEAR_RELAY;
    run(HOUR);
    uint32_t open = SET(DD_RELAY_FAILURE) | SET(DD_LAMP_FAILURE);
    cr_expect_eq(raised_on(ILL), open);
    light(OFF);
    b->mesh[ILL].gear = 0;
    run(HOUR);
    cr_expect_eq(raised_on(ILL), open);
    light(FULL);
    b->mesh[ILL].dead = false;
    run(HOUR);
    cr_expect_eq(raised_on(ILL), 0);
}

Test(core_health, gear_that_cannot_dim_is_not_blamed_for_it) {
    make(LAMPS, NULL);
    light(DIMMED);
    b->lamps[ILL - 1].fixed = b->lamps[WELL - 1].fixed = 1;
    b->mesh[ILL].ignores_dim = true;
    b->mesh[WELL].dead = true;
    run(HOUR);
    cr_expect_eq(raised_on(ILL), 0);
    cr_expect_eq(raised_on(WELL), SET(DD_LAMP_FAILURE) | SET(DD_LAMP_POWER_LOW));
}

// A whole feeder with a strange voltage is one event, not one a lamp; one lamp of a good feeder is
// its own.
Test(core_health, a_strange_voltage_at_the_terminals_is_the_feeders) {
    make(LAMPS, NULL);
    light(FULL);
    for (int phase = 0; phase < 3; phase++) {
        b->cabinet.feeders[0].meter.voltage_dv[phase] = 1690;
        b->cabinet.feeders[1].meter.voltage_dv[phase] = 2210;
    }
    for (int i = 1; i <= LAMPS; i += 2) // of feeder 1
        b->mesh[i].voltage_dv = 1650;
    b->mesh[WELL].voltage_dv = 1700; // of feeder 2
    look();
    run(HOUR);
    cr_expect_eq(events(DD_FEEDER_VOLTAGE), 1);
    cr_expect_eq(events(DD_VOLTAGE_OUT_OF_RANGE), 1);
    cr_expect_eq(raised_on(WELL), SET(DD_VOLTAGE_OUT_OF_RANGE));
}

// --- Lamps without nodes ---

Test(core_health, lamps_without_nodes_are_left_alone) {
    make(LAMPS, NULL);
    light(FULL);
    for (int i = 1; i <= LAMPS; i++)
        b->mesh[i].silent = i % 2;
    for (int i = 1; i <= LAMPS; i += 2)
        b->lamps[i - 1].nominal_mw = 0;
    run(HOUR);
    order((dd_order){.kind = DD_ORDER_OVERRIDE, .number = 3, .level_pm = 400});
    run(2 * MINUTE);
    cr_expect_eq(b->mesh[1].asked_n, 0);
    cr_expect_eq(b->mesh[2].level_pm, 400);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, LAMPS / 2);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, 0);
    order((dd_order){.kind = DD_ORDER_READ, .number = 4, .lamp_n = 2, .lamps = {1, 2}});
    run(MINUTE);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->done_n, 1);
    cr_expect_eq(last_heard(DD_WORD_OUTCOME)->failed_n, 1, "there is nobody to read");
    supply(1, 0);
    supply(1, 7);
    run(20 * MINUTE);
    cr_expect_eq(b->mesh[1].asked_n, 0);
    cr_expect_eq(events(DD_COMMUNICATION_FAILURE), 0);
    dd_node_reply reply = {.lamp = 1, .kind = DD_NODE_REPORT, .reading = {.lamp = 1}};
    step((dd_core_input){.kind = DD_INPUT_REPLY, .reply = &reply});
    cr_expect_eq(b->core.garbage, 1, "it is not in the inventory");
}

// --- No poll ---

static void never_polls(dd_core_def *def) {
    def->poll_period_s = 0;
}

Test(core_health, a_controller_may_never_poll) {
    make(LAMPS, never_polls);
    run(24ll * HOUR);
    cr_expect_eq(b->request_n, 0);
    order((dd_order){.kind = DD_ORDER_READ, .number = 4});
    run(MINUTE);
    cr_expect_eq(b->request_n, LAMPS, "only when it is told to");
    order((dd_order){.kind = DD_ORDER_POLL, .period_s = 900});
    run(HOUR + SECOND);
    cr_expect_geq(b->request_n, 5 * LAMPS);
    order((dd_order){.kind = DD_ORDER_POLL, .period_s = 0});
    run(HOUR);
    cr_expect_leq(b->request_n, 6 * LAMPS);
}
