#include "models/exposure/exposure.h"
#include "models/exposure/lightning.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/mesh/survey/survey.h"
#include "models/neighbourhood.h"
#include "models/power/cabinet.h"
#include "models/sky/sky_state.h"

enum {
    LOW_MD = -8000, // between these elevations photocells switch (facts A5: 18 to 140 lx), clouds
    HIGH_MD = 6000, // included
    DARK_MLX = 100,
    BRIGHT_MLX = 1000000, // no photocell switches outside; facts A5
    WARMER_MD = 500,      // what a lamp's heat can notice
    WATER_MM = 10,
    RECORD_CLOUDS_PM = 100,
    RECORD_WARMER_MD = 1000,
};

static int64_t apart(int64_t a, int64_t b) {
    return a > b ? a - b : b - a;
}

static void wet(dd_domain *domain, uint32_t rain_um_h) {
    const dd_world *world = dd_world_of(domain);
    dd_weather *weather = &dd_neighbourhood_of(domain)->weather;
    if (weather->rain_um_per_h != rain_um_h)
        dd_weather_set(weather, domain->now, rain_um_h / 1e3,
                       world->def.settings.mesh_rain_wet_mm_h, world->survey->channel.dry);
}

// --- Cabinets and lamps ---

// A photocell may see it: not both dark, nor both bright, and a twentieth apart.
static bool light_moved(const dd_sky *before, const dd_sky *now) {
    int64_t a = before->illuminance_mlx, b = now->illuminance_mlx;
    if ((a < DARK_MLX && b < DARK_MLX) || (a > BRIGHT_MLX && b > BRIGHT_MLX)) return false;
    return apart(a, b) * 20 > a;
}

static bool water_moved(const dd_sky *before, const dd_sky *now) {
    return apart(before->rain_um_h, now->rain_um_h) ||
           apart(before->flood_mm, now->flood_mm) >= WATER_MM;
}

static bool warmth_moved(const dd_sky *before, const dd_sky *now) {
    return apart(before->temperature_md, now->temperature_md) >= WARMER_MD;
}

static void tell_cabinets(dd_domain *domain) {
    dd_neighbourhood *it = dd_neighbourhood_of(domain);
    for (uint32_t i = 0; i < it->segment_n; i++)
        dd_cabinet_sky(domain, &it->segments[i]);
}

static void tell_lamps(dd_domain *domain) {
    dd_neighbourhood *it = dd_neighbourhood_of(domain);
    for (uint32_t i = 0; i < it->segment_n; i++)
        for (uint16_t lamp = 1; lamp <= it->segments[i].lamp_n; lamp++)
            dd_node_sky(domain, &it->segments[i], lamp);
}

static void tell(dd_domain *domain, const dd_sky *now, bool all) {
    dd_sky *told = &dd_neighbourhood_of(domain)->sky->told;
    bool light = all || light_moved(told, now), warmth = warmth_moved(told, now);
    if (light || water_moved(told, now)) {
        tell_cabinets(domain);
        told->rain_um_h = now->rain_um_h;
        told->flood_mm = now->flood_mm;
    }
    if (light || warmth) {
        tell_lamps(domain);
        told->temperature_md = now->temperature_md;
    }
    if (light) told->illuminance_mlx = now->illuminance_mlx;
}

// --- Records ---

static bool worth_a_record(const dd_sky_state *sky, dd_time t) {
    const dd_sky *before = &sky->recorded, *now = &sky->now;
    bool hour = t >= sky->recorded_at + DD_HOUR;
    return before->rain_um_h != now->rain_um_h ||
           apart(before->clouds_pm, now->clouds_pm) >= RECORD_CLOUDS_PM ||
           apart(before->temperature_md, now->temperature_md) >= RECORD_WARMER_MD ||
           (hour && before->temperature_md != now->temperature_md);
}

// The weather is one for all, so one neighbourhood records it.
static void record(dd_domain *domain, bool first) {
    dd_sky_state *sky = dd_neighbourhood_of(domain)->sky;
    if (domain->index != DD_FIRST_SEGMENT_DOMAIN) return;
    if (!first && !worth_a_record(sky, domain->now)) return;
    dd_record_make(domain, DD_REC_WEATHER, dd_world_entity(dd_world_of(domain), DD_ENTITY_CITY, 1),
                   0, sky->now.rain_um_h, sky->now.clouds_pm, sky->now.temperature_md,
                   sky->now.tide_mm);
    sky->recorded = sky->now;
    sky->recorded_at = domain->now;
}

// --- Ticks ---

static dd_time next_after(const dd_world *world, dd_time t, int64_t step_s) {
    return dd_sky_time(world, (dd_sky_local_s(world, t) / step_s + 1) * step_s);
}

static void plan(dd_domain *domain, const dd_sky *now) {
    const dd_world *world = dd_world_of(domain);
    dd_time slot_end = next_after(world, domain->now, DD_SLOT_S);
    bool low = now->elevation_md >= LOW_MD && now->elevation_md <= HIGH_MD;
    dd_lightning_plan(domain, slot_end, dd_sky_flashes(domain));
    dd_schedule(domain, low ? next_after(world, domain->now, 60) : slot_end, DD_KIND_SKY, 1,
                DD_SKY_TICK, 0, 0);
}

void dd_exposure_look(dd_domain *domain, const dd_event *event) {
    if (event->small == DD_SKY_STORM) {
        dd_lightning_join(domain, event->a);
        return;
    }
    dd_sky now = dd_sky_now(domain);
    wet(domain, now.rain_um_h);
    dd_sky_wash(domain);
    tell(domain, &now, event->small != DD_SKY_TICK);
    record(domain, event->small == DD_SKY_BEGIN);
    if (event->small != DD_SKY_SAID) plan(domain, &now);
}

void dd_exposure_start(dd_domain *domain) {
    dd_schedule(domain, domain->now, DD_KIND_SKY, 1, DD_SKY_BEGIN, 0, 0);
}
