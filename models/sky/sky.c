#include "models/sky/sky.h"
#include "models/controller/core/sun.h"
#include "models/kind.h"
#include "models/neighbourhood.h"
#include "models/sky/daylight.h"
#include "models/sky/sky_state.h"
#include "models/sky/tide.h"

#include <math.h>

static dd_sky_state *sky_of(const dd_domain *domain) {
    bool hub = domain->index == DD_HUB_DOMAIN;
    return hub ? dd_world_of(domain)->hub_sky : dd_neighbourhood_of(domain)->sky;
}

// --- What it is ---

static dd_climate climate_of(const dd_world *world) {
    const dd_settings *settings = &world->def.settings;
    return (dd_climate){.seed = world->def.seed,
                        .nature = settings->nature > 0,
                        .storms_k = (uint32_t)lrint(settings->sky_storms * 1000),
                        .rain_k = (uint32_t)lrint(settings->sky_rain * 1000)};
}

static void look_at_day(dd_sky_state *it, const dd_climate *climate, int64_t day) {
    if (it->days[1].day == day) return;
    it->days[0] = dd_climate_day_of(climate, day - 1);
    it->days[1] = dd_climate_day_of(climate, day);
}

static void look_at_slot(dd_sky_state *it, const dd_world *world, int64_t slot) {
    dd_climate climate = climate_of(world);
    look_at_day(it, &climate, slot / DD_DAY_SLOTS);
    it->weather = dd_climate_slot(&climate, &it->days[0], &it->days[1], (int)(slot % DD_DAY_SLOTS));
    it->tide_mm = dd_tide_mm(slot * DD_SLOT_S - world->def.calendar.offset_s) +
                  (int32_t)lrint(world->def.settings.sky_sea_m * 1000);
    it->slot = slot;
}

// What is said goes before what nature has.
static dd_sky weather_now(const dd_sky_state *it, bool nature) {
    const dd_sky_said *said = &it->said;
    dd_sky now = {.temperature_md = it->weather.temperature_md,
                  .rain_um_h = it->weather.rain_um_h,
                  .clouds_pm = it->weather.clouds_pm,
                  .tide_mm = it->tide_mm,
                  .flood_mm = nature ? it->tide_mm : DD_SKY_DRY};
    if (said->what & DD_SAID_RAIN) now.rain_um_h = said->rain_um_h;
    if (said->what & DD_SAID_CLOUDS) now.clouds_pm = said->clouds_pm;
    if (said->what & DD_SAID_TEMPERATURE) now.temperature_md = said->temperature_md;
    if (said->what & DD_SAID_WATER) now.tide_mm = now.flood_mm = said->water_mm;
    return now;
}

static void work_out(dd_sky_state *it, const dd_world *world, dd_time t) {
    int64_t minute = dd_sky_local_s(world, t) / 60;
    if (minute == it->minute) return;
    int64_t slot = minute * 60 / DD_SLOT_S;
    if (slot != it->slot) look_at_slot(it, world, slot);
    dd_site site = dd_world_site(&world->def);
    it->now = weather_now(it, world->def.settings.nature > 0);
    it->now.elevation_md =
        dd_sun_altitude_mdeg(site.lat_e6, site.lon_e6, minute * 60 - site.utc_offset_s);
    it->now.illuminance_mlx =
        dd_daylight_mlx(it->now.elevation_md, it->now.clouds_pm, it->now.rain_um_h);
    it->minute = minute;
}

static void forget(dd_sky_state *it) {
    it->minute = INT64_MIN;
}

dd_sky dd_sky_now(const dd_domain *domain) {
    dd_sky_state *it = sky_of(domain);
    work_out(it, dd_world_of(domain), domain->now);
    return it->now;
}

dd_sky dd_sky_standing(const dd_world *world) {
    dd_sky_state *it = sky_of(&world->engine->domains[DD_FIRST_SEGMENT_DOMAIN]);
    work_out(it, world, world->engine->now);
    return it->now;
}

int32_t dd_sky_ground_mm(const dd_world *world, uint32_t cabinet) {
    const dd_cabinet *it = &world->city->cabinets[cabinet];
    return (int32_t)lrint(1000 * (it->levelled ? it->ground_m : world->def.settings.sky_ground_m));
}

