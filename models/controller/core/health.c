// Which events a lamp's reading stands for. Faults by facts A3; names by TALQ.
//
//   what should be     what the reading shows                    events               as of
//   light              none; its gear answers                    lampFailure,         LED open
//                                                                lampPowerTooLow
//   light              none; its gear does not answer            lampFailure,         driver dead
//                                                                controlGearFailure
//   light              none; nothing behind the relay            lampFailure,         relay open
//                                                                relayFailure
//   light              none; too hot                             lampFailure,         heat
//                                                                highTemperature
//   light              none by the node's own command            lampFailure          photocell
//   light              too little power, or a short circuit      lampPowerTooLow      LED short
//   light              less of it for its temperature            highTemperature      heat path
//   less light         too much power for it                     dimmingFailure       no dimming,
//                                                                                     other curve
//   light              its gear does not answer, but burns       controlGearComm-     bus open
//   or none                                                      Failure
//   none               burns                                     lampUnexpectedOn     day burner,
//                                                                                     photocell
//   none               burns; voltage behind the relay           lampUnexpectedOn,    relay welded
//                                                                relayFailure
//   light              now it burns, now it does not             cyclingFailure       cycling
//   whatever           voltage out of range, but in range at     supplyVoltage-       cable, joint
//                      the feeder's terminals                    OutOfRange
//
// What explains the rest says it alone: a lamp that cycles, has a strange voltage or a silent bus
// is not judged by its power. An event is over only when a reading shows it: a lamp that failed by
// night and is off by day has not been mended. The first bad sign makes the poll look again soon,
// so that an alarm takes a minute or two and not a period.
#include "models/controller/core/health.h"

#include "models/controller/core/cabinet.h"
#include "models/controller/core/hours.h"
#include "models/controller/core/lasting.h"
#include "models/controller/core/outbox.h"
#include "models/controller/core/poll.h"
#include "models/controller/core/schedule.h"

enum {
    // The node's own share of what it measures (facts A1: 1-2 W); beside a bulb of 5 W it counts.
    NODE_LEAST_MW = 1000,
    NODE_USUAL_MW = 1500,
    NODE_MOST_MW = 2500,
    STANDBY_MOST_MW = 3000, // node and gear (facts A1: 0.3-0.5 W) without light
    FLOOR_PCT = 10,         // power near zero light, of nominal (facts A1: 8-12 %)
    ON_PCT = 20,            // above this share of nominal a lamp burns
    DIMMED_MAX_PM = 700,    // above this level, dimmed and full are too near to be told apart
    // Gear of this power and more draws some 20 mA through its input filter, burning or not: less
    // is the node alone, behind an open relay (estimate, 7 nF a watt).
    FILTERED_MW = 50000,
    NODE_MOST_MA = 15,
    HOURS_MARGIN_S = 300, // by so much may a node's clock differ from the controller's
    TWILIGHT_S = 1800,    // sunset to night, for nodes with photocells (10 degrees north: 22 min)
    CYCLES = 3,           // changes between burning and not, of the last eight readings
    TOO_HOT = DD_GEAR_DERATED | DD_GEAR_HOT,
};

#define BIT(happening) ((uint16_t)(1u << (happening)))

// What one reading says: events that it shows, and those that it shows to be gone.
typedef struct verdict {
    uint16_t shown, gone;
} verdict;

// --- Telling ---

static void say_so(dd_core *core, uint16_t lamp, dd_happening happening, bool over,
                   uint32_t value) {
    dd_word word = dd_core_outbox_word(core, DD_WORD_EVENT);
    word.happening = (uint8_t)happening;
    word.over = over;
    word.lamp = lamp;
    word.value = (int32_t)value;
    dd_core_outbox_push(core, &word);
}

static void tell(dd_core *core, uint16_t lamp, dd_happening happening, bool over, uint32_t value) {
    dd_core_lamp *state = &core->storage.lamps[lamp - 1];
    if (over != ((state->raised & BIT(happening)) != 0)) return; // raised already, or never
    state->raised ^= BIT(happening);
    say_so(core, lamp, happening, over, value);
    dd_core_lasting_changed(core);
}

static void tell_all(dd_core *core, const dd_reading *reading, uint16_t happenings, bool over) {
    for (int i = 1; i < DD_LAMP_HAPPENINGS; i++) {
        uint32_t value = i == DD_VOLTAGE_OUT_OF_RANGE ? reading->voltage_dv : reading->power_mw;
        if (happenings & BIT(i)) tell(core, reading->lamp, (dd_happening)i, over, value);
    }
}

