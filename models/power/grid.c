#include "models/power/grid.h"
#include "engine/random.h"
#include "models/kind.h"

enum { PERIOD_DAYS = 243, YEAR_DAYS = 365, MILLION = 1000000 };

const dd_grid_figures dd_grid_usual[DD_GRID_KINDS] = {
    [DD_GRID_INTERRUPTION] = {.per_day_ppm = 2830000 / PERIOD_DAYS,
                              .least = 5 * DD_MINUTE,
                              .mean = 100 * DD_MINUTE,
                              .most = DD_DAY},
    [DD_GRID_MOMENTARY] = {.per_day_ppm = 240000 / PERIOD_DAYS,
                           .least = DD_SECOND,
                           .mean = DD_MINUTE,
                           .most = 5 * DD_MINUTE},
    [DD_GRID_PHASE_LOSS] = {.per_day_ppm = MILLION / 2 / YEAR_DAYS,
                            .least = 10 * DD_MINUTE,
                            .mean = 90 * DD_MINUTE,
                            .most = DD_DAY,
                            .least_pm = DD_VOLTAGE_FULL_PM,
                            .most_pm = DD_VOLTAGE_FULL_PM},
    [DD_GRID_BROWNOUT] = {.per_day_ppm = 4 * MILLION / YEAR_DAYS,
                          .least = 10 * DD_MINUTE,
                          .mean = 45 * DD_MINUTE,
                          .most = 4 * DD_HOUR,
                          .least_pm = 750,
                          .most_pm = 900},
    [DD_GRID_SAG] = {.per_day_ppm = 30 * MILLION / YEAR_DAYS,
                     .least = 40 * DD_MILLISECOND,
                     .mean = 200 * DD_MILLISECOND,
                     .most = DD_SECOND,
                     .least_pm = 400,
                     .most_pm = 900},
};

dd_grid_area dd_grid_area_of(const dd_world *world, uint32_t segment) {
    const dd_settings *settings = &world->def.settings;
    uint32_t ward = dd_world_entity(world, DD_ENTITY_WARD, world->city->segments[segment].ward);
    return (dd_grid_area){
        .seed = world->def.seed,
        .stable = dd_world_stable(world, ward),
        .rate_pm = settings->nature ? (uint32_t)(settings->grid_outages * 1000 + 0.5) : 0};
}

static uint32_t per_day_ppm(dd_grid_area area, const dd_grid_figures *figures) {
    uint64_t ppm = (uint64_t)figures->per_day_ppm * area.rate_pm / 1000;
    return ppm < MILLION ? (uint32_t)ppm : MILLION;
}

static dd_grid_supply supply_of(dd_grid_kind kind, const dd_grid_figures *figures, uint32_t word) {
    if (kind == DD_GRID_PHASE_LOSS)
        return (dd_grid_supply){(uint8_t)(DD_ALL_PHASES & ~(1u << dd_uniform(word, 3))),
                                DD_VOLTAGE_FULL_PM};
    uint32_t width = 1u + figures->most_pm - figures->least_pm;
    return (dd_grid_supply){figures->most_pm ? DD_ALL_PHASES : 0,
                            (uint16_t)(figures->least_pm + dd_uniform(word, width))};
}

dd_grid_event dd_grid_of_day(dd_grid_area area, dd_grid_kind kind, int64_t day) {
    enum { DAY_MS = 24 * 60 * 60 * 1000 };
    const dd_grid_figures *figures = &dd_grid_usual[kind];
    uint64_t counter = (uint64_t)day * DD_GRID_KINDS + (uint64_t)kind;
    dd_random4 draw = dd_random(area.seed, area.stable, DD_DRAW_GRID, counter);
    if (!dd_chance_ppm(draw.v[0], per_day_ppm(area, figures))) return (dd_grid_event){0};
    dd_time begin = day * DD_DAY + dd_uniform(draw.v[1], DAY_MS) * DD_MILLISECOND;
    dd_time lasts = figures->least + dd_exponential(draw.v[2], figures->mean - figures->least);
    if (lasts > figures->most) lasts = figures->most;
    return (dd_grid_event){begin, begin + lasts, supply_of(kind, figures, draw.v[3])};
}

dd_grid_supply dd_grid_at(dd_grid_area area, dd_time t) {
    dd_grid_supply all = {DD_ALL_PHASES, DD_VOLTAGE_FULL_PM};
    int64_t today = t / DD_DAY;
    for (int64_t day = today - 1; day <= today; day++) {
        for (int kind = 0; kind < DD_GRID_KINDS; kind++) {
            dd_grid_event event = dd_grid_of_day(area, (dd_grid_kind)kind, day);
            if (t < event.begin || t >= event.end) continue;
            all.phases &= event.supply.phases;
            if (event.supply.voltage_pm < all.voltage_pm) all.voltage_pm = event.supply.voltage_pm;
        }
    }
    return all;
}

uint16_t dd_grid_usual_pm(dd_grid_area area, dd_time t, int32_t minute) {
    // By hour of the day; the last is the first again.
    static const int16_t by_hour[25] = {20, 25, 30, 30, 25,  15,  5,   0,   -5,  -10, -10, -5, 0,
                                        -5, -5, -5, -5, -15, -30, -30, -25, -15, 0,   10,  20};
    enum { SLOT = 10, SIGMA = 5, MOST = 50 };
    int32_t hour = minute / 60, part = minute % 60;
    int32_t off = by_hour[hour] + (by_hour[hour + 1] - by_hour[hour]) * part / 60;
    uint64_t slot = (uint64_t)(t / (SLOT * DD_MINUTE));
    off +=
        dd_normal_milli(dd_random(area.seed, area.stable, DD_DRAW_GRID, ~slot).v[0]) * SIGMA / 1000;
    return (uint16_t)(DD_VOLTAGE_FULL_PM + (off > MOST ? MOST : off < -MOST ? -MOST : off));
}
