// Feeders at work: what flows in a street, what it costs, what trips, and what is dead then.
#include "models/power/cabinet.h"
#include "models/power/cable.h"
#include "models/power/feeder.h"
#include "tests/toy_city.h"

#include <math.h>

static toy_def street(uint32_t lamp_n) {
    toy_def def = toy_one_street(DD_STREET_150, "2020-08-03 12:00");
    def.lamp_n = lamp_n;
    def.settings.power_breaker_spread = 0;
    def.settings.power_cable_drop = 100; // 16 mm2 of copper, whatever the length
    return def;
}

// Opens with poles along the cable, and that breaker.
static toy *start(const toy_def *def, uint8_t rated_a, uint64_t mask) {
    toy *it = toy_open(def);
    for (uint32_t i = 1; i < it->city.lamp_n; i++)
        it->lamps[i].cable_m = (float)(def->spacing_m * it->lamps[i].pole);
    it->feeders[1].rated_a = rated_a;
    if (mask) dd_stream_listen(&it->world->engine->stream, mask, toy_keep, it);
    dd_twin_start(it->world);
    return it;
}

static dd_feeder_state *feeder_of(const toy *it) {
    return &toy_segment(it, 1)->feeders[1];
}

// An event, so that the engine looks at the domain again after a test has planned something there.
static void poke(toy *it) {
    toy_act(it, "fail segment:S-1-0 door_open");
    toy_act(it, "repair segment:S-1-0 door_open");
}

static void load(toy *it, uint16_t lamp, uint32_t current_ma) {
    dd_load none = {0}, now = {current_ma * 220, current_ma};
    dd_feeder_load(toy_domain(it, 1), toy_segment(it, 1), lamp, &none, &now);
}

static uint16_t volts_dv(const toy *it, uint16_t lamp) {
    return dd_feeder_voltage_dv(toy_domain(it, 1), toy_segment(it, 1), lamp);
}

static uint32_t supplied(const toy *it) {
    uint32_t n = 0;
    for (uint16_t lamp = 1; lamp <= it->def.lamp_n; lamp++)
        n += toy_node(it, 1, lamp)->state & DD_NODE_SUPPLIED;
    return n;
}

static const dd_record *last(const toy *it, uint16_t kind) {
    for (size_t i = it->record_n; i-- > 0;)
        if (it->records[i].kind == kind) return &it->records[i];
    return NULL;
}

static void expect_trip(toy *it, dd_breaker_reason reason) {
    dd_stream_flush(&it->world->engine->stream);
    const dd_record *record = last(it, DD_REC_BREAKER);
    cr_assert(record != NULL);
    cr_expect(eq(i64, record->value[0], reason));
    cr_expect(dd_feeder_failed(feeder_of(it), DD_FAULT_BREAKER));
    cr_expect(eq(u8, feeder_of(it)->live_phases, 0));
    cr_expect(eq(u32, supplied(it), 0));
}

static void expect_whole(const toy *it) {
    cr_expect(not(dd_feeder_failed(feeder_of(it), DD_FAULT_BREAKER)));
    cr_expect(eq(u8, feeder_of(it)->live_phases, 7));
    cr_expect(eq(u32, supplied(it), it->def.lamp_n));
}

// --- Voltage and losses ---

// The same everywhere: what the closed form says of a load that is spread evenly.
Test(feeder, voltage_along_the_poles) {
    toy_def def = street(30);
    toy *it = start(&def, 63, 0);
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        load(it, lamp, 1000);
    // Sections, from the cabinet: L1 carries 10, 10, 10, 9, 9, 9 ... A; of each three the neutral
    // carries nothing, what L2 lacks, what L2 and L3 lack: half an ampere and one along L1.
    double ohm = 22.5 / 16 * def.spacing_m / 1000;
    cr_expect(epsilon_eq(dbl, volts_dv(it, 30) / 10.0, 220 - ohm * (3 * 55 + 10 * 1.5), 0.06));
    cr_expect(epsilon_eq(dbl, volts_dv(it, 3) / 10.0, 220 - ohm * (3 * 10 + 1.5), 0.06));
    toy_act(it, "fail feeder:S-1-0 breaker");
    cr_expect(eq(u16, volts_dv(it, 3), 0));
    toy_close(it);
}

