// Lightning over a running city: how much of it reaches lamps, when, and that one record tells
// each.
#include "models/exposure/lightning.h"
#include "models/mesh/survey/survey.h"
#include "models/sky/sky.h"
#include "tests/toy_city.h"

#include <math.h>

static toy_def three_streets(void) {
    toy_def def = toy_default();
    def.settings.sky_spd_kv = 100; // what strikes shall leave the lamps alone
    return def;
}

static void storm(toy *it, dd_time from, dd_time lasts, double rate) {
    dd_error error = {DD_OK, ""};
    cr_assert(dd_lightning_storm(it->world, from, lasts, rate, &error), "%s", error.text);
}

// Square kilometres within reach of a lamp.
static double area_km2(const toy *it) {
    enum { STEP_M = 20 };
    double km2 = 0;
    for (float x = -600; x < 1600; x += STEP_M)
        for (float y = 0; y < 4000; y += STEP_M)
            for (uint32_t i = 1; i < it->city.lamp_n; i++) {
                const dd_point here = {.x = x, .y = y};
                if (dd_distance_m(&here, &it->lamps[i].place) > DD_STRIKE_REACH_M) continue;
                km2 += STEP_M * STEP_M / 1e6;
                break;
            }
    return km2;
}

Test(lightning, a_storm_strikes_as_often_as_said) {
    toy_def def = three_streets();
    toy *it = toy_start(&def, TOY_BIT(DD_REC_STRIKE));
    dd_time from = 23 * DD_MINUTE + 17 * DD_SECOND, until = from + 100 * DD_MINUTE;
    storm(it, from, until - from, 60);
    toy_to(it, 4 * DD_HOUR);
    double expected = area_km2(it) * 60 * 100 / 60;
    cr_expect(le(dbl, fabs((double)it->record_n - expected), 4 * sqrt(expected)), "%zu for %.0f",
              it->record_n, expected);
    double middle = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        cr_expect(record->time >= from && record->time < until);
        cr_expect(record->value[0] >= 2000 && record->value[0] <= 300000);
        cr_expect(record->value[1] >= 0 && record->value[1] <= DD_STRIKE_REACH_M * 1000);
        middle += (double)(record->time - from) / (double)(until - from) / (double)it->record_n;
    }
    cr_expect(le(dbl, fabs(middle - 0.5), 4 * sqrt(1 / 12.0 / (double)it->record_n)));
    toy_close(it);
}

static void expect_same_strikes(const toy *a, const toy *b) {
    cr_assert(eq(sz, a->record_n, b->record_n));
    cr_assert(gt(sz, a->record_n, 20));
    for (size_t i = 0; i < a->record_n; i++) {
        cr_expect(eq(i64, a->records[i].time, b->records[i].time));
        cr_expect(eq(u32, a->records[i].entity, b->records[i].entity));
        cr_expect(eq(i64, a->records[i].value[0], b->records[i].value[0]));
        cr_expect(eq(i64, a->records[i].value[1], b->records[i].value[1]));
    }
}

// Whoever shares a domain, and whether the storm was said long before or when it began: each strike
// is there once.
Test(lightning, is_the_same_for_every_partition) {
    static const uint32_t together[] = {0, 1, 1, 1};
    toy_def def = three_streets(), other = def;
    other.neighbourhood = together;
    toy *a = toy_start(&def, TOY_BIT(DD_REC_STRIKE));
    toy *b = toy_start(&other, TOY_BIT(DD_REC_STRIKE));
    storm(a, 33 * DD_MINUTE, DD_HOUR, 30);
    toy_to(b, 33 * DD_MINUTE);
    storm(b, 33 * DD_MINUTE, DD_HOUR, 30);
    toy_to(a, 2 * DD_HOUR);
    toy_to(b, 2 * DD_HOUR);
    expect_same_strikes(a, b);
    toy_close(a);
    toy_close(b);
}

// Two storms add up, and are not the same one twice.
Test(lightning, storms_add_up) {
    toy_def def = three_streets();
    toy *it = toy_start(&def, TOY_BIT(DD_REC_STRIKE));
    storm(it, 0, DD_HOUR, 30);
    storm(it, 0, DD_HOUR, 30);
    toy_to(it, DD_HOUR);
    double expected = area_km2(it) * 60;
    cr_expect(le(dbl, fabs((double)it->record_n - expected), 4 * sqrt(expected)));
    for (size_t i = 1; i < it->record_n; i++)
        cr_expect(it->records[i].time != it->records[i - 1].time ||
                  it->records[i].value[0] != it->records[i - 1].value[0]);
    toy_close(it);
}

