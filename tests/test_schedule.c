// What segments follow, from the centre to the lamps: calendars, groups and overrides that fade,
// given, read back, kept over restarts and without a controller.
#include "tests/toy_city.h"

static dd_domain *hub_of(toy *it) {
    dd_domain *hub = &it->world->engine->domains[DD_HUB_DOMAIN];
    hub->now = it->world->engine->now;
    return hub;
}

static dd_centre *centre_of(const toy *it) {
    return &toy_hub(it)->centre;
}

static const dd_given *given(const toy *it, uint32_t segment) {
    return &centre_of(it)->schedules.given[segment];
}

// Some minutes after the beginning, when controllers have their sessions and have been read back.
static toy *evening(const char *start) {
    toy_def def = toy_default();
    def.segment_n = 2;
    def.start = start;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_SCHEDULE));
    toy_for(it, 10 * DD_MINUTE);
    return it;
}

// The same level from sunset to sunrise every day.
static dd_light_calendar nightly(uint16_t level_pm) {
    return dd_light_calendar_of(
        &(dd_program){.point_n = 2,
                      .points = {{.reference = DD_AT_SUNSET, .level_pm = level_pm & 1023},
                                 {.reference = DD_AT_SUNRISE}}});
}

// Dimmed on weekdays, full on the night of 2 September.
static dd_light_calendar festive(void) {
    dd_light_calendar calendar = nightly(300);
    calendar.program_n = 2;
    calendar.programs[1] = nightly(1000).programs[0];
    calendar.rule_n = 1;
    calendar.rules[0] = (dd_calendar_rule){
        .program = 2, .from = {.month = 9, .day = 2}, .to = {.month = 9, .day = 2}};
    dd_light_calendar_seal(&calendar);
    return calendar;
}

static void give(toy *it, uint32_t group, dd_light_calendar calendar) {
    cr_assert(dd_schedule_calendar(hub_of(it), centre_of(it), 1, group, &calendar, 0));
}

static void group(toy *it, uint32_t id, uint16_t first, uint16_t last) {
    dd_lamp_set lamps = {0};
    for (uint16_t lamp = first; lamp <= last; lamp++)
        dd_lamp_set_add(&lamps, lamp);
    cr_assert(dd_schedule_group(hub_of(it), centre_of(it), 1, id, &lamps, 0));
}

static void order(toy *it, dd_order order) {
    dd_centre_command(hub_of(it), centre_of(it), 1, &order, 0);
}

static uint16_t level(const toy *it, uint16_t lamp) {
    return toy_node(it, 1, lamp)->level_pm;
}

static int64_t unix_ms(const toy *it, dd_time in) {
    return dd_world_unix_us(it->world, it->world->engine->now + in) / 1000;
}

static int steps(toy *it, int64_t step) {
    dd_stream_flush(&it->world->engine->stream);
    int n = 0;
    for (size_t i = 0; i < it->record_n; i++)
        n += it->records[i].value[0] == step;
    return n;
}

enum { PUSHED, VERIFIED, DIFFERS };

// --- Calendars ---

Test(schedule, a_calendar_is_given_and_read_back) {
    toy *it = evening("2020-09-01 17:00");
    cr_expect(given(it, 1)->verified, "as commissioned");
    int before = steps(it, VERIFIED);
    give(it, 0, festive());
    cr_expect(not(given(it, 1)->verified));
    toy_for(it, 3 * DD_MINUTE);
    cr_expect(given(it, 1)->verified);
    cr_expect(eq(int, steps(it, PUSHED), 1));
    cr_expect(eq(int, steps(it, VERIFIED), before + 1));
    cr_expect(eq(int, steps(it, DIFFERS), 0));
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(eq(u32, toy_calendar(it, 1, lamp), festive().id));
    cr_expect(ne(u32, toy_calendar(it, 2, 1), festive().id));
    toy_until(it, "20:00");
    cr_expect(eq(u16, level(it, 5), 300));
    toy_for(it, DD_DAY); // National Day
    cr_expect(eq(u16, level(it, 5), 1000));
    toy_until(it, "04:00");
    cr_expect(eq(u16, level(it, 5), 1000), "its night goes on after midnight");
    toy_until(it, "20:00");
    cr_expect(eq(u16, level(it, 5), 300));
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_close(it);
}

