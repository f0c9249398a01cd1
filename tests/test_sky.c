// The sky of a running city: one for everyone, what is said goes before nature, calm is calm.
#include "models/sky/daylight.h"
#include "models/sky/sky.h"
#include "models/sky/sky_state.h"
#include "models/sky/tide.h"
#include "tests/judged_sun.h"
#include "tests/toy_city.h"

#include <math.h>

static toy_def small(double nature) {
    toy_def def = toy_default();
    def.lamp_n = 2;
    def.settings.nature = nature;
    return def;
}

// The sky as a segment's domain sees it at the moment at which the world stands.
static dd_sky sky_over(const toy *it, uint32_t segment) {
    return dd_sky_now(toy_domain(it, segment));
}

static bool same(const dd_sky *a, const dd_sky *b) {
    return a->illuminance_mlx == b->illuminance_mlx && a->elevation_md == b->elevation_md &&
           a->temperature_md == b->temperature_md && a->rain_um_h == b->rain_um_h &&
           a->clouds_pm == b->clouds_pm && a->tide_mm == b->tide_mm && a->flood_mm == b->flood_mm;
}

// What citizens and crews go by.
static dd_sky over_hub(const toy *it) {
    dd_domain *hub = &it->world->engine->domains[DD_HUB_DOMAIN];
    hub->now = it->world->engine->now;
    return dd_sky_now(hub);
}

// In every domain, in another city, on more threads, and by other steps.
Test(sky, is_one_for_a_seed) {
    toy_def def = small(1), other = def, another = def;
    other.segment_n = 1;
    another.seed = 2;
    toy *a = toy_start(&def, 0), *b = toy_start(&other, 0), *c = toy_start(&another, 0);
    int differ = 0, rainy = 0;
    for (dd_time t = 0; t < 3 * DD_DAY; t += 37 * DD_MINUTE) {
        toy_to(a, t);
        if (t % (2 * DD_HOUR) < DD_HOUR) toy_to(b, t);
        toy_to(b, t);
        toy_to(c, t);
        dd_sky one = sky_over(a, 1), two = sky_over(a, 2), three = sky_over(b, 1);
        dd_sky standing = dd_sky_standing(a->world), four = sky_over(c, 1), hub = over_hub(a);
        cr_assert(same(&one, &two) && same(&one, &three) && same(&one, &standing));
        cr_assert(same(&one, &hub));
        cr_expect(eq(i32, one.tide_mm, four.tide_mm));
        differ += one.clouds_pm != four.clouds_pm;
        rainy += one.rain_um_h > 0;
    }
    cr_expect(gt(int, differ, 50));
    cr_expect(gt(int, rainy, 0), "three days of August without rain: choose another seed");
    toy_close(a);
    toy_close(b);
    toy_close(c);
}

Test(sky, calm_is_dry_and_clear_and_floods_nothing) {
    toy_def def = small(0);
    toy *it = toy_start(&def, TOY_BIT(DD_REC_STRIKE));
    for (dd_time t = 0; t < 2 * DD_DAY; t += 50 * DD_MINUTE) {
        toy_to(it, t);
        dd_sky sky = sky_over(it, 1);
        cr_expect(eq(u32, sky.rain_um_h, 0));
        cr_expect(eq(u16, sky.clouds_pm, 0));
        cr_expect(eq(i32, sky.flood_mm, DD_SKY_DRY));
        cr_expect(sky.temperature_md > 23000 && sky.temperature_md < 31000);
        int64_t slot_s = dd_sky_local_s(it->world, t) / DD_SLOT_S * DD_SLOT_S;
        cr_expect(eq(i32, sky.tide_mm, dd_tide_mm(slot_s - 25200)));
        cr_expect(eq(i64, sky.illuminance_mlx, dd_daylight_mlx(sky.elevation_md, 0, 0)));
    }
    cr_expect(eq(sz, it->record_n, 0));
    toy_close(it);
}

Test(sky, natures_water_floods) {
    toy_def def = small(1);
    toy *it = toy_start(&def, 0);
    toy_to(it, 7 * DD_HOUR);
    dd_sky sky = sky_over(it, 2);
    cr_expect(eq(i32, sky.flood_mm, sky.tide_mm));
    toy_close(it);
}