void dd_core_health_tell_again(dd_core *core) {
    for (uint16_t lamp = 1; lamp <= core->def.lamp_n; lamp++)
        for (int i = 1; i < DD_LAMP_HAPPENINGS; i++)
            if (core->storage.lamps[lamp - 1].raised & BIT(i))
                say_so(core, lamp, (dd_happening)i, false, 0);
}

void dd_core_health_answered(dd_core *core, uint16_t lamp) {
    core->storage.lamps[lamp - 1].missed = 0;
    dd_lamp_set_remove(&core->supply.returned, lamp);
    tell(core, lamp, DD_COMMUNICATION_FAILURE, true, 0);
}

void dd_core_health_silent(dd_core *core, uint16_t lamp) {
    dd_core_lamp *state = &core->storage.lamps[lamp - 1];
    if (dd_lamp_set_has(&core->supply.returned, lamp)) {
        dd_lamp_set_remove(&core->supply.returned, lamp); // it may still be starting
        dd_core_poll_again(core, lamp);
        return;
    }
    if (state->missed < UINT8_MAX) state->missed++;
    if (state->missed >= core->def.missed_rounds)
        tell(core, lamp, DD_COMMUNICATION_FAILURE, false, state->missed);
    else
        dd_core_poll_again(core, lamp);
}

// What has been shown by enough readings in a row is raised; for less the lamp is looked at again
// soon.
static void weigh(dd_core *core, dd_core_lamp *state, const dd_reading *reading, verdict what) {
    tell_all(core, reading, what.gone & state->raised, true);
    uint16_t fresh = what.shown & (uint16_t)~state->raised;
    bool again = fresh & state->suspected && state->bad > 0;
    state->suspected = again ? state->suspected & fresh : fresh;
    state->bad = again ? (uint8_t)(state->bad + 1) : fresh != 0;
    if (!fresh) return;
    if (state->bad < core->def.low_readings) {
        dd_core_poll_again(core, reading->lamp);
        return;
    }
    state->bad = 0;
    tell_all(core, reading, state->suspected, false);
}

// --- Judging ---

static void say(verdict *what, dd_happening happening, bool shown) {
    if (shown)
        what->shown |= BIT(happening);
    else
        what->gone |= BIT(happening);
}

// False when the supply is so strange that nothing can be said of the lamp.
static bool judge_voltage(const dd_core *core, const dd_reading *reading, verdict *what) {
    uint16_t voltage_dv = reading->voltage_dv;
    if (voltage_dv == 0) return true; // its node does not measure it
    bool strange = voltage_dv < core->def.voltage_low_dv || voltage_dv > core->def.voltage_high_dv;
    bool everywhere = dd_core_cabinet_strange_voltage(core, reading->lamp);
    if (!strange || !everywhere) say(what, DD_VOLTAGE_OUT_OF_RANGE, strange);
    return !strange;
}

// Nothing burns though the lamp is told to.
static void judge_out(const dd_core_lamp *state, const dd_reading *reading, verdict *what) {
    bool cut = state->nominal_mw >= FILTERED_MW && reading->current_ma > 0 &&
               reading->current_ma <= NODE_MOST_MA;
    what->shown |= BIT(DD_LAMP_FAILURE);
    if (reading->gear & DD_GEAR_RELAY || cut)
        what->shown |= BIT(DD_RELAY_FAILURE);
    else if (reading->gear & DD_GEAR_SILENT)
        what->shown |= BIT(DD_CONTROL_GEAR_FAILURE);
    else if (!(reading->gear & TOO_HOT))
        what->shown |= BIT(DD_LAMP_POWER_LOW);
}

// It burns, and should; `low`: at too little power. Above DIMMED_MAX_PM nothing is said of dimming.
static void judge_burning(const dd_core_lamp *state, const dd_reading *reading, bool low,
                          uint64_t too_much_mw, verdict *what) {
    bool silent = reading->gear & DD_GEAR_SILENT;
    bool derated = reading->gear & TOO_HOT;
    what->gone |= BIT(DD_LAMP_FAILURE) | BIT(DD_CONTROL_GEAR_FAILURE);
    if (!(state->raised & BIT(DD_LAMP_UNEXPECTED_ON))) // a welded relay shows by day only
        say(what, DD_RELAY_FAILURE, reading->gear & DD_GEAR_RELAY);
    say(what, DD_CONTROL_GEAR_SILENT, silent);
    if (silent) return;
    if (!derated) say(what, DD_LAMP_POWER_LOW, low || reading->gear & DD_GEAR_SHORT);
    if (reading->level_pm <= DIMMED_MAX_PM && !state->fixed)
        say(what, DD_DIMMING_FAILURE, reading->power_mw > too_much_mw);
}

