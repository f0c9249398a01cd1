// Which event the inputs stand for (facts A3, last column; TALQ's names):
//
//   closed by command, its contact open, not by hand             switchingErrorOn
//   opened by command, its contact closed or its phases live,
//   not by hand                                                  switchingErrorOff
//   auxiliary contact of the breaker                             circuitBreakerTripped
//   residual current above the warning threshold                 leakageDetected
//   hand switch not on automatic                                 localOverride
//   a live phase out of range at the terminals                   supplyVoltageOutOfRange
//   phases dead that should be live                              supplyLoss, supply.c
//   door contact                                                 cabinetDoorOpen
//
// Phases should be live when their contactor is closed by command, unless its contact says that it
// is not: that is an error of switching. By hand, or while the coils have no mains, the contact
// excuses nothing. Of the contactors nothing is said then.
#include "models/controller/core/cabinet.h"

#include "models/controller/core/command.h"
#include "models/controller/core/hours.h"
#include "models/controller/core/lasting.h"
#include "models/controller/core/outbox.h"
#include "models/controller/core/supply.h"

enum {
    ALL_PHASES = 7,
    LOOK_MS = 30000,     // at the calendars
    DOOR_MS = 5000,      // a gust of wind is no visitor (estimate)
    SWITCHING_MS = 5000, // contactors move in a tenth of a second; contacts bounce (estimate)
    BREAKER_MS = 1000,
    LEAKAGE_MS = 10000, // longer than what drivers' filters draw when they are switched on
    OVERRIDE_MS = 5000, // somebody turns a switch past a position
    VOLTAGE_MS = 60000, // sags are over by then
};

#define POINT(happening) ((happening)-DD_SWITCHING_ERROR_ON)

static const uint16_t hold_ms[DD_CABINET_POINTS] = {
    [POINT(DD_SWITCHING_ERROR_ON)] = SWITCHING_MS,
    [POINT(DD_SWITCHING_ERROR_OFF)] = SWITCHING_MS,
    [POINT(DD_BREAKER_TRIPPED)] = BREAKER_MS,
    [POINT(DD_LEAKAGE_DETECTED)] = LEAKAGE_MS,
    [POINT(DD_LOCAL_OVERRIDE)] = OVERRIDE_MS,
    [POINT(DD_FEEDER_VOLTAGE)] = VOLTAGE_MS,
    [POINT(DD_DOOR_OPEN)] = DOOR_MS,
};

void dd_core_cabinet_init(dd_core *core) {
    core->cabinet =
        (dd_core_cabinet){.look_ms = INT64_MAX, .meter_ms = INT64_MAX, .rises_ms = INT64_MAX};
}

// Of feeder number `feeder`, from 1.
static const dd_feeder_inputs *inputs_of(const dd_core *core, int feeder) {
    return &core->cabinet.inputs.feeders[feeder - 1];
}

// --- Events ---

static void show(dd_core *core, int feeder, dd_happening happening, bool shown) {
    dd_core_points *points = &core->cabinet.points[feeder];
    int i = (int)POINT(happening);
    if ((points->shown >> i & 1) == shown) return;
    points->shown ^= (uint16_t)(1u << i);
    points->due_ms[i] = core->now_ms + hold_ms[i];
}

static bool strange(const dd_core *core, uint16_t voltage_dv) { // 0: is not measured
    return voltage_dv != 0 &&
           (voltage_dv < core->def.voltage_low_dv || voltage_dv > core->def.voltage_high_dv);
}

// The voltage of the first live phase that is out of range, or 0.
static uint16_t strange_voltage_dv(const dd_core *core, const dd_feeder_inputs *inputs) {
    for (int phase = 0; phase < 3; phase++)
        if (inputs->live_phases >> phase & 1 && strange(core, inputs->meter.voltage_dv[phase]))
            return inputs->meter.voltage_dv[phase];
    return 0;
}