// Within a hundredth of a degree, and half a minute's turn of the earth for the minute.
Test(sky, sun_is_libnovas) {
    toy_def def = small(0);
    toy *it = toy_start(&def, 0);
    double lat = def.settings.sky_lat, lon = def.settings.sky_lon;
    for (dd_time t = 0; t < DD_DAY; t += 7 * DD_MINUTE) {
        toy_to(it, t);
        double unix_s = (double)dd_world_unix_us(it->world, t) / 1e6;
        double judged = judged_altitude(lat, lon, unix_s);
        cr_expect(lt(dbl, fabs(sky_over(it, 1).elevation_md / 1000.0 - judged), 0.02));
    }
    toy_close(it);
}

// --- What is said ---

Test(sky, what_is_said_goes_before_nature) {
    toy_def def = small(1);
    def.start = "2020-08-03 12:00";
    toy *it = toy_start(&def, 0);
    toy_to(it, DD_MINUTE);
    dd_sky before = sky_over(it, 1);
    dd_sky_say(it->world, &(dd_sky_said){.what = DD_SAID_RAIN | DD_SAID_TEMPERATURE,
                                         .rain_um_h = 44000,
                                         .temperature_md = 19500,
                                         .clouds_pm = 1}); // not named: not meant
    for (uint32_t s = 1; s <= 3; s++) {
        dd_sky sky = sky_over(it, s);
        cr_expect(eq(u32, sky.rain_um_h, 44000));
        cr_expect(eq(i32, sky.temperature_md, 19500));
        cr_expect(eq(u16, sky.clouds_pm, before.clouds_pm));
        cr_expect(lt(i64, sky.illuminance_mlx, before.illuminance_mlx / 10));
    }
    dd_sky_say(it->world, &(dd_sky_said){.what = DD_SAID_CLOUDS, .clouds_pm = 1000});
    cr_expect(eq(u32, sky_over(it, 2).rain_um_h, 44000), "stays as it was said");
    cr_expect(eq(u32, over_hub(it).rain_um_h, 44000));
    toy_to(it, 5 * DD_HOUR);
    cr_expect(eq(i32, sky_over(it, 2).temperature_md, 19500), "until given back");
    dd_sky_unsay(it->world, DD_SAID_ALL);
    toy *untouched = toy_start(&def, 0);
    toy_to(untouched, 5 * DD_HOUR);
    dd_sky now = sky_over(it, 2), natures = sky_over(untouched, 2);
    dd_sky hub = over_hub(it);
    cr_expect(same(&now, &natures));
    cr_expect(same(&now, &hub));
    toy_close(it);
    toy_close(untouched);
}

Test(sky, water_that_is_said_floods_in_calm_weather_too) {
    toy_def def = small(0);
    toy *it = toy_start(&def, 0);
    dd_sky_say(it->world, &(dd_sky_said){.what = DD_SAID_WATER, .water_mm = 1900});
    cr_expect(eq(i32, sky_over(it, 3).flood_mm, 1900));
    dd_sky_unsay(it->world, DD_SAID_WATER);
    cr_expect(eq(i32, sky_over(it, 3).flood_mm, DD_SKY_DRY));
    toy_close(it);
}

// Every domain's radios are wet at once, and one record says so.
Test(sky, rain_reaches_the_radios_at_once) {
    toy_def def = small(0);
    toy *it = toy_start(&def, TOY_BIT(DD_REC_WEATHER));
    toy_to(it, 2 * DD_HOUR);
    size_t before = it->record_n;
    toy_act(it, "weather rain=12.5");
    for (uint32_t s = 1; s <= 3; s++) {
        const dd_domain *domain = &it->world->engine->domains[dd_world_domain(it->world, s)];
        cr_expect(eq(u32, dd_neighbourhood_of(domain)->weather.rain_um_per_h, 12500));
    }
    toy_for(it, 20 * DD_MINUTE);
    cr_assert(eq(sz, it->record_n, before + 1));
    cr_expect(eq(i64, it->records[before].value[0], 12500));
    toy_close(it);
}

// The mesh feels nature's rain as it comes and goes: at each slot of ten minutes.
Test(sky, natures_rain_wets_the_radios) {
    toy_def def = small(1);
    toy *it = toy_start(&def, 0);
    int wet = 0;
    for (dd_time t = 0; t < 3 * DD_DAY; t += 10 * DD_MINUTE) {
        toy_to(it, t + DD_MINUTE);
        uint32_t rain_um_h = sky_over(it, 1).rain_um_h;
        const dd_domain *domain = &it->world->engine->domains[dd_world_domain(it->world, 3)];
        cr_expect(eq(u32, dd_neighbourhood_of(domain)->weather.rain_um_per_h, rain_um_h));
        wet += rain_um_h > 0;
    }
    cr_expect(gt(int, wet, 3));
    toy_close(it);
}