static int changes_of(uint8_t lit) {
    int n = 0;
    for (int i = 0; i < 7; i++)
        n += (lit >> i & 1) != (lit >> (i + 1) & 1);
    return n;
}

// Whether it goes out and comes back, as its gear counts or as the readings show.
static bool cycles(dd_core_lamp *state, const dd_reading *reading, bool burns, verdict *what) {
    state->lit = (uint8_t)(state->lit << 1 | burns);
    int changes = changes_of(state->lit);
    bool now = reading->gear & DD_GEAR_CYCLING || changes >= CYCLES;
    if (now || changes == 0) say(what, DD_CYCLING_FAILURE, now);
    return now || (changes > 0 && state->raised & BIT(DD_CYCLING_FAILURE));
}

static void judge_lit(const dd_core *core, dd_core_lamp *state, const dd_reading *reading,
                      verdict *what) {
    uint64_t nominal = state->nominal_mw, power = reading->power_mw;
    uint64_t level = state->fixed ? 1000 : reading->level_pm;
    uint64_t expected = nominal * (FLOOR_PCT * 1000 + (100 - FLOOR_PCT) * level) / 100000;
    bool low = power < expected * core->def.power_low_pct / 100 + NODE_LEAST_MW;
    bool burns = !low || power > STANDBY_MOST_MW;
    if (cycles(state, reading, burns, what)) {
        if (burns) what->gone |= BIT(DD_LAMP_FAILURE) | BIT(DD_LAMP_POWER_LOW);
        return;
    }
    if (!(reading->gear & DD_GEAR_SILENT)) say(what, DD_HIGH_TEMPERATURE, reading->gear & TOO_HOT);
    if (burns)
        judge_burning(state, reading, low, (expected + nominal) / 2 + NODE_USUAL_MW, what);
    else
        judge_out(state, reading, what);
}

static bool burns_unasked(const dd_core_lamp *state, const dd_reading *reading) {
    return reading->power_mw > (uint64_t)state->nominal_mw * ON_PCT / 100 + NODE_MOST_MW;
}

// A gear that hears nothing burns at its failure level: its silence has said so.
static void judge_dark(const dd_core_lamp *state, const dd_reading *reading, verdict *what) {
    bool burns = burns_unasked(state, reading), silent = reading->gear & DD_GEAR_SILENT;
    bool welded = reading->gear & DD_GEAR_RELAY;
    if (burns && silent) {
        what->shown |= BIT(DD_CONTROL_GEAR_SILENT);
        return;
    }
    if (!silent) what->gone |= BIT(DD_CONTROL_GEAR_SILENT); // it answers, dark as it is
    say(what, DD_LAMP_UNEXPECTED_ON, burns);
    if (welded || state->raised & BIT(DD_LAMP_UNEXPECTED_ON))
        say(what, DD_RELAY_FAILURE, welded); // an open relay shows by night only
}

// What a lamp commands itself against the hours of the calendar that it says it follows. A sky that
// is dark to the cabinet's photocell too, in a storm, excuses one that burns by day.
static void judge_hours(dd_core *core, const dd_core_lamp *state, const dd_reading *reading,
                        verdict *what) {
    uint16_t lamp = reading->lamp;
    if (reading->flags & DD_READING_OVERRIDDEN ||
        reading->calendar_id != dd_core_schedule_of(core, lamp)->id)
        return;
    bool lit = reading->level_pm > 0, burns = burns_unasked(state, reading);
    if (lit == (dd_core_expected_level(core, lamp, &core->sun, core->now_ms) > 0)) return;
    if (!lit && !burns && dd_core_hours_of(core, lamp, TWILIGHT_S) == DD_HOURS_LIT)
        what->shown |= BIT(DD_LAMP_FAILURE);
    if (lit && burns && dd_core_hours_of(core, lamp, HOURS_MARGIN_S) == DD_HOURS_DARK &&
        !core->cabinet.inputs.dark)
        what->shown |= BIT(DD_LAMP_UNEXPECTED_ON);
}

void dd_core_health_reading(dd_core *core, const dd_reading *reading) {
    dd_core_lamp *state = &core->storage.lamps[reading->lamp - 1];
    uint32_t calendar_id = dd_core_schedule_of(core, reading->lamp)->id; // 0: it has none to give
    if (calendar_id != 0 && reading->calendar_id != calendar_id) state->calendar_due = 1;
    verdict what = {0, 0};
    if (judge_voltage(core, reading, &what)) {
        if (reading->level_pm == 0)
            judge_dark(state, reading, &what);
        else
            judge_lit(core, state, reading, &what);
        judge_hours(core, state, reading, &what);
    }
    weigh(core, state, reading, what);
}