// --- What it washes ---

static uint32_t wash_um_h(const dd_world *world) {
    return (uint32_t)lrint(world->def.settings.sky_wash_mm_h * 1000);
}

void dd_sky_wash(dd_domain *domain) {
    dd_sky_state *it = sky_of(domain);
    if (it->now.rain_um_h >= wash_um_h(dd_world_of(domain))) it->washed = domain->now;
}

// By nature's rain before the run; farther back lamps are as dirty as they get (facts A3).
static dd_time washed_before(const dd_world *world) {
    enum { DIRTIEST_DAYS = 305 };
    dd_climate climate = climate_of(world);
    int64_t slot = dd_sky_local_s(world, 0) / DD_SLOT_S;
    int64_t last = dd_climate_rained(&climate, slot, wash_um_h(world), DIRTIEST_DAYS);
    return last == DD_NO_SLOT ? DD_NEVER_WASHED : dd_sky_time(world, last * DD_SLOT_S);
}

uint32_t dd_sky_washed_h(const dd_domain *domain, dd_time now) {
    dd_time washed = sky_of(domain)->washed;
    return washed == DD_NEVER_WASHED ? UINT32_MAX : (uint32_t)((now - washed) / DD_HOUR);
}

uint32_t dd_sky_flashes(const dd_domain *domain) {
    dd_sky_now(domain);
    return sky_of(domain)->weather.flashes_per_million_km2;
}

void dd_sky_make(dd_world *world, dd_domain *domain) {
    dd_sky_state *sky = dd_arena_take(&domain->arena, sizeof *sky);
    if (domain->index == DD_HUB_DOMAIN)
        world->hub_sky = sky;
    else
        dd_neighbourhood_of(domain)->sky = sky;
    *sky = (dd_sky_state){.minute = INT64_MIN,
                          .slot = INT64_MIN,
                          .days = {{.day = INT64_MIN}, {.day = INT64_MIN}},
                          .least = {0, 0},
                          .most = {-1, -1},
                          .washed = washed_before(world)};
}

// --- What is said ---

static void hold(dd_sky_said *held, const dd_sky_said *said) {
    held->what |= said->what;
    if (said->what & DD_SAID_RAIN) held->rain_um_h = said->rain_um_h;
    if (said->what & DD_SAID_CLOUDS) held->clouds_pm = said->clouds_pm;
    if (said->what & DD_SAID_TEMPERATURE) held->temperature_md = said->temperature_md;
    if (said->what & DD_SAID_WATER) held->water_mm = said->water_mm;
}

// At once, so that what is asked or done next at this moment finds it so: an injected event is the
// first of its moment.
static void spread(dd_world *world) {
    dd_engine *engine = world->engine;
    dd_sky now = dd_sky_standing(world);
    dd_sky_state *first = sky_of(&engine->domains[DD_FIRST_SEGMENT_DOMAIN]);
    dd_engine_note(engine, DD_REC_WEATHER, dd_world_entity(world, DD_ENTITY_CITY, 1), 0,
                   now.rain_um_h, now.clouds_pm, now.temperature_md, now.tide_mm);
    first->recorded = now;
    first->recorded_at = engine->now;
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < engine->domain_n; i++) {
        dd_engine_inject(engine, i, DD_KIND_SKY, 1, DD_SKY_SAID, 0, NULL, 0);
        dd_engine_step(engine, engine->now + 1);
    }
}

void dd_sky_say(dd_world *world, const dd_sky_said *said) {
    for (uint32_t i = DD_HUB_DOMAIN; i < world->engine->domain_n; i++) {
        dd_sky_state *it = sky_of(&world->engine->domains[i]);
        hold(&it->said, said);
        forget(it);
    }
    spread(world);
}

void dd_sky_unsay(dd_world *world, uint8_t what) {
    for (uint32_t i = DD_HUB_DOMAIN; i < world->engine->domain_n; i++) {
        dd_sky_state *it = sky_of(&world->engine->domains[i]);
        it->said.what = (uint8_t)(it->said.what & ~what);
        forget(it);
    }
    spread(world);
}