bool dd_core_cabinet_strange_voltage(const dd_core *core, uint16_t lamp) {
    const dd_core_lamp *state = &core->storage.lamps[lamp - 1];
    bool known = core->cabinet.known && state->feeder >= 1 && state->feeder <= core->def.feeder_n &&
                 state->phase <= 2;
    return known && strange(core, inputs_of(core, state->feeder)->meter.voltage_dv[state->phase]);
}

static void judge_feeder(dd_core *core, int feeder) {
    const dd_feeder_inputs *inputs = inputs_of(core, feeder);
    uint8_t bit = (uint8_t)(1u << (feeder - 1));
    bool due = core->cabinet.due & bit, closed = core->cabinet.closed & bit;
    bool automatic = core->cabinet.inputs.mains && !inputs->override;
    bool on = inputs->contactor || inputs->live_phases != 0;
    show(core, feeder, DD_SWITCHING_ERROR_ON, automatic && closed && !inputs->contactor);
    show(core, feeder, DD_SWITCHING_ERROR_OFF, automatic && !closed && on);
    show(core, feeder, DD_BREAKER_TRIPPED, inputs->tripped);
    show(core, feeder, DD_LEAKAGE_DETECTED, inputs->leakage);
    show(core, feeder, DD_LOCAL_OVERRIDE, inputs->override);
    show(core, feeder, DD_FEEDER_VOLTAGE, strange_voltage_dv(core, inputs) != 0);
    bool excused = automatic && !inputs->contactor;
    uint8_t dead = ALL_PHASES & (uint8_t)~inputs->live_phases;
    dd_core_supply_phases(core, (uint8_t)feeder, inputs->live_phases, due && !excused ? dead : 0);
}

static void judge(dd_core *core) {
    for (int feeder = 1; feeder <= core->def.feeder_n; feeder++)
        judge_feeder(core, feeder);
    show(core, 0, DD_DOOR_OPEN, core->cabinet.inputs.door);
}

static int32_t value_of(const dd_core *core, int feeder, dd_happening happening) {
    if (feeder == 0) return 0;
    const dd_feeder_inputs *inputs = inputs_of(core, feeder);
    if (happening == DD_LEAKAGE_DETECTED) return inputs->leakage_ma;
    if (happening == DD_FEEDER_VOLTAGE) return strange_voltage_dv(core, inputs);
    return inputs->live_phases;
}

static void tell(dd_core *core, int feeder, int i) {
    const dd_core_points *points = &core->cabinet.points[feeder];
    dd_happening happening = (dd_happening)(DD_SWITCHING_ERROR_ON + i);
    dd_word word = dd_core_outbox_word(core, DD_WORD_EVENT);
    word.happening = (uint8_t)happening;
    word.over = !(points->told >> i & 1);
    word.lamp = (uint16_t)feeder;
    word.value = value_of(core, feeder, happening);
    dd_core_outbox_push(core, &word);
}

// Mask of what is shown otherwise than told.
static uint16_t untold(const dd_core *core, int feeder) {
    return core->cabinet.points[feeder].shown ^ core->cabinet.points[feeder].told;
}

static void tell_all(dd_core *core) {
    for (int feeder = 0; feeder <= core->def.feeder_n; feeder++)
        for (int i = 0; untold(core, feeder) >> i; i++)
            if (untold(core, feeder) >> i & 1 &&
                core->now_ms >= core->cabinet.points[feeder].due_ms[i]) {
                core->cabinet.points[feeder].told ^= (uint16_t)(1u << i);
                tell(core, feeder, i);
                dd_core_lasting_changed(core);
            }
}

void dd_core_cabinet_tell_again(dd_core *core) {
    for (int feeder = 0; feeder <= core->def.feeder_n; feeder++)
        for (int i = 0; i < DD_CABINET_POINTS; i++)
            if (core->cabinet.points[feeder].told >> i & 1) tell(core, feeder, i);
}

// --- Contactors ---

static dd_core_output *say(dd_core *core, dd_core_output_kind kind) {
    dd_core_output *output = &core->storage.outputs[core->output_n++];
    output->kind = (uint8_t)kind;
    return output;
}