// One lamp's load changes at two moments: the loss between them is counted by what flowed then.
// (Within a minute nothing else changes a lamp's load.)
Test(feeder, losses_are_counted_between_changes) {
    toy_def def = street(3);
    def.spacing_m = 300;
    toy *it = start(&def, 63, 0);
    for (uint16_t lamp = 1; lamp <= 3; lamp++)
        load(it, lamp, 0);
    int64_t before_mwh = dd_feeder_loss_mwh(toy_domain(it, 1), toy_segment(it, 1), 1);
    double ohm = 2 * 900 * 1406e-6;
    load(it, 3, 10000);
    toy_for(it, 10 * DD_SECOND);
    load(it, 3, 20000);
    toy_for(it, 20 * DD_SECOND);
    load(it, 3, 0);
    toy_for(it, 10 * DD_SECOND);
    int64_t lost_mwh = dd_feeder_loss_mwh(toy_domain(it, 1), toy_segment(it, 1), 1) - before_mwh;
    cr_expect(epsilon_eq(dbl, (double)lost_mwh / 1000, ohm * (100 * 10 + 400 * 20) / 3600, 0.005));
    toy_close(it);
}

// A longer street has a thicker cable: the last lamp lacks no more than 5 %, on any length.
Test(feeder, long_feeders_have_thick_cables) {
    uint32_t before = UINT32_MAX;
    for (double spacing_m = 20; spacing_m <= 160; spacing_m *= 2) {
        toy_def def = street(30);
        def.spacing_m = spacing_m;
        def.settings.power_cable_drop = 5;
        toy *it = start(&def, 25, 0);
        for (uint16_t lamp = 1; lamp <= 30; lamp++)
            load(it, lamp, 1476); // HPS 250 W, as before 2020, with its ballast
        cr_expect(ge(u16, volts_dv(it, 30), 2090), "%g m", spacing_m);
        cr_expect(le(u32, feeder_of(it)->uohm_per_m, before));
        before = feeder_of(it)->uohm_per_m;
        toy_close(it);
    }
    cr_expect(lt(u32, before, dd_cable_uohm_per_m(22.5, 35)));
}

// The meter counts lamps and losses, by its own error.
Test(feeder, its_meter_counts_what_passes) {
    toy_def def = street(30);
    toy *it = start(&def, 63, TOY_BIT(DD_REC_METER) | TOY_BIT(DD_REC_FEEDER_ENERGY));
    toy_until(it, "20:00");
    dd_segment_state *segment = toy_segment(it, 1);
    dd_feeder_count(toy_domain(it, 1), segment, 1);
    dd_meter before = feeder_of(it)->meter;
    int64_t loss_mwh = dd_feeder_loss_mwh(toy_domain(it, 1), segment, 1), lamps_mwh = 0;
    for (uint16_t lamp = 1; lamp <= 30; lamp++) {
        dd_node_count(toy_node(it, 1, lamp), it->world->engine->now);
        lamps_mwh -= toy_node(it, 1, lamp)->energy_mwh;
    }
    toy_for(it, 2 * DD_HOUR);
    dd_feeder_count(toy_domain(it, 1), segment, 1);
    loss_mwh = dd_feeder_loss_mwh(toy_domain(it, 1), segment, 1) - loss_mwh;
    for (uint16_t lamp = 1; lamp <= 30; lamp++) {
        dd_node_count(toy_node(it, 1, lamp), it->world->engine->now);
        lamps_mwh += toy_node(it, 1, lamp)->energy_mwh;
    }
    const dd_meter *now = &feeder_of(it)->meter;
    cr_expect(gt(i64, lamps_mwh, 30 * 2 * 150000));
    cr_expect(gt(i64, loss_mwh, 0));
    cr_expect(epsilon_eq(dbl, (double)(now->true_mwh - before.true_mwh),
                         (double)(lamps_mwh + loss_mwh), 60));
    double told = (double)(now->told_uwh - before.told_uwh) / 1000;
    cr_expect(
        epsilon_eq(dbl, told, (double)(lamps_mwh + loss_mwh) * (1 + now->error_ppm / 1e6), 60));
    const dd_record *record = last(it, DD_REC_METER);
    cr_assert(record != NULL);
    cr_expect(epsilon_eq(dbl, (double)record->value[0], (double)now->told_uwh / 1e6, 2000));
    toy_close(it);
}

