#include "models/centre/belief.h"
#include "models/centre/centre.h"
#include "models/world.h"

void dd_belief_start(dd_domain *hub, dd_centre *centre) {
    const dd_city *city = dd_world_of(hub)->city;
    centre->beliefs = dd_arena_take(&hub->arena, city->lamp_n * sizeof *centre->beliefs);
    centre->meters = dd_arena_take(&hub->arena, city->feeder_n * sizeof *centre->meters);
    for (uint32_t i = 1; i < city->lamp_n; i++)
        centre->beliefs[i].heard_s = -1;
    for (uint32_t i = 1; i < city->feeder_n; i++)
        centre->meters[i].heard_s = -1;
}

// Simulated time at a moment that a controller tells, which may be any number: one farther than a
// century from the start is taken for a century.
static dd_time told_time(const dd_world *world, int64_t clock_ms) {
    const int64_t century_ms = 36525 * (DD_DAY / DD_MILLISECOND);
    int64_t start_ms = world->def.calendar.start_unix_s * 1000;
    if (clock_ms < start_ms - century_ms) return -century_ms * DD_MILLISECOND;
    if (clock_ms > start_ms + century_ms) return century_ms * DD_MILLISECOND;
    return (clock_ms - start_ms) * DD_MILLISECOND;
}

void dd_belief_readings(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    for (uint8_t i = 0; i < word->entry_n && i < DD_READINGS_MAX; i++) {
        const dd_reading *reading = &word->readings[i];
        uint32_t lamp = dd_register_lamp(hub, segment, reading->lamp);
        if (!lamp) continue;
        dd_belief *belief = &centre->beliefs[lamp];
        bool answered = !(reading->flags & (DD_READING_NO_ANSWER | DD_READING_NO_SUPPLY));
        belief->flags = reading->flags;
        centre->readings++;
        if (answered) {
            belief->heard_s = (int32_t)(hub->now / DD_SECOND);
            belief->level_pm = reading->level_pm;
            belief->power_mw = reading->power_mw;
        } else {
            centre->unanswered++;
        }
        dd_record_make(hub, DD_REC_READING, lamp, 0, answered ? belief->level_pm : 0,
                       answered ? belief->power_mw : 0, belief->flags,
                       told_time(dd_world_of(hub), word->clock_ms));
    }
}

void dd_belief_meters(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_time read_at = told_time(dd_world_of(hub), word->clock_ms);
    for (uint8_t i = 0; i < word->entry_n && i < DD_CORE_FEEDERS; i++) {
        uint32_t feeder = dd_register_feeder(&centre->assets, segment, (uint16_t)(i + 1));
        if (!feeder) continue;
        centre->meters[feeder] = (dd_meter_belief){.energy_wh = word->meters[i].energy_wh,
                                                   .power_w = word->meters[i].power_w,
                                                   .heard_s = (int32_t)(read_at / DD_SECOND)};
    }
}