// Index of a lamp's feeder, or -1 when that is not switched.
static int switched_of(const dd_core *core, uint16_t lamp) {
    int i = core->storage.lamps[lamp - 1].feeder - 1;
    return i >= 0 && i < core->def.feeder_n && core->def.switched >> i & 1 ? i : -1;
}

// Whether orders hold a lamp of a feeder that way, or more firmly.
static bool any_held(const dd_core *core, int i, dd_core_hold least) {
    for (uint16_t lamp = 1; lamp <= core->def.lamp_n; lamp++)
        if (core->storage.lamps[lamp - 1].held >= least && switched_of(core, lamp) == i)
            return true;
    return false;
}

static void hold_until(dd_core *core, int i, int64_t uptime_s) {
    if (uptime_s > INT32_MAX) uptime_s = INT32_MAX;
    if (core->cabinet.held_s[i] < uptime_s) core->cabinet.held_s[i] = (int32_t)uptime_s;
}

// For a time: to the end of the second in which it is over, or a second more. A lamp that is let go
// can still be told so: its feeder is live for some minutes more, as after its program's light.
bool dd_core_cabinet_hold(dd_core *core, uint16_t lamp, uint16_t level_pm, int64_t until_ms) {
    dd_core_cabinet *cabinet = &core->cabinet;
    uint8_t *held = &core->storage.lamps[lamp - 1].held;
    int i = switched_of(core, lamp);
    if (i < 0 || !cabinet->known) return false;
    dd_core_lasting_changed(core);
    if (level_pm) {
        int64_t begin_ms = dd_core_clock_ms(core, 0); // its clock at uptime 0
        *held = until_ms ? DD_HELD_FOR_A_TIME : DD_HELD_ON;
        if (until_ms) hold_until(core, i, until_ms / 1000 - begin_ms / 1000 + 1);
        cabinet->rises_ms =
            core->now_ms + core->def.feeder_n * core->def.stagger_s * 1000 + SWITCHING_MS;
        cabinet->look_ms = core->now_ms;
    } else if (*held) {
        *held = DD_HELD_NOT;
        if (!any_held(core, i, DD_HELD_FOR_A_TIME)) cabinet->held_s[i] = 0;
        hold_until(core, i, core->now_ms / 1000 + core->def.lead_s);
        if (!dd_core_supply_live(core, lamp)) dd_core_command_dark(core, lamp);
    }
    return true;
}

bool dd_core_cabinet_rises(const dd_core *core, uint16_t lamp) {
    return core->cabinet.rises_ms != INT64_MAX && core->storage.lamps[lamp - 1].held;
}

// Whoever has not risen by now will not: there is more in its way than a contactor.
static void give_up(dd_core *core) {
    core->cabinet.rises_ms = INT64_MAX;
    for (uint16_t lamp = 1; lamp <= core->def.lamp_n; lamp++)
        if (!dd_core_supply_live(core, lamp)) dd_core_command_dark(core, lamp);
}

static uint8_t held_now(const dd_core *core) {
    uint8_t held = 0;
    for (int i = 0; i < core->def.feeder_n; i++)
        if (core->now_ms / 1000 < core->cabinet.held_s[i] || any_held(core, i, DD_HELD_ON))
            held |= (uint8_t)(1u << i);
    return held;
}

// The feeders that are to be live. A controller that does not know the hours goes by its photocell.
static uint8_t due_now(dd_core *core) {
    uint8_t all = (uint8_t)((1u << core->def.feeder_n) - 1), switched = all & core->def.switched;
    if (!switched) return all;
    dd_hours hours = dd_core_hours(core, core->def.lead_s);
    bool off = hours == DD_HOURS_DARK || (hours == DD_HOURS_UNKNOWN && !core->cabinet.inputs.dark);
    return off ? all & (uint8_t)(~switched | held_now(core)) : all;
}