// The controller is gone before the festival.
Test(schedule, nodes_keep_a_festival_without_their_controller) {
    toy *it = evening("2020-09-01 17:00");
    give(it, 0, festive());
    toy_for(it, 3 * DD_MINUTE);
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, 27 * DD_HOUR); // 20:13 on National Day
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(eq(u16, level(it, lamp), 1000));
    toy_for(it, DD_DAY);
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(eq(u16, level(it, lamp), 300));
    toy_close(it);
}

Test(schedule, a_line_that_is_down_delays_it) {
    toy *it = evening("2020-08-03 17:00");
    toy_act(it, "fail segment:S-1-0 line");
    give(it, 0, nightly(400));
    toy_for(it, 2 * DD_HOUR);
    cr_expect(not(given(it, 1)->verified));
    toy_act(it, "repair segment:S-1-0 line");
    toy_for(it, 40 * DD_MINUTE);
    cr_expect(given(it, 1)->verified);
    cr_expect(eq(u32, toy_calendar(it, 1, 9), nightly(400).id));
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_close(it);
}

// A new controller in its place knows only what it is commissioned with.
Test(schedule, a_controller_that_has_lost_it_is_told_again) {
    toy *it = evening("2020-08-03 20:00");
    give(it, 0, nightly(400));
    group(it, 7, 3, 6);
    give(it, 7, nightly(800));
    toy_for(it, 5 * DD_MINUTE);
    cr_expect(given(it, 1)->verified);
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, DD_MINUTE);
    toy_act(it, "commission segment:S-1-0");
    toy_for(it, 20 * DD_MINUTE);
    cr_expect(gt(int, steps(it, DIFFERS), 0), "it was noticed");
    cr_expect(given(it, 1)->verified, "and mended");
    cr_expect(not(toy_alarm(it, "segment:S-1-0", DD_ALARM_SCHEDULE)));
    cr_expect(eq(u32, toy_calendar(it, 1, 2), nightly(400).id));
    cr_expect(eq(u32, toy_calendar(it, 1, 3), nightly(800).id));
    toy_close(it);
}

Test(schedule, a_restart_loses_nothing) {
    toy *it = evening("2020-08-03 20:00");
    group(it, 7, 3, 6);
    give(it, 7, nightly(800));
    toy_for(it, 5 * DD_MINUTE);
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 controller");
    toy_for(it, 40 * DD_MINUTE);
    cr_expect(given(it, 1)->verified);
    cr_expect(eq(int, steps(it, DIFFERS), 0));
    cr_expect(eq(u32, toy_calendar(it, 1, 3), nightly(800).id));
    toy_close(it);
}

Test(schedule, a_day_without_a_program_is_an_alarm_and_keeps_the_last) {
    toy *it = evening("2020-09-01 17:00");
    dd_light_calendar calendar = festive();
    calendar.default_program = 0;
    calendar.rule_n = 2;
    calendar.rules[1] = (dd_calendar_rule){.program = 1, .weekdays = 1 << 1}; // Tuesdays
    dd_light_calendar_seal(&calendar);
    give(it, 0, calendar);
    toy_for(it, 10 * DD_MINUTE);
    cr_expect(not(toy_alarm(it, "segment:S-1-0", DD_ALARM_INVALID_CALENDAR)));
    toy_for(it, 2 * DD_DAY); // Thursday
    cr_expect(toy_alarm(it, "segment:S-1-0", DD_ALARM_INVALID_CALENDAR));
    toy_until(it, "20:00");
    cr_expect(eq(u16, level(it, 5), 1000), "as on National Day");
    give(it, 0, nightly(500));
    toy_for(it, 10 * DD_MINUTE);
    cr_expect(not(toy_alarm(it, "segment:S-1-0", DD_ALARM_INVALID_CALENDAR)));
    cr_expect(eq(u16, level(it, 5), 500));
    toy_close(it);
}

