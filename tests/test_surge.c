// Surges by their closed forms, and what they destroy by its odds.
#include "models/exposure/lightning.h"
#include "models/exposure/surge.h"
#include "tests/toy_city.h"

#include <math.h>

static toy *street(toy_def *def) {
    toy *it = toy_open(def);
    for (uint32_t i = 1; i < it->city.lamp_n; i++)
        it->lamps[i].cable_m = (float)(def->spacing_m * it->lamps[i].pole);
    return it;
}

static dd_hit beside(const toy *it, uint32_t lamp, double metres, uint32_t current_a) {
    const dd_point *place = &it->lamps[lamp].place;
    return (dd_hit){.x = place->x, .y = place->y - (float)metres, .current_a = current_a};
}

// Rusck: 38.8 ohm times current times height over distance.
Test(surge, induced_is_rusks) {
    toy_def def = toy_default();
    def.settings.sky_surge_loop_m = 8; // an overhead line
    toy *it = street(&def);
    for (double d = 10; d <= 490; d += 40) {
        dd_hit hit = beside(it, 10, d, 30000);
        double judged = 38.8 * 30000 * 8 / d;
        cr_expect(le(dbl, fabs(dd_surge_volts(it->world, &hit, 10) - judged), 51 + judged * 1e-4));
    }
    dd_hit far = beside(it, 10, 510, 200000);
    cr_expect(eq(u32, dd_surge_volts(it->world, &far, 10), 0));
    toy_close(it);
}

// From the struck pole it falls by e every 60 m of cable, on its feeder both ways, and not to the
// next cabinet's lamps.
Test(surge, conducted_falls_along_the_cable) {
    toy_def def = toy_default();
    def.settings.sky_surge_loop_m = 0;
    toy *it = street(&def);
    dd_hit hit = beside(it, 12, 0, 20000);
    hit.pole = 12;
    for (uint32_t lamp = 1; lamp <= 30; lamp++) {
        double metres = fabs(30.0 * lamp - 30.0 * 12), judged = 10 * 20000 * exp(-metres / 60);
        cr_expect(le(dbl, fabs(dd_surge_volts(it->world, &hit, lamp) - judged), 51), "%u", lamp);
    }
    cr_expect(eq(u32, dd_surge_volts(it->world, &hit, it->city.segments[2].first_lamp), 0));
    toy_close(it);
}

Test(surge, damage_follows_the_protection) {
    toy_def def = toy_default();
    toy *it = street(&def);
    cr_expect(eq(u32, dd_surge_damage_ppm(it->world, 0), 0));
    cr_expect(eq(u32, dd_surge_damage_ppm(it->world, 10000), 111111));
    cr_expect(eq(u32, dd_surge_damage_ppm(it->world, 20000), 500000));
    cr_expect(ge(u32, dd_surge_damage_ppm(it->world, 300000), 999000));
    toy_close(it);
}

static uint32_t faults_of(const toy *it, dd_fault_kind fault) {
    uint32_t n = 0;
    for (size_t i = 0; i < it->record_n; i++)
        n += it->records[i].kind == DD_REC_FAULT && it->records[i].value[0] == fault;
    return n;
}

// Strikes beside the middle of the street, many of them on ever new lamps: as many fail as their
// odds say, and of those three in five lose their node.
Test(surge, as_many_fail_as_the_odds_say) {
    double expected = 0, variance = 0;
    uint32_t failed = 0, nodes = 0, drivers = 0, shorted = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        toy_def def = toy_default();
        def.seed = seed;
        def.segment_n = 1;
        toy *it = street(&def);
        dd_stream_listen(&it->world->engine->stream, TOY_BIT(DD_REC_FAULT), toy_keep, it);
        dd_twin_start(it->world);
        dd_lightning_strike(it->world, 15, 20);
        toy_for(it, DD_SECOND);
        dd_hit hit = beside(it, 15, 0, 20000);
        hit.pole = 15;
        for (uint32_t lamp = 1; lamp <= 30; lamp++) {
            double p = dd_surge_damage_ppm(it->world, dd_surge_volts(it->world, &hit, lamp)) / 1e6;
            expected += p;
            variance += p * (1 - p);
        }
        nodes += faults_of(it, DD_FAULT_NODE_DEAD);
        drivers += faults_of(it, DD_FAULT_DRIVER_DEAD);
        shorted += faults_of(it, DD_FAULT_LED_SHORT);
        toy_close(it);
    }
    failed = nodes + drivers + shorted;
    cr_expect(le(dbl, fabs(failed - expected), 3.5 * sqrt(variance)), "%u for %.0f", failed,
              expected);
    cr_expect(le(dbl, fabs(nodes - 0.60 * failed), 3.5 * sqrt(0.24 * failed)));
    cr_expect(le(dbl, fabs(drivers - 0.25 * failed), 3.5 * sqrt(0.19 * failed)));
    cr_expect(le(dbl, fabs(shorted - 0.15 * failed), 3.5 * sqrt(0.13 * failed)));
}

// The struck pole's lamps break, those far along the cable do not; the cause of each fault is the
// strike.
Test(surge, breaks_what_is_near_and_says_why) {
    toy_def def = toy_default();
    toy *it = street(&def);
    dd_stream_listen(&it->world->engine->stream, TOY_BIT(DD_REC_FAULT) | TOY_BIT(DD_REC_STRIKE),
                     toy_keep, it);
    dd_twin_start(it->world);
    toy_to(it, DD_HOUR);
    uint64_t strike = dd_lightning_strike(it->world, toy_entity(it, "lamp:L-2-3"), 40);
    cr_expect(ne(u32, toy_node(it, 2, 3)->faults, 0), "at once");
    toy_for(it, DD_SECOND);
    cr_assert(gt(sz, it->record_n, 3));
    cr_expect(eq(u16, it->records[0].kind, DD_REC_STRIKE));
    cr_expect(eq(i64, it->records[0].value[0], 40000));
    for (size_t i = 1; i < it->record_n; i++)
        cr_expect(eq(u64, it->records[i].cause, strike));
    for (uint16_t lamp = 22; lamp <= 30; lamp++) // 570 m along the cable
        cr_expect(eq(u32, toy_node(it, 2, lamp)->faults, 0), "%u", lamp);
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(eq(u32, toy_node(it, 1, lamp)->faults | toy_node(it, 3, lamp)->faults, 0));
    toy_close(it);
}

// A strike at the cabinet's pole may trip the feeder there, and no other segment's.
Test(surge, may_trip_the_breaker) {
    toy_def def = toy_default();
    toy *it = street(&def);
    dd_stream_listen(&it->world->engine->stream, TOY_BIT(DD_REC_FAULT), toy_keep, it);
    dd_twin_start(it->world);
    dd_lightning_strike(it->world, toy_entity(it, "lamp:L-1-1"), 60); // 364 kV at the cabinet
    toy_for(it, DD_SECOND);
    uint32_t tripped = 0;
    for (size_t i = 0; i < it->record_n; i++)
        if (it->records[i].value[0] == DD_FAULT_BREAKER) {
            tripped++;
            cr_expect(eq(u32, it->records[i].entity, toy_entity(it, "feeder:S-1-0")));
        }
    cr_expect(eq(u32, tripped, 1));
    toy_close(it);
}
