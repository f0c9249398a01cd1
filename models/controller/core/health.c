// An event is over only when a reading shows it: a lamp that failed by night and is off by day has
// not been mended. The first bad sign makes the poll look again soon, so that an alarm takes a
// minute or two and not a period.
#include "models/controller/core/health.h"

#include "models/controller/core/outbox.h"
#include "models/controller/core/poll.h"

enum {
    // The node's own share of what it measures (facts A1: 1-2 W); beside a bulb of 5 W it counts.
    NODE_LEAST_MW = 1000,
    NODE_USUAL_MW = 1500,
    NODE_MOST_MW = 2500,
    FLOOR_PCT = 10,      // power near zero light, of nominal (facts A1: 8-12 %)
    ON_PCT = 20,         // above this share of nominal a lamp burns
    DIMMED_MAX_PM = 700, // above this level, dimmed and full are too near to be told apart
};

static void tell(dd_core *core, uint16_t lamp, dd_happening happening, bool over, uint32_t value) {
    dd_core_lamp *state = &core->storage.lamps[lamp - 1];
    uint8_t bit = (uint8_t)(1u << happening);
    if (over != ((state->raised & bit) != 0)) return; // raised already, or never
    state->raised ^= bit;
    dd_word word = dd_core_outbox_word(core, DD_WORD_EVENT);
    word.happening = (uint8_t)happening;
    word.over = over;
    word.lamp = lamp;
    word.value = (int32_t)value;
    dd_core_outbox_push(core, &word);
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

// One more bad reading of a kind: raised when there have been enough, else looked at again soon.
static void bad(dd_core *core, const dd_reading *reading, uint8_t *count, dd_happening happening) {
    if (*count < UINT8_MAX) ++*count;
    if (*count >= core->def.low_readings)
        tell(core, reading->lamp, happening, false, reading->power_mw);
    else
        dd_core_poll_again(core, reading->lamp);
}

static void judge_dark(dd_core *core, dd_core_lamp *state, const dd_reading *reading) {
    state->low = 0;
    if (reading->power_mw > (uint64_t)state->nominal_mw * ON_PCT / 100 + NODE_MOST_MW) {
        bad(core, reading, &state->high, DD_LAMP_UNEXPECTED_ON);
        return;
    }
    state->high = 0;
    tell(core, reading->lamp, DD_LAMP_UNEXPECTED_ON, true, reading->power_mw);
}

static void judge_lit(dd_core *core, dd_core_lamp *state, const dd_reading *reading) {
    uint64_t nominal = state->nominal_mw, level = reading->level_pm;
    uint64_t expected = nominal * (FLOOR_PCT * 1000 + (100 - FLOOR_PCT) * level) / 100000;
    if (reading->power_mw < expected * core->def.power_low_pct / 100 + NODE_LEAST_MW) {
        bad(core, reading, &state->low, DD_LAMP_FAILURE);
        return;
    }
    state->low = 0;
    tell(core, reading->lamp, DD_LAMP_FAILURE, true, reading->power_mw);
    if (level > DIMMED_MAX_PM) return; // says nothing of dimming
    if (reading->power_mw > (expected + nominal) / 2 + NODE_USUAL_MW) {
        bad(core, reading, &state->high, DD_CONTROL_GEAR_FAILURE);
        return;
    }
    state->high = 0;
    tell(core, reading->lamp, DD_CONTROL_GEAR_FAILURE, true, reading->power_mw);
}

void dd_core_health_reading(dd_core *core, const dd_reading *reading) {
    dd_core_lamp *state = &core->storage.lamps[reading->lamp - 1];
    state->last = *reading;
    uint32_t program_id = core->def.program.id; // 0: it has none to give
    if (program_id != 0 && reading->program_id != program_id) state->program_due = 1;
    if (reading->level_pm == 0)
        judge_dark(core, state, reading);
    else
        judge_lit(core, state, reading);
}
