#include "models/citizens/sight.h"

// What has not changed for so long is no flicker; what has been well for so long is forgotten.
#define FLICKER_WITHIN DD_HOUR
#define FORGET_AFTER (20 * DD_HOUR)

static dd_seen_lamp *at(const dd_sights *sights, uint32_t handle) {
    return dd_pool_at(&sights->lamps, handle);
}

void dd_sights_init(dd_sights *sights, dd_arena *arena, uint32_t road_n) {
    sights->roads = dd_arena_take(arena, road_n * sizeof *sights->roads);
    dd_pool_init(&sights->lamps, arena, sizeof(dd_seen_lamp));
}

// Forgets lamps of a road that have long been well, but for one.
static void forget(dd_sights *sights, uint32_t road, uint32_t but, dd_time now) {
    uint32_t *link = &sights->roads[road].first;
    while (*link) {
        uint32_t handle = *link;
        dd_seen_lamp *it = at(sights, handle);
        if (it->sight || it->lamp == but || now - it->changed < FORGET_AFTER) {
            link = &it->next;
            continue;
        }
        *link = it->next;
        dd_pool_give(&sights->lamps, handle);
    }
}

static uint32_t find(const dd_sights *sights, uint32_t road, uint32_t lamp) {
    uint32_t handle = sights->roads[road].first;
    while (handle && at(sights, handle)->lamp != lamp)
        handle = at(sights, handle)->next;
    return handle;
}

void dd_sight_change(dd_sights *sights, uint32_t road, uint32_t lamp, dd_sight sight, dd_time now) {
    forget(sights, road, lamp, now);
    if (!sights->roads[road].first) sights->roads[road].noticed = 0;
    uint32_t handle = find(sights, road, lamp);
    if (!handle) {
        handle = dd_pool_take(&sights->lamps);
        *at(sights, handle) = (dd_seen_lamp){.lamp = lamp, .next = sights->roads[road].first};
        sights->roads[road].first = handle;
    }
    dd_seen_lamp *it = at(sights, handle);
    bool again = it->flickers && now - it->changed < FLICKER_WITHIN;
    it->flickers = (uint8_t)(!again ? 1 : it->flickers < UINT8_MAX ? it->flickers + 1 : UINT8_MAX);
    it->sight = (uint8_t)sight;
    it->changed = now;
}

static dd_sight look(const dd_seen_lamp *it, dd_time now) {
    bool flickers = it->flickers >= DD_FLICKERS && now - it->changed < FLICKER_WITHIN;
    return flickers ? DD_SIGHT_FLICKER : (dd_sight)it->sight;
}

dd_sight dd_sight_of(const dd_sights *sights, uint32_t road, uint32_t lamp, dd_time now) {
    uint32_t handle = find(sights, road, lamp);
    return handle ? look(at(sights, handle), now) : DD_SIGHT_WELL;
}

uint32_t dd_sight_weigh(const dd_sights *sights, uint32_t road, const uint32_t weights[DD_SIGHTS],
                        uint32_t pick, uint32_t *lamp, dd_time now) {
    uint32_t sum = 0;
    for (uint32_t handle = sights->roads[road].first; handle; handle = at(sights, handle)->next) {
        const dd_seen_lamp *it = at(sights, handle);
        uint32_t weight = weights[look(it, now)];
        if (pick >= sum && pick - sum < weight) *lamp = it->lamp;
        sum += weight;
    }
    return sum;
}