// Whoever looks often leaves no trace, not even of rounding.
Test(feeder, reading_changes_nothing) {
    dd_feeder_state ends[2];
    for (int reading = 0; reading < 2; reading++) {
        toy_def def = street(30);
        toy *it = start(&def, 25, 0);
        for (int i = 0; i < 1000; i++) {
            toy_for(it, 47 * DD_SECOND + i);
            dd_cabinet_reading cabinet;
            if (!reading) continue;
            dd_cabinet_read(toy_domain(it, 1), toy_segment(it, 1), &cabinet);
            volts_dv(it, (uint16_t)(1 + i % 30));
        }
        toy_until(it, "12:00");
        ends[reading] = *feeder_of(it);
        toy_close(it);
    }
    cr_expect(gt(i64, ends[0].meter.told_uwh, 0));
    cr_expect(eq(i64, ends[0].meter.told_uwh, ends[1].meter.told_uwh));
    cr_expect(eq(i64, ends[0].loss_mwh, ends[1].loss_mwh));
    for (int phase = 0; phase < 3; phase++)
        cr_expect(eq(u32, ends[0].heat_ppm[phase], ends[1].heat_ppm[phase]));
}

// --- Breakers ---

// 14 lamps of 150 W on each phase start on a C16, 15 do not: when its supply returns, and when
// somebody closes it.
Test(feeder, inrush_trips_a_breaker) {
    for (uint32_t by_phase = 14; by_phase <= 15; by_phase++) {
        toy_def def = street(3 * by_phase);
        toy *it = start(&def, 16, TOY_BIT(DD_REC_BREAKER));
        expect_whole(it);
        toy_act(it, "fail segment:S-1-0 blackout");
        cr_expect(eq(u32, supplied(it), 0));
        toy_for(it, DD_MINUTE);
        toy_act(it, "repair segment:S-1-0");
        if (by_phase == 14) {
            expect_whole(it);
        } else {
            expect_trip(it, DD_BREAKER_INRUSH);
            toy_act(it, "repair feeder:S-1-0 breaker");
            expect_trip(it, DD_BREAKER_INRUSH);
            toy_act(it, "fail feeder:S-1-0 phase_l1");
            toy_act(it, "fail feeder:S-1-0 phase_l2");
            toy_act(it, "fail feeder:S-1-0 phase_l3");
            toy_act(it, "repair feeder:S-1-0 breaker");
            cr_expect(not(dd_feeder_failed(feeder_of(it), DD_FAULT_BREAKER)), "nothing starts");
        }
        toy_close(it);
    }
}

// An overload of 2.55 In: after the time of the closed form, not before.
Test(feeder, an_overload_trips_it_in_time) {
    toy_def def = street(3);
    toy *it = start(&def, 16, TOY_BIT(DD_REC_BREAKER));
    load(it, 1, 0);
    load(it, 3, 40800);
    poke(it);
    double closed = -60 * log(1 - pow(1.29 / 2.55, 2));
    toy_for(it, (dd_time)((closed - 0.3) * 1e9));
    cr_expect(eq(u8, feeder_of(it)->live_phases, 7));
    toy_for(it, DD_SECOND / 2);
    expect_trip(it, DD_BREAKER_THERMAL);
    cr_expect(eq(i64, last(it, DD_REC_BREAKER)->value[1], 40800));
    toy_close(it);
}