// Opening is done at once; closing one by one, for the drivers' inrush, and again so when the mains
// come back: without them the coils have let go.
static void move(dd_core *core, bool say_it) {
    dd_core_cabinet *cabinet = &core->cabinet;
    cabinet->due = due_now(core);
    uint8_t want = cabinet->inputs.mains ? cabinet->due : 0;
    uint8_t now = cabinet->closed & want, waiting = want & (uint8_t)~now;
    cabinet->look_ms = core->def.switched ? core->now_ms + LOOK_MS : INT64_MAX;
    if (waiting && core->now_ms >= cabinet->close_ms) {
        now |= waiting & (uint8_t)-waiting;
        cabinet->close_ms = core->now_ms + (core->def.stagger_s ? core->def.stagger_s * 1000 : 1);
        waiting &= (uint8_t)~now;
    }
    if (waiting) cabinet->look_ms = cabinet->close_ms;
    if (now == cabinet->closed && !say_it) return;
    cabinet->closed = now;
    say(core, DD_OUTPUT_CONTACTOR)->closed = now;
}

// --- Meters ---

// The next full period by the clock; one that has just been set back does not give the same twice.
static void plan_meter(dd_core *core) {
    int64_t period_ms = (int64_t)core->def.meter_period_s * 1000;
    if (period_ms == 0) return;
    int64_t wait_ms = period_ms - dd_core_clock_ms(core, core->now_ms) % period_ms;
    if (wait_ms < period_ms / 2) wait_ms += period_ms;
    core->cabinet.meter_ms = core->now_ms + wait_ms;
}

static void tell_meters(dd_core *core) {
    dd_word word = dd_core_outbox_word(core, DD_WORD_METER);
    word.entry_n = core->def.feeder_n;
    for (int feeder = 1; feeder <= core->def.feeder_n; feeder++)
        word.meters[feeder - 1] = inputs_of(core, feeder)->meter;
    dd_core_outbox_push(core, &word);
}

// --- Work ---

static bool sensible(const dd_core *core, const dd_cabinet_inputs *inputs) {
    for (int i = 0; i < core->def.feeder_n; i++)
        if (inputs->feeders[i].live_phases > ALL_PHASES) return false;
    return true;
}

// At the first sight of the cabinet its contactors are taken over as they stand.
void dd_core_cabinet_hear(dd_core *core, const dd_cabinet_inputs *inputs) {
    dd_core_cabinet *cabinet = &core->cabinet;
    if (!sensible(core, inputs)) {
        core->garbage++;
        return;
    }
    bool first = !cabinet->known;
    cabinet->inputs = *inputs;
    cabinet->known = true;
    for (int i = 0; first && i < core->def.feeder_n; i++)
        cabinet->closed |= (uint8_t)(inputs->feeders[i].contactor << i);
    if (first) plan_meter(core);
    move(core, first);
    judge(core);
    dd_core_supply_mains(core, inputs->mains);
    if (cabinet->asked) tell_meters(core);
    cabinet->asked = false;
}

void dd_core_cabinet_work(dd_core *core) {
    dd_core_cabinet *cabinet = &core->cabinet;
    if (!cabinet->known) return;
    if (core->now_ms >= cabinet->look_ms) {
        move(core, false);
        judge(core);
    }
    if (core->now_ms >= cabinet->rises_ms) give_up(core);
    tell_all(core);
    if (core->now_ms < cabinet->meter_ms) return;
    plan_meter(core);
    cabinet->asked = true;
    say(core, DD_OUTPUT_READ_CABINET);
}

static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

int64_t dd_core_cabinet_deadline_ms(const dd_core *core) {
    if (!core->cabinet.known) return INT64_MAX;
    int64_t deadline_ms = earlier(core->cabinet.look_ms, core->cabinet.meter_ms);
    deadline_ms = earlier(deadline_ms, core->cabinet.rises_ms);
    for (int feeder = 0; feeder <= core->def.feeder_n; feeder++)
        for (int i = 0; untold(core, feeder) >> i; i++)
            if (untold(core, feeder) >> i & 1)
                deadline_ms = earlier(deadline_ms, core->cabinet.points[feeder].due_ms[i]);
    return deadline_ms;
}