// --- Groups ---

Test(schedule, a_group_follows_a_calendar_of_its_own) {
    toy *it = evening("2020-08-03 20:00");
    group(it, 7, 3, 6);
    give(it, 7, nightly(800));
    toy_for(it, 5 * DD_MINUTE);
    for (uint16_t lamp = 1; lamp <= 10; lamp++)
        cr_expect(eq(u16, level(it, lamp), lamp >= 3 && lamp <= 6 ? 800 : 1000));
    cr_expect(eq(u16, dd_schedule_due_pm(hub_of(it), centre_of(it), 1, 3), 800));
    cr_expect(eq(u16, dd_schedule_due_pm(hub_of(it), centre_of(it), 1, 2), 1000));
    group(it, 7, 5, 8);
    toy_for(it, 20 * DD_MINUTE);
    for (uint16_t lamp = 1; lamp <= 10; lamp++)
        cr_expect(eq(u16, level(it, lamp), lamp >= 5 && lamp <= 8 ? 800 : 1000));
    cr_expect(eq(u32, toy_alarms(it), 0));
    cr_expect(given(it, 1)->verified);
    toy_close(it);
}

// By one multicast first: all of them within two seconds (facts F1, T2: 95 % in 5 s), nobody else.
Test(schedule, a_group_obeys_at_once_and_nobody_else_does) {
    toy *it = evening("2020-08-03 20:00");
    group(it, 7, 3, 22);
    toy_for(it, DD_MINUTE);
    order(it, (dd_order){.kind = DD_ORDER_OVERRIDE, .group = 7, .level_pm = 200});
    toy_for(it, 2 * DD_SECOND);
    int n = 0;
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        n += level(it, lamp) == 200;
    cr_expect(ge(int, n, 19));
    toy_for(it, DD_MINUTE);
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(eq(u16, level(it, lamp), lamp >= 3 && lamp <= 22 ? 200 : 1000));
    cr_expect_not_null(dd_hold_of(hub_of(it), centre_of(it), 1, 3));
    cr_expect_null(dd_hold_of(hub_of(it), centre_of(it), 1, 2));
    order(it, (dd_order){.kind = DD_ORDER_RESUME, .group = 7});
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0));
    order(it, (dd_order){.kind = DD_ORDER_OVERRIDE, .group = 99, .level_pm = 200});
    uint32_t failed = centre_of(it)->counts.by_outcome[DD_COMMAND_FAILED];
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, centre_of(it)->counts.by_outcome[DD_COMMAND_FAILED], failed + 1),
              "there is no such group");
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0));
    toy_close(it);
}

// --- Overrides ---

Test(schedule, an_override_fades_in_and_out) {
    toy *it = evening("2020-08-03 20:00");
    order(it, (dd_order){.kind = DD_ORDER_OVERRIDE,
                         .level_pm = 200,
                         .lamp_n = 1,
                         .lamps = {4},
                         .ramp = {.to_s = 100, .from_s = 40},
                         .expires_ms = unix_ms(it, 10 * DD_MINUTE)});
    toy_for(it, DD_SECOND);
    cr_expect(eq(u16, level(it, 4), 1000));
    for (int tenth = 1; tenth <= 9; tenth++) {
        toy_for(it, 10 * DD_SECOND);
        cr_expect(le(int, abs(level(it, 4) - (1000 - 80 * tenth)), 45), "%d s", 10 * tenth);
    }
    toy_for(it, 15 * DD_SECOND);
    cr_expect(eq(u16, level(it, 4), 200));
    cr_expect(eq(u16, level(it, 5), 1000));
    toy_for(it, 10 * DD_MINUTE - 106 * DD_SECOND - 3 * DD_SECOND);
    cr_expect(eq(u16, level(it, 4), 200));
    toy_for(it, 23 * DD_SECOND);
    cr_expect(le(int, abs(level(it, 4) - 600), 90), "on its way back");
    cr_expect(not(toy_node(it, 1, 4)->state & DD_NODE_OVERRIDDEN), "it is over at its time");
    toy_for(it, 25 * DD_SECOND);
    cr_expect(eq(u16, level(it, 4), 1000));
    cr_expect(eq(u32, toy_node(it, 1, 4)->ramp, 0), "nothing is left of it");
    toy_close(it);
}