// One that ends in time leaves it closed, but warm: the next trips sooner.
Test(feeder, an_overload_that_ends_leaves_it_warm) {
    toy_def def = street(3);
    toy *it = start(&def, 16, 0);
    load(it, 3, 40800);
    poke(it);
    toy_for(it, 10 * DD_SECOND);
    load(it, 3, 1000);
    poke(it);
    toy_for(it, 10 * DD_SECOND);
    cr_expect(eq(u8, feeder_of(it)->live_phases, 7));
    load(it, 3, 40800);
    poke(it);
    toy_for(it, 12 * DD_SECOND);
    cr_expect(eq(u8, feeder_of(it)->live_phases, 0), "cold it would have held 17 s");
    toy_close(it);
}

// Near the cabinet a short circuit trips the coil at once, and again at every closing.
Test(feeder, a_short_circuit_trips_at_once) {
    toy_def def = street(30);
    toy *it = start(&def, 16, TOY_BIT(DD_REC_BREAKER));
    toy_act(it, "fail lamp:L-1-4 short_circuit");
    expect_trip(it, DD_BREAKER_MAGNETIC);
    double closed = 220 / (2 * 120 * 1406e-6 + 0.1);
    cr_expect(epsilon_eq(dbl, (double)last(it, DD_REC_BREAKER)->value[1] / 1000, closed, 0.1));
    toy_act(it, "repair feeder:S-1-0 breaker");
    expect_trip(it, DD_BREAKER_MAGNETIC);
    toy_act(it, "repair lamp:L-1-4");
    toy_for(it, DD_MINUTE);
    expect_whole(it);
    toy_close(it);
}

// At the end of a long cable the loop lets too little through for the coil: the voltage is gone
// there at once, the bimetal opens after a while.
Test(feeder, a_far_short_circuit_trips_late) {
    toy_def def = street(30);
    def.spacing_m = 40;
    toy *it = start(&def, 16, TOY_BIT(DD_REC_BREAKER));
    toy_act(it, "fail lamp:L-1-24 short_circuit");
    double short_a = 220 / (2 * 960 * 1406e-6 + 0.1);
    cr_expect(epsilon_eq(dbl, feeder_of(it)->short_ma[0] / 1000.0, short_a, 0.1));
    cr_expect(lt(dbl, short_a, 16 * 7.5));
    cr_expect(eq(u8, feeder_of(it)->live_phases, 7));
    cr_expect(eq(u32, supplied(it), 27), "L1 is dead from pole 24 on: lamps 24, 27, 30");
    cr_expect(eq(u16, volts_dv(it, 24), 0));
    cr_expect(epsilon_eq(dbl, volts_dv(it, 12) / 10.0, 110, 8), "half-way half of it");
    cr_expect(gt(u16, volts_dv(it, 22), 2200), "the neutral's displacement lifts L2");
    double closed = -60 * log(1 - pow(1.29 * 16 / short_a, 2));
    toy_for(it, (dd_time)((closed + 1) * 1e9));
    expect_trip(it, DD_BREAKER_THERMAL);
    toy_close(it);
}

// --- Cable ---

