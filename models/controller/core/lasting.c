#include "models/controller/core/lasting.h"

#include <stddef.h>

enum { RETRY_MS = 60000 };

static uint32_t octets(const dd_core *core) {
    return (uint32_t)offsetof(dd_lasting, raised) + core->def.lamp_n * (uint32_t)sizeof(uint16_t);
}

// Uptime 0 in Unix seconds, by which what is held until an uptime is held over restarts.
static int64_t begin_s(const dd_core *core) {
    return dd_core_clock_ms(core, 0) / 1000;
}

static void take_feeders(dd_core *core, const dd_lasting *kept) {
    for (int i = 0; i < core->def.feeder_n; i++) {
        // Without a clock: a day.
        int64_t most_s = core->clock.known ? INT32_MAX : 86400;
        int64_t until_s = kept->held_until_s[i] ? kept->held_until_s[i] - begin_s(core) : 0;
        core->cabinet.held_s[i] = (int32_t)(until_s <= 0 ? 0 : until_s < most_s ? until_s : most_s);
        core->supply.reported[i] = kept->supply_reported[i];
    }
    for (int i = 0; i <= core->def.feeder_n; i++)
        core->cabinet.points[i].told = kept->points_told[i] & ((1 << DD_CABINET_POINTS) - 1);
    core->supply.on_battery = kept->on_battery;
}

static void take_lamps(dd_core *core, const dd_lasting *kept) {
    for (uint16_t lamp = 1; lamp <= core->def.lamp_n; lamp++) {
        dd_core_lamp *state = &core->storage.lamps[lamp - 1];
        if (dd_core_has_node(core, lamp))
            state->raised = kept->raised[lamp - 1] & ((1 << DD_LAMP_HAPPENINGS) - 2);
        if (dd_lamp_set_has(&kept->held_for, lamp)) state->held = DD_HELD_FOR_A_TIME;
        if (dd_lamp_set_has(&kept->held_on, lamp)) state->held = DD_HELD_ON;
    }
}

// None was ever given, or it is spoilt twice: as commissioned.
static void take_timetable(dd_core *core) {
    dd_timetable kept;
    if (dd_store_load(&core->storage.store, &core->lasting.timetable, &kept) &&
        dd_timetable_valid(&kept))
        *core->storage.timetable = kept;
}

void dd_core_lasting_init(dd_core *core) {
    core->lasting =
        (dd_core_lasting){.pair = {.at = DD_STORE_LASTING, .n = octets(core)},
                          .timetable = {.at = DD_STORE_TIMETABLE, .n = sizeof(dd_timetable)}};
    take_timetable(core);
    dd_lasting kept;
    bool found = dd_store_load(&core->storage.store, &core->lasting.pair, &kept) &&
                 kept.format == DD_LASTING_FORMAT;
    if (!found) return;
    core->poll.period_s = kept.poll_period_s;
    core->conditions.raised = kept.conditions;
    take_feeders(core, &kept);
    take_lamps(core, &kept);
}

static void give_lamps(const dd_core *core, dd_lasting *kept) {
    for (uint16_t lamp = 1; lamp <= core->def.lamp_n; lamp++) {
        const dd_core_lamp *state = &core->storage.lamps[lamp - 1];
        kept->raised[lamp - 1] = state->raised;
        if (state->held == DD_HELD_FOR_A_TIME) dd_lamp_set_add(&kept->held_for, lamp);
        if (state->held == DD_HELD_ON) dd_lamp_set_add(&kept->held_on, lamp);
    }
}

static void save(dd_core *core) {
    dd_lasting now = {.format = DD_LASTING_FORMAT,
                      .poll_period_s = core->poll.period_s,
                      .on_battery = core->supply.on_battery,
                      .conditions = core->conditions.raised};
    for (int i = 0; i < core->def.feeder_n; i++) {
        int32_t held_s = core->cabinet.held_s[i];
        now.held_until_s[i] = held_s ? begin_s(core) + held_s : 0;
        now.supply_reported[i] = core->supply.reported[i];
    }
    for (int i = 0; i <= core->def.feeder_n; i++)
        now.points_told[i] = core->cabinet.points[i].told;
    give_lamps(core, &now);
    bool done = dd_store_save(&core->storage.store, &core->lasting.pair, &now);
    if (core->lasting.timetable_changed)
        core->lasting.timetable_changed =
            !dd_store_save(&core->storage.store, &core->lasting.timetable, core->storage.timetable);
    done = done && !core->lasting.timetable_changed;
    core->lasting.changed = !done;
    core->lasting.retry_ms = core->now_ms + RETRY_MS;
    core->log.failed = !done;
}

void dd_core_lasting_work(dd_core *core) {
    if (core->now_ms >= dd_core_lasting_deadline_ms(core)) save(core);
}

int64_t dd_core_lasting_deadline_ms(const dd_core *core) {
    if (!core->lasting.changed) return INT64_MAX;
    return core->log.failed ? core->lasting.retry_ms : core->now_ms;
}
