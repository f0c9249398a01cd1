#include "models/controller/core/supply.h"

#include "models/controller/core/command.h"
#include "models/controller/core/lasting.h"
#include "models/controller/core/outbox.h"
#include "models/controller/core/poll.h"
#include "models/controller/core/task.h"

enum {
    ALL_PHASES = 7,
    QUIET_MS = 10000, // between two reports of one feeder, should it chatter
};

void dd_core_supply_init(dd_core *core) {
    core->supply = (dd_core_supply){.due_ms = INT64_MAX};
    for (int i = 0; i < DD_CORE_FEEDERS; i++)
        core->supply.live[i] = ALL_PHASES;
}

// A lamp whose feeder or phase the inventory does not know is taken to be supplied.
bool dd_core_supply_live(const dd_core *core, uint16_t lamp) {
    const dd_core_lamp *state = &core->storage.lamps[lamp - 1];
    if (state->feeder < 1 || state->feeder > DD_CORE_FEEDERS || state->phase > 2) return true;
    return (core->supply.live[state->feeder - 1] >> state->phase) & 1;
}

static void tell(dd_core *core, int i) {
    dd_word word = dd_core_outbox_word(core, DD_WORD_EVENT);
    word.happening = DD_SUPPLY_LOSS;
    word.over = core->supply.reported[i] == 0;
    word.lamp = (uint16_t)(i + 1);
    word.value = core->supply.reported[i];
    dd_core_outbox_push(core, &word);
}

static void report(dd_core *core, int i) {
    dd_core_supply *supply = &core->supply;
    supply->reported[i] = supply->lost[i];
    supply->quiet_ms[i] = core->now_ms + QUIET_MS;
    tell(core, i);
    dd_core_lasting_changed(core);
}

static void tell_battery(dd_core *core) {
    dd_word word = dd_core_outbox_word(core, DD_WORD_EVENT);
    word.happening = DD_ON_BATTERY;
    word.over = !core->supply.on_battery;
    dd_core_outbox_push(core, &word);
}

void dd_core_supply_tell_again(dd_core *core) {
    for (int i = 0; i < core->def.feeder_n; i++)
        if (core->supply.reported[i]) tell(core, i);
    if (core->supply.on_battery) tell_battery(core);
}

void dd_core_supply_work(dd_core *core) {
    dd_core_supply *supply = &core->supply;
    if (core->now_ms < supply->due_ms) return;
    supply->due_ms = INT64_MAX;
    for (int i = 0; i < DD_CORE_FEEDERS; i++) {
        if (supply->lost[i] == supply->reported[i]) continue;
        if (core->now_ms >= supply->quiet_ms[i])
            report(core, i);
        else if (supply->quiet_ms[i] < supply->due_ms)
            supply->due_ms = supply->quiet_ms[i];
    }
}

int64_t dd_core_supply_deadline_ms(const dd_core *core) {
    return core->supply.due_ms;
}

// From now on the lamp is not asked, and its silence says nothing.
static void lamp_dark(dd_core *core, uint16_t lamp) {
    dd_core_lamp *state = &core->storage.lamps[lamp - 1];
    state->missed = state->bad = 0;
    dd_lamp_set_remove(&core->clock.told, lamp);
    dd_core_poll_dark(core, lamp);
    dd_core_command_dark(core, lamp);
    dd_core_task_dark(core, lamp);
}

static void lamp_back(dd_core *core, uint16_t lamp) {
    dd_lamp_set_add(&core->supply.returned, lamp);
    dd_core_poll_again(core, lamp);
}

void dd_core_supply_phases(dd_core *core, uint8_t feeder, uint8_t live, uint8_t lost) {
    dd_core_supply *supply = &core->supply;
    uint8_t before = supply->live[feeder - 1];
    bool told = lost == supply->reported[feeder - 1]; // or not since a restart
    if (live == before && lost == supply->lost[feeder - 1] && told) return;
    supply->live[feeder - 1] = live;
    supply->lost[feeder - 1] = lost;
    supply->due_ms = core->now_ms;
    dd_core_supply_work(core); // the loss is told before what it does to orders under way
    for (uint16_t lamp = 1; lamp <= core->def.lamp_n; lamp++) {
        const dd_core_lamp *state = &core->storage.lamps[lamp - 1];
        if (state->feeder != feeder || state->phase > 2) continue;
        bool was = (before >> state->phase) & 1, is = (live >> state->phase) & 1;
        if (was && !is) lamp_dark(core, lamp);
        if (!was && is) lamp_back(core, lamp);
    }
}

void dd_core_supply_mains(dd_core *core, bool on) {
    if (core->supply.on_battery == !on) return;
    core->supply.on_battery = !on;
    tell_battery(core);
    dd_core_lasting_changed(core);
}