// Told to all and then to each: a ramp does not begin anew; a newer one begins where lamps are.
Test(schedule, the_newest_override_counts) {
    toy *it = evening("2020-08-03 20:00");
    order(it, (dd_order){.kind = DD_ORDER_OVERRIDE, .level_pm = 0, .ramp = {.to_s = 60}});
    toy_for(it, 30 * DD_SECOND);
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(le(int, abs(level(it, lamp) - 500), 120), "lamp %u at %u", lamp, level(it, lamp));
    order(it, (dd_order){.kind = DD_ORDER_OVERRIDE, .level_pm = 1000, .ramp = {.to_s = 60}});
    toy_for(it, 5 * DD_SECOND);
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(ge(u16, level(it, lamp), 350));
    toy_for(it, 80 * DD_SECOND);
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(eq(u16, level(it, lamp), 1000));
    order(it, (dd_order){.kind = DD_ORDER_OVERRIDE, .level_pm = 300});
    toy_for(it, 30 * DD_SECOND);
    order(it, (dd_order){.kind = DD_ORDER_RESUME});
    toy_for(it, 30 * DD_SECOND);
    for (uint16_t lamp = 1; lamp <= 30; lamp++) {
        cr_expect(eq(u16, level(it, lamp), 1000));
        cr_expect(eq(u32, toy_node(it, 1, lamp)->ramp, 0));
    }
    toy_close(it);
}

// Within five seconds of its time (facts F1, T11).
Test(schedule, overrides_expire_in_time) {
    toy *it = evening("2020-08-03 20:00");
    order(it, (dd_order){.kind = DD_ORDER_OVERRIDE,
                         .level_pm = 300,
                         .expires_ms = unix_ms(it, 2 * DD_HOUR)});
    toy_for(it, 2 * DD_HOUR - 5 * DD_SECOND);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 30));
    toy_for(it, 10 * DD_SECOND);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0));
    toy_close(it);
}

// It outlives the controller's restart, for nodes hold it; it does not outlive the node's supply.
Test(schedule, what_restarts_do_to_an_override) {
    toy *it = evening("2020-08-03 20:00");
    order(it, (dd_order){.kind = DD_ORDER_OVERRIDE,
                         .level_pm = 300,
                         .ramp = {.from_s = 600},
                         .expires_ms = unix_ms(it, 3 * DD_HOUR)});
    toy_for(it, DD_MINUTE);
    toy_act(it, "fail segment:S-1-0 controller");
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair segment:S-1-0 controller");
    toy_for(it, 10 * DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 30));
    toy_act(it, "fail feeder:S-1-0 breaker");
    toy_for(it, DD_MINUTE);
    toy_act(it, "repair feeder:S-1-0 breaker");
    toy_for(it, DD_MINUTE);
    cr_expect(eq(u32, toy_measure(it, 1).overridden, 0));
    for (uint16_t lamp = 1; lamp <= 30; lamp++) {
        cr_expect(eq(u16, level(it, lamp), 1000));
        cr_expect(eq(u32, toy_node(it, 1, lamp)->ramp, 0));
    }
    toy_close(it);
}