Test(feeder, a_cut_cable_is_dead_from_there) {
    toy_def def = street(30);
    toy *it = start(&def, 25, TOY_BIT(DD_REC_FEEDER_SUPPLY));
    toy_act(it, "fail lamp:L-1-11 cable_cut");
    for (uint16_t lamp = 1; lamp <= 30; lamp++)
        cr_expect(eq(int, (toy_node(it, 1, lamp)->state & DD_NODE_SUPPLIED) != 0, lamp < 11));
    toy_act(it, "fail lamp:L-1-5 cable_cut");
    cr_expect(eq(u32, supplied(it), 4));
    toy_act(it, "repair lamp:L-1-11");
    cr_expect(eq(u32, supplied(it), 4), "still cut nearer");
    toy_act(it, "fail lamp:L-1-8 short_circuit");
    cr_expect(not(dd_feeder_failed(feeder_of(it), DD_FAULT_BREAKER)), "nothing feeds it");
    toy_act(it, "repair lamp:L-1-5");
    cr_expect(dd_feeder_failed(feeder_of(it), DD_FAULT_BREAKER), "now something does");
    toy_act(it, "repair lamp:L-1-8");
    expect_whole(it);
    toy_for(it, DD_SECOND);
    cr_expect(eq(sz, it->record_n, 2), "the cabinet sees a cut as little as its repair");
    toy_close(it);
}

// --- Leakage ---

static void rain(toy *it, double mm_per_h) {
    dd_domain *domain = toy_domain(it, 1);
    dd_weather_set(&dd_neighbourhood_of(domain)->weather, domain->now, mm_per_h,
                   it->def.settings.mesh_rain_wet_mm_h, dd_seconds(it->def.settings.mesh_dry_s));
    dd_cabinet_sky(domain, toy_segment(it, 1));
}

// A bad place warns when dry, opens the device in the rain, and stays open after it.
Test(feeder, leakage_grows_in_the_rain) {
    toy_def def = street(30);
    toy *it = start(&def, 25, TOY_BIT(DD_REC_BREAKER));
    rain(it, 40);
    cr_expect(eq(u16, feeder_of(it)->leakage_ma, 45), "30 drivers and 30 wet poles");
    cr_expect(not(feeder_of(it)->leaks));
    rain(it, 0);
    toy_for(it, DD_HOUR);
    toy_act(it, "fail feeder:S-1-0 leakage");
    cr_expect(feeder_of(it)->leaks);
    cr_expect(eq(u8, feeder_of(it)->live_phases, 7));
    rain(it, 40);
    expect_trip(it, DD_BREAKER_RESIDUAL);
    cr_expect(eq(u16, feeder_of(it)->leakage_ma, 45 + 375), "the device shows why it opened");
    toy_act(it, "repair feeder:S-1-0 breaker");
    expect_trip(it, DD_BREAKER_RESIDUAL);
    cr_expect(feeder_of(it)->leaks);
    rain(it, 0);
    toy_for(it, DD_HOUR);
    cr_expect(eq(u8, feeder_of(it)->live_phases, 0), "nobody has closed it");
    toy_act(it, "repair feeder:S-1-0 breaker");
    expect_whole(it);
    toy_act(it, "repair feeder:S-1-0");
    cr_expect(not(feeder_of(it)->leaks));
    toy_close(it);
}

// A flood opens every device; when the water is gone, it takes a hand to close it.
Test(feeder, a_flood_opens_it) {
    toy_def def = street(30);
    toy *it = start(&def, 25, TOY_BIT(DD_REC_BREAKER));
    toy_act(it, "fail segment:S-1-0 flooded");
    expect_trip(it, DD_BREAKER_RESIDUAL);
    toy_act(it, "repair segment:S-1-0");
    cr_expect(eq(u8, feeder_of(it)->live_phases, 0));
    toy_act(it, "repair feeder:S-1-0 leakage");
    cr_expect(eq(u8, feeder_of(it)->live_phases, 0), "there was none to repair");
    toy_act(it, "repair feeder:S-1-0");
    expect_whole(it);
    toy_close(it);
}

// Without a device the leak goes on.
Test(feeder, no_device_no_trip) {
    toy_def def = street(30);
    def.settings.power_rcd_ma = 0;
    toy *it = start(&def, 25, 0);
    toy_act(it, "fail segment:S-1-0 flooded");
    expect_whole(it);
    cr_expect(feeder_of(it)->leaks);
    toy_close(it);
}