// --- Who feels it ---

static bool dark(const toy *it, uint32_t segment) {
    return toy_segment(it, segment)->cabinet.dark;
}

// To the minute, and at the start, whatever the hour.
Test(sky, cabinets_photocells_see_dusk_and_dawn) {
    toy_def def = small(0);
    double on_lx = def.settings.cabinet_photocell_on_lx;
    double off_lx = def.settings.cabinet_photocell_off_lx;
    def.start = "2020-08-03 01:23:45";
    toy *it = toy_start(&def, 0);
    toy_for(it, DD_SECOND);
    cr_expect(dark(it, 2));
    int changes = 0;
    bool before = true;
    for (dd_time t = 15 * DD_SECOND; t < DD_DAY; t += DD_MINUTE) {
        toy_to(it, t + DD_SECOND);
        double lux = (double)sky_over(it, 2).illuminance_mlx / 1000;
        if (lux < on_lx) cr_expect(dark(it, 2), "%g lx", lux);
        if (lux > off_lx) cr_expect(not(dark(it, 2)), "%g lx", lux);
        changes += dark(it, 2) != before;
        before = dark(it, 2);
    }
    cr_expect(eq(int, changes, 2));
    toy_close(it);
}

Test(sky, a_storm_by_day_looks_like_dusk) {
    toy_def def = small(0);
    def.start = "2020-08-03 17:58"; // a quarter of an hour before sunset
    toy *it = toy_start(&def, 0);
    toy_for(it, DD_SECOND);
    cr_expect(not(dark(it, 3)));
    toy_act(it, "weather rain=100 clouds=100");
    cr_expect(dark(it, 3), "at once");
    dd_sky_unsay(it->world, DD_SAID_ALL);
    cr_expect(not(dark(it, 3)));
    toy_close(it);
}

// --- Ground ---

Test(sky, ground_is_the_files_or_the_settings) {
    toy_def def = small(0);
    def.settings.sky_ground_m = 1.83;
    toy *it = toy_open(&def);
    it->cabinets[2].levelled = true;
    it->cabinets[2].ground_m = 1.46f;
    cr_expect(eq(i32, dd_sky_ground_mm(it->world, 1), 1830));
    cr_expect(eq(i32, dd_sky_ground_mm(it->world, 2), 1460));
    toy_close(it);
}

// --- What it washes ---

static uint32_t washed_h(const toy *it, uint32_t segment) {
    const dd_domain *domain = &it->world->engine->domains[dd_world_domain(it->world, segment)];
    return dd_sky_washed_h(domain, it->world->engine->now);
}

Test(sky, heavy_rain_that_is_said_washes_lamps) {
    toy_def def = small(0);
    toy *it = toy_start(&def, 0);
    toy_to(it, DD_HOUR);
    toy_act(it, "weather rain=9");
    toy_for(it, DD_HOUR);
    for (uint32_t s = 1; s <= 3; s++)
        cr_expect(eq(u32, washed_h(it, s), UINT32_MAX), "a drizzle washes nothing");
    toy_act(it, "weather rain=30");
    toy_for(it, DD_HOUR);
    toy_act(it, "weather rain=0");
    toy_for(it, 30 * DD_HOUR);
    for (uint32_t s = 1; s <= 3; s++)
        cr_expect(eq(u32, washed_h(it, s), 30));
    toy_close(it);
}

// Whoever begins to look later knows of the same rain.
Test(sky, natures_rain_has_washed_before_the_run) {
    toy_def def = small(1), later = def;
    def.start = "2020-08-03 12:00";
    later.start = "2020-08-23 12:00";
    toy *a = toy_start(&def, 0), *b = toy_start(&later, 0);
    toy_to(a, 20 * DD_DAY);
    cr_expect(lt(u32, washed_h(b, 1), 20 * 24), "twenty days of August without heavy rain");
    cr_expect(le(u32, washed_h(a, 1), washed_h(b, 1)));
    cr_expect(lt(u32, washed_h(b, 1) - washed_h(a, 1), 3), "a shower lasts hours");
    toy_close(a);
    toy_close(b);
}
