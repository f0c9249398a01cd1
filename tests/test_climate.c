// Weather of many years and seeds against the facts (G2), and as a function of nothing but seed and
// time.
#include "engine/time.h"
#include "models/sky/climate.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { YEARS = 40, FIRST_YEAR = 2000 };

static const dd_climate usual = {.seed = 1, .nature = true, .storms_k = 1000, .rain_k = 1000};

typedef struct statistics {
    double rain_mm[12], flashes[12], hour_flashes[24], hour_rain[24], degrees[12], wet[12];
    double hour_degrees[24];
    double storm_days, most_flashes_a_day, coolest, warmest;
    double days[12];
} statistics;

static void count_slot(statistics *it, int month, int slot, const dd_weather_slot *w) {
    double mm = w->rain_um_h / 6000.0, flashes = w->flashes_per_million_km2 / 1e6;
    double degrees = w->temperature_md / 1000.0;
    it->rain_mm[month] += mm;
    it->flashes[month] += flashes;
    it->hour_rain[slot / 6] += mm;
    it->hour_flashes[slot / 6] += flashes;
    it->hour_degrees[slot / 6] += degrees;
    it->degrees[month] += degrees / DD_DAY_SLOTS;
    if (degrees < it->coolest) it->coolest = degrees;
    if (degrees > it->warmest) it->warmest = degrees;
    cr_assert_leq(w->clouds_pm, 1000);
    cr_assert_lt(w->rain_um_h, 400000);
}

static void count_year(statistics *it, const dd_climate *climate, int year) {
    int64_t end = dd_days_from_civil(year + 1, 1, 1);
    dd_climate_day yesterday = dd_climate_day_of(climate, dd_days_from_civil(year, 1, 1) - 1);
    for (int64_t day = yesterday.day + 1; day < end; day++) {
        dd_climate_day today = dd_climate_day_of(climate, day);
        int month = dd_civil_at(&(dd_calendar){0}, day * DD_DAY).month - 1;
        double mm = it->rain_mm[month], flashes = 0;
        for (int slot = 0; slot < DD_DAY_SLOTS; slot++) {
            dd_weather_slot w = dd_climate_slot(climate, &yesterday, &today, slot);
            count_slot(it, month, slot, &w);
            flashes += w.flashes_per_million_km2 / 1e6;
        }
        it->days[month]++;
        it->wet[month] += it->rain_mm[month] - mm > 0.1;
        it->storm_days += flashes > 0;
        if (flashes > it->most_flashes_a_day) it->most_flashes_a_day = flashes;
        yesterday = today;
    }
}

static statistics many_years(void) {
    statistics it = {.coolest = 99, .warmest = -99};
    for (int i = 0; i < YEARS; i++) {
        dd_climate climate = usual;
        climate.seed = (uint64_t)i + 1;
        count_year(&it, &climate, FIRST_YEAR + i);
    }
    return it;
}

static double sum(const double *values, int from, int to) {
    double all = 0;
    for (int i = from; i < to; i++)
        all += values[i];
    return all;
}

static int largest(const double *values, int n) {
    int best = 0;
    for (int i = 1; i < n; i++)
        if (values[i] > values[best]) best = i;
    return best;
}

Test(climate, rain_is_the_deltas) {
    statistics it = many_years();
    double year = sum(it.rain_mm, 0, 12) / YEARS, season = sum(it.rain_mm, 4, 11) / YEARS;
    cr_log_info("%.0f mm a year, %.1f %% of it May to November", year, season / year * 100);
    cr_expect(year >= 1210 && year <= 1600, "%.0f mm a year", year);
    cr_expect(season / year >= 0.90 && season / year <= 0.98, "%.3f of it", season / year);
    double autumn = sum(it.rain_mm, 8, 10) / sum(it.rain_mm, 4, 11);
    cr_expect(autumn >= 0.33 && autumn <= 0.47, "%.2f in September and October", autumn);
    for (int m = 0; m < 12; m++) {
        static const double normal[] = {5, 2, 5, 40, 150, 195, 190, 185, 235, 265, 110, 35};
        double mm = it.rain_mm[m] / YEARS;
        cr_expect(mm > normal[m] * 0.7 - 4 && mm < normal[m] * 1.3 + 4, "month %d: %.0f mm", m + 1,
                  mm);
    }
    double wet = sum(it.wet, 0, 12) / YEARS;
    cr_expect(wet >= 120 && wet <= 160, "%.0f wet days", wet);
    int hour = largest(it.hour_rain, 24);
    cr_expect(hour >= 14 && hour <= 19, "most rain at %d h", hour);
}

