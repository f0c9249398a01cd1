// The table of facts A3, end to end: what fails on a street is told apart at the centre. Each fault
// lasts for a day and raises its own set of alarms, and a day after its repair none is left.
#include "tests/toy_city.h"

typedef struct signature {
    const char *fault; // of lamp 7, of its feeder or of its segment
    const char *on;    // that, and what the alarms are on
    uint64_t alarms;   // raised by the next noon: mask of 1 << dd_alarm_kind
} signature;

#define LAMP "lamp:L-1-7"
#define FEEDER "feeder:S-1-0"
#define SEGMENT "segment:S-1-0"

static const signature signatures[] = {
    {"led_open", LAMP, TOY_BIT(DD_ALARM_LAMP_FAILURE) | TOY_BIT(DD_ALARM_POWER_LOW)},
    {"led_short", LAMP, TOY_BIT(DD_ALARM_POWER_LOW)},
    {"driver_dead", LAMP, TOY_BIT(DD_ALARM_LAMP_FAILURE) | TOY_BIT(DD_ALARM_CONTROL_GEAR)},
    {"no_dimming", LAMP, TOY_BIT(DD_ALARM_DIMMING)},
    {"stuck_on", LAMP, // nor does it dim
     TOY_BIT(DD_ALARM_UNEXPECTED_ON) | TOY_BIT(DD_ALARM_RELAY) | TOY_BIT(DD_ALARM_DIMMING)},
    {"relay_open", LAMP, TOY_BIT(DD_ALARM_RELAY) | TOY_BIT(DD_ALARM_LAMP_FAILURE)},
    {"cycling", LAMP, TOY_BIT(DD_ALARM_CYCLING)},
    {"bus_open", LAMP, TOY_BIT(DD_ALARM_GEAR_SILENT)},
    {"overheating", LAMP, TOY_BIT(DD_ALARM_HIGH_TEMPERATURE)},
    {"wrong_curve", LAMP, TOY_BIT(DD_ALARM_DIMMING)}, // as if it did not dim; by day all is well
    {"node_dead", LAMP, TOY_BIT(DD_ALARM_COMMUNICATION)},
    {"node_meter", LAMP, 0}, // only reconciliation finds it
    {"photocell_dark", LAMP, TOY_BIT(DD_ALARM_UNEXPECTED_ON)},
    {"photocell_bright", LAMP, TOY_BIT(DD_ALARM_LAMP_FAILURE)},
    {"breaker", FEEDER, TOY_BIT(DD_ALARM_BREAKER) | TOY_BIT(DD_ALARM_SUPPLY)},
    {"phase_l1", FEEDER, TOY_BIT(DD_ALARM_SUPPLY)},
    {"contactor_dead", FEEDER, TOY_BIT(DD_ALARM_SWITCHING_ON)},
    {"bypass", FEEDER, TOY_BIT(DD_ALARM_LOCAL_OVERRIDE)},
    {"switched_off", FEEDER, TOY_BIT(DD_ALARM_LOCAL_OVERRIDE) | TOY_BIT(DD_ALARM_SUPPLY)},
    {"leakage", FEEDER, TOY_BIT(DD_ALARM_LEAKAGE)},
    {"meter_drift", FEEDER, 0}, // only reconciliation finds it
    {"door_open", SEGMENT, TOY_BIT(DD_ALARM_DOOR)},
    {"controller", SEGMENT, TOY_BIT(DD_ALARM_LINE)},
};

// The kinds of the alarms on what has failed that were raised, whether they have returned or not.
static uint64_t raised_on(const toy *it, const char *on) {
    uint64_t kinds = 0;
    for (size_t i = 0; i < it->record_n; i++)
        if (it->records[i].entity == toy_entity(it, on)) kinds |= TOY_BIT(it->records[i].value[1]);
    return kinds;
}

static toy *failing(const signature *it) {
    toy_def def = toy_one_street(DD_STREET_75, "2020-08-03 12:00");
    toy *city = toy_start(&def, TOY_BIT(DD_REC_ALARM_RAISED));
    toy_for(city, DD_HOUR);
    char act[64];
    snprintf(act, sizeof act, "fail %s %s", it->on, it->fault);
    toy_act(city, act);
    toy_until(city, "12:00");
    return city;
}

Test(signature, of_every_fault) {
    for (size_t i = 0; i < DD_COUNT(signatures); i++) {
        const signature *sign = &signatures[i];
        toy *it = failing(sign);
        uint64_t kinds = raised_on(it, sign->on);
        cr_expect(eq(u64, kinds, sign->alarms), "%s", sign->fault);
        char act[64];
        snprintf(act, sizeof act, "repair %s %s", sign->on, sign->fault);
        toy_act(it, act);
        toy_for(it, DD_DAY);
        cr_expect(eq(u32, toy_alarms(it), 0), "%s", sign->fault);
        toy_close(it);
    }
}

// By day a welded contactor shows where it is to open by day.
Test(signature, of_a_welded_contactor) {
    toy_def def = toy_default();
    def.segment_n = 1;
    def.settings.cabinet_switched = 1;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_ALARM_RAISED));
    toy_until(it, "22:00");
    toy_act(it, "fail " FEEDER " contactor_welded");
    toy_until(it, "12:00");
    cr_expect(eq(u64, raised_on(it, FEEDER), TOY_BIT(DD_ALARM_SWITCHING_OFF)));
    cr_expect(eq(sz, it->record_n, 1));
    toy_close(it);
}

// From the cut outward all nodes fall silent, and the cabinet sees nothing.
Test(signature, of_a_cut_cable) {
    toy_def def = toy_default();
    def.segment_n = 1;
    toy *it = toy_start(&def, TOY_BIT(DD_REC_ALARM_RAISED));
    toy_until(it, "22:00");
    toy_act(it, "fail lamp:L-1-21 cable_cut");
    toy_for(it, 2 * DD_HOUR);
    cr_expect(eq(u32, dd_measure_alarms_active(it->world, DD_ALARM_COMMUNICATION), 10));
    cr_expect(eq(u32, toy_alarms(it), 10));
    cr_expect(toy_alarm(it, "lamp:L-1-30", DD_ALARM_COMMUNICATION));
    toy_act(it, "repair lamp:L-1-21");
    toy_for(it, 2 * DD_HOUR);
    cr_expect(eq(u32, toy_alarms(it), 0));
    toy_close(it);
}