// In May, with a hundred times as many flashes, and none without nature or with none of them.
Test(lightning, nature_strikes_in_may) {
    static const double natures[] = {1, 0, 1}, storms[] = {100, 100, 0};
    for (int i = 0; i < 3; i++) {
        toy_def def = three_streets();
        def.lamp_n = 2;
        def.start = "2020-05-10 00:00";
        def.settings.nature = natures[i];
        def.settings.sky_storms = storms[i];
        toy *it = toy_start(&def, TOY_BIT(DD_REC_STRIKE));
        toy_to(it, 6 * DD_DAY);
        cr_expect(i ? it->record_n == 0 : it->record_n > 20, "%d: %zu strikes", i, it->record_n);
        toy_close(it);
    }
}

// --- Ordered ---

Test(lightning, strikes_where_it_is_sent) {
    toy_def def = three_streets();
    toy *it = toy_start(&def, TOY_BIT(DD_REC_STRIKE));
    dd_lightning_strike(it->world, toy_entity(it, "road:Street-2-0"), 25);
    dd_lightning_strike(it->world, toy_entity(it, "segment:S-3-0"), 35);
    dd_lightning_strike(it->world, toy_entity(it, "lamp:L-1-7"), 45);
    toy_for(it, DD_SECOND);
    cr_assert(eq(sz, it->record_n, 3));
    static const char *const lamps[] = {"lamp:L-2-15", "lamp:L-3-15", "lamp:L-1-7"};
    for (int i = 0; i < 3; i++) {
        cr_expect(eq(u32, it->records[i].entity, toy_entity(it, lamps[i])), "%d", i);
        cr_expect(eq(i64, it->records[i].value[0], 25000 + 10000 * i));
        cr_expect(eq(i64, it->records[i].value[1], 0));
    }
    toy_close(it);
}

Test(lightning, refuses_what_cannot_be) {
    toy_def def = three_streets();
    toy *it = toy_start(&def, 0);
    dd_error error = {DD_OK, ""};
    const dd_world *world = it->world;
    cr_expect(not(dd_lightning_fits(world, toy_entity(it, "ward:W-1-0"), 30, &error)));
    cr_expect(strstr(error.text, "a lamp, a segment or a road") != NULL, "%s", error.text);
    cr_expect(not(dd_lightning_fits(world, toy_entity(it, "lamp:L-1-1"), 1000, &error)));
    cr_expect(strstr(error.text, "1 to 300 kA") != NULL, "%s", error.text);
    cr_expect(dd_lightning_fits(world, toy_entity(it, "lamp:L-1-1"), 30, &error));
    cr_expect(not(dd_lightning_storm(it->world, 0, DD_HOUR, 1001, &error)));
    for (int i = 0; i < 8; i++)
        storm(it, 0, DD_HOUR, 0.01);
    cr_expect(not(dd_lightning_storm(it->world, 0, DD_HOUR, 1, &error)));
    toy_to(it, DD_HOUR);
    storm(it, DD_HOUR, DD_HOUR, 1); // there is room again
    toy_close(it);
}

// --- Who is near ---

typedef struct nearby {
    uint32_t n;
    double metres;
} nearby;

static void add(void *context, uint32_t station, float metres) {
    (void)station;
    nearby *it = context;
    it->n++;
    it->metres += metres;
}

Test(lightning, stations_within_reach_are_all_found) {
    toy_def def = three_streets();
    toy *it = toy_start(&def, 0);
    const dd_places *places = &it->world->survey->places;
    for (int i = 0; i < 200; i++) {
        float x = (float)(i * 37 % 3000 - 900), y = (float)(i * 91 % 6000 - 800);
        float within = (float)(10 + i * 7 % 900);
        dd_station_place here = {.x = x, .y = y};
        nearby judged = {0}, found = {0};
        for (uint32_t k = 0; k < places->n; k++) {
            float metres = dd_places_metres(&here, &places->all[k]);
            if (metres <= within) add(&judged, k, metres);
        }
        dd_places_near(places, x, y, within, add, &found);
        cr_expect(eq(u32, found.n, judged.n), "%d", i);
        cr_expect(le(dbl, fabs(found.metres - judged.metres), 0.01 * judged.metres));
    }
    toy_close(it);
}