// Vietnam's mean of 20 flashes on a km² a year and about 100 storm days; April to September, most
// in May; in the afternoon.
Test(climate, thunder_is_that_of_the_facts) {
    statistics it = many_years();
    double year = sum(it.flashes, 0, 12) / YEARS;
    cr_log_info("%.1f flashes, %.1f storm days a year, at most %.1f in a day", year,
                it.storm_days / YEARS, it.most_flashes_a_day);
    cr_expect(year >= 18 && year <= 22, "%.1f flashes a year", year);
    cr_expect(it.storm_days / YEARS >= 88 && it.storm_days / YEARS <= 108, "%.1f storm days",
              it.storm_days / YEARS);
    cr_expect(it.most_flashes_a_day > 4 && it.most_flashes_a_day <= 12.01);
    cr_expect_geq(sum(it.flashes, 3, 9) / YEARS, 0.85 * year);
    cr_expect_eq(largest(it.flashes, 12), 4);
    cr_expect_geq(sum(it.hour_flashes, 14, 20) / YEARS, 0.6 * year);
    int hour = largest(it.hour_flashes, 24);
    cr_expect(hour >= 14 && hour <= 19, "most at %d h", hour);
}

// Ba Tri, 2005 to 2012 (facts G2).
Test(climate, temperature_is_ba_tris) {
    static const double normal[] = {25.5, 26.3, 27.6, 28.8, 28.4, 28.0,
                                    27.3, 27.4, 27.0, 27.2, 27.0, 26.2};
    statistics it = many_years();
    double mean = 0;
    for (int m = 0; m < 12; m++) {
        double degrees = it.degrees[m] / it.days[m];
        mean += degrees / 12;
        cr_expect_float_eq(degrees, normal[m], 0.8, "month %d: %.1f", m + 1, degrees);
    }
    cr_expect(mean >= 26.5 && mean <= 27.7, "%.2f", mean);
    cr_expect(it.coolest > 15 && it.coolest < 21, "%.1f", it.coolest);
    cr_expect(it.warmest > 33 && it.warmest < 38, "%.1f", it.warmest);
    int top = largest(it.hour_degrees, 24);
    cr_expect(top >= 12 && top <= 15, "warmest at %d h", top);
}

// What falls in a shower's slots is what it brings.
Test(climate, showers_bring_what_they_hold) {
    dd_climate_day quiet = {.day = 18500};
    for (uint16_t slots = 3; slots <= 30; slots++) {
        dd_climate_day day = {.day = 18501,
                              .shower_n = 1,
                              .showers = {{.first = 130,
                                           .slots = slots,
                                           .rain_um = 54321,
                                           .flashes_per_million_km2 = 700000}}};
        int64_t um = 0, flashes = 0;
        uint32_t before = UINT32_MAX;
        for (int slot = 0; slot < 2 * DD_DAY_SLOTS; slot++) {
            bool next = slot >= DD_DAY_SLOTS;
            dd_weather_slot w = next ? dd_climate_slot(&usual, &day, &quiet, slot - DD_DAY_SLOTS)
                                     : dd_climate_slot(&usual, &quiet, &day, slot);
            um += w.rain_um_h / 6;
            flashes += w.flashes_per_million_km2;
            bool rains = slot >= 130 && slot < 130 + slots;
            cr_expect_eq(w.rain_um_h > 0, rains, "slot %d", slot);
            if (!rains) continue;
            cr_expect_lt(w.rain_um_h, before);
            cr_expect_eq(w.clouds_pm, 1000);
            before = w.rain_um_h;
        }
        cr_expect(abs((int)(um - 54321)) <= 2 * slots, "%lld", (long long)um);
        cr_expect(abs((int)(flashes - 700000)) <= slots);
    }
}

