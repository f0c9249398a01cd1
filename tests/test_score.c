// How a shift is judged: troubles against what was made of them.
#include "models/score/score.h"
#include "tests/toy_city.h"

#include <math.h>

static toy *start_quiet(void) {
    toy_def def = toy_default();
    def.settings.citizens_per_day = 0;
    def.start = "2020-08-03 19:00";
    return toy_start(&def, 0);
}

static bool near(double a, double b) {
    return fabs(a - b) < 1e-6;
}

// An incident as a record says it; numbers are far from the centre's own.
static void incident(toy *it, uint32_t number, const char *entity, dd_incident_state state,
                     dd_cause cause) {
    dd_engine_note(it->world->engine, DD_REC_INCIDENT, toy_entity(it, entity), 0, number, state,
                   cause, 0);
}

Test(score, measures_detection_and_repair) {
    toy *it = start_quiet();
    toy_until(it, "20:00");
    toy_act(it, "fail feeder:S-1-0 breaker");
    toy_until(it, "20:30");
    dd_shift_score shift = dd_score_now(it->world);
    cr_expect(eq(u32, shift.troubles, 1));
    cr_expect(eq(u32, shift.detected, 1));
    cr_expect(eq(u32, shift.mended, 0));
    cr_expect(shift.detection_min > 0 && shift.detection_min < 3, "%g", shift.detection_min);
    cr_expect(isnan(shift.repair_min));
    toy_until(it, "21:00");
    toy_act(it, "repair feeder:S-1-0 breaker");
    toy_until(it, "22:00");
    shift = dd_score_now(it->world);
    cr_expect(eq(u32, shift.mended, 1));
    cr_expect(near(shift.repair_min, 60), "%g", shift.repair_min);
    cr_expect(shift.dark_h > 29 && shift.dark_h < 31, "thirty lamps, one hour: %g", shift.dark_h);
    toy_close(it);
}

// Nothing that is there goes undetected for ever, and what is not there is not detected.
Test(score, does_not_detect_what_nobody_tells) {
    toy *it = start_quiet();
    toy_until(it, "20:00");
    toy_act(it, "fail feeder:S-1-0 breaker");
    toy_until(it, "20:30");
    toy_act(it, "fail feeder:S-2-0 meter_drift"); // its alarm would be another's
    toy_until(it, "20:40");
    dd_shift_score shift = dd_score_now(it->world);
    cr_expect(eq(u32, shift.troubles, 2));
    cr_expect(eq(u32, shift.detected, 1));
    toy_close(it);
}

// A stolen stretch is one trouble, over when the last of it is laid again.
Test(score, what_fails_together_is_one_trouble) {
    toy *it = start_quiet();
    toy_until(it, "20:00");
    toy_act(it, "fail lamp:L-1-20 cable_cut");
    toy_act(it, "fail lamp:L-1-21 cable_cut");
    toy_act(it, "fail lamp:L-2-20 cable_cut");
    toy_until(it, "20:10");
    toy_act(it, "fail lamp:L-1-25 cable_cut");
    cr_expect(eq(u32, dd_score_now(it->world).troubles, 3));
    toy_act(it, "repair lamp:L-2-20");
    cr_expect(eq(u32, dd_score_now(it->world).mended, 1));
    toy_act(it, "repair lamp:L-1-20");
    cr_expect(eq(u32, dd_score_now(it->world).mended, 1), "one more of the stretch is missing");
    toy_act(it, "repair lamp:L-1-25");
    cr_expect(eq(u32, dd_score_now(it->world).mended, 2));
    toy_act(it, "repair lamp:L-1-21");
    cr_expect(eq(u32, dd_score_now(it->world).mended, 3));
    toy_close(it);
}

Test(score, judges_causes) {
    toy *it = start_quiet();
    toy_until(it, "20:00");
    toy_act(it, "fail lamp:L-1-20 cable_cut");
    toy_act(it, "fail segment:S-3-0 line");
    dd_shift_score before = dd_score_now(it->world);
    incident(it, 1001, "feeder:S-1-0", DD_INCIDENT_OPENED, DD_CAUSE_FEEDER);
    dd_shift_score shift = dd_score_now(it->world);
    cr_expect(eq(u32, shift.wrong_causes, before.wrong_causes + 1));
    cr_expect(eq(u32, shift.right_causes, before.right_causes));
    incident(it, 1001, "feeder:S-1-0", DD_INCIDENT_CHANGED, DD_CAUSE_THEFT);
    shift = dd_score_now(it->world);
    cr_expect(eq(u32, shift.right_causes, before.right_causes + 1));
    cr_expect(eq(u32, shift.wrong_causes, before.wrong_causes));
    incident(it, 1002, "segment:S-2-0", DD_INCIDENT_OPENED, DD_CAUSE_SUPPLY);
    cr_expect(eq(u32, dd_score_now(it->world).unfounded, before.unfounded + 1));
    incident(it, 1002, "segment:S-2-0", DD_INCIDENT_CLOSED, DD_CAUSE_NOTHING);
    cr_expect(eq(u32, dd_score_now(it->world).unfounded, before.unfounded), "found to be nothing");
    toy_close(it);
}

Test(score, counts_what_the_operator_does) {
    toy *it = start_quiet();
    toy_until(it, "20:00");
    toy_act(it, "fail feeder:S-1-0 breaker");
    toy_until(it, "20:10");
    dd_shift_score shift = dd_score_now(it->world);
    cr_assert(ge(u32, shift.waiting, 1));
    cr_expect(eq(u32, shift.actions, 0), "the instructor's do not count");
    uint32_t waiting = shift.waiting;
    for (uint32_t number = 1; number <= toy_hub(it)->centre.alarms.raised; number++) {
        const dd_alarm *alarm = dd_alarm_find(&toy_hub(it)->centre.alarms, number);
        if (!alarm || alarm->returned) continue;
        char text[40];
        snprintf(text, sizeof text, "acknowledge %u", number);
        toy_act(it, text);
    }
    toy_act(it, "log feeder S-1-0 is out");
    shift = dd_score_now(it->world);
    cr_expect(eq(u32, shift.waiting, 0));
    cr_expect(ge(u32, shift.acknowledged, waiting));
    cr_expect(eq(u32, shift.actions, shift.acknowledged + 1));
    cr_expect(eq(u32, shift.log_lines, 1));
    cr_expect(shift.acknowledge_min > 5 && shift.acknowledge_min <= 10, "%g",
              shift.acknowledge_min);
    toy_close(it);
}