Test(climate, is_a_function_of_seed_and_day) {
    int differ = 0;
    for (int64_t day = 18400; day < 18800; day++) {
        dd_climate_day one = dd_climate_day_of(&usual, day), same = dd_climate_day_of(&usual, day);
        cr_expect_eq(memcmp(&one, &same, sizeof one), 0);
        dd_climate other = usual;
        other.seed = 2;
        dd_climate_day another = dd_climate_day_of(&other, day);
        differ += one.shower_n != another.shower_n;
    }
    cr_expect_gt(differ, 50);
}

Test(climate, multipliers_multiply) {
    dd_climate more = usual;
    more.rain_k = 2000;
    more.storms_k = 500;
    statistics one = {0}, two = {0};
    count_year(&one, &usual, 2020);
    count_year(&two, &more, 2020);
    cr_expect_float_eq(sum(two.rain_mm, 0, 12) / sum(one.rain_mm, 0, 12), 2, 0.01);
    cr_expect_float_eq(sum(two.flashes, 0, 12) / sum(one.flashes, 0, 12), 0.5, 0.01);
    cr_expect_eq(two.storm_days, one.storm_days);
}

// Calm: a clear sky, and the same temperature for the month and hour whatever the seed.
Test(climate, calm_is_fair_and_has_no_seed) {
    dd_climate calm = {.seed = 1}, other = {.seed = 99};
    statistics it = {.coolest = 99, .warmest = -99};
    count_year(&it, &calm, 2020);
    cr_expect_eq(sum(it.rain_mm, 0, 12), 0);
    cr_expect_eq(sum(it.flashes, 0, 12), 0);
    dd_climate_day day = dd_climate_day_of(&calm, 18477);
    for (int slot = 0; slot < DD_DAY_SLOTS; slot++) {
        dd_weather_slot a = dd_climate_slot(&calm, &day, &day, slot);
        dd_weather_slot b = dd_climate_slot(&other, &day, &day, slot);
        cr_expect_eq(memcmp(&a, &b, sizeof a), 0);
        cr_expect_eq(a.clouds_pm, 0);
        cr_expect_eq(a.temperature_md % 100, 0);
    }
}

// Against a look at every slot; and a dry season has none.
Test(climate, heavy_rain_of_the_past_is_found) {
    enum { HEAVY_UM_H = 10000, DAYS = 60 };
    int64_t first = dd_days_from_civil(2020, 4, 1), last = DD_NO_SLOT, found = 0;
    for (int64_t day = first; day < first + DAYS; day++) {
        dd_climate_day today = dd_climate_day_of(&usual, day);
        for (int slot = 0; slot < DD_DAY_SLOTS; slot++) {
            int64_t at = day * DD_DAY_SLOTS + slot;
            for (uint32_t i = 0; i < today.shower_n; i++) {
                dd_climate_day alone = {.day = day, .shower_n = 1, .showers = {today.showers[i]}};
                dd_climate_day dry = {.day = day - 1};
                bool begins = today.showers[i].first == slot;
                if (begins && dd_climate_slot(&usual, &dry, &alone, slot).rain_um_h >= HEAVY_UM_H)
                    last = at;
            }
            cr_assert_eq(dd_climate_rained(&usual, at, HEAVY_UM_H, (int)(day - first)), last);
        }
        found += last / DD_DAY_SLOTS == day;
    }
    cr_expect_geq(found, 5);
    dd_climate calm = usual;
    calm.nature = false;
    cr_expect_eq(dd_climate_rained(&calm, first * DD_DAY_SLOTS, 1, 305), DD_NO_SLOT);
}
