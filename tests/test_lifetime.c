// Luminaires fail by age and chance as their risks say, whoever else there is; a bad batch sooner.
#include "tests/toy_city.h"

#include "models/light/lifetime.h"
#include "models/program_text.h"

#include <math.h>

#define YEAR (365 * DD_DAY + 6 * DD_HOUR)

static const uint32_t together[TOY_SEGMENTS_MAX + 1] = {0, 1, 1, 1, 1, 1, 1, 1, 1};

// The lamps' own lives only: radios off, nights of twelve hours.
static toy_def long_run(uint32_t segments, uint32_t lamps) {
    toy_def def = toy_default();
    def.segment_n = segments;
    def.lamp_n = lamps;
    def.kind = DD_STREET_75;
    def.start = "2020-08-03 12:00";
    def.settings.mesh_off = 1;
    def.settings.centre_poll_s = 86400;
    def.settings.controller_clock_s = 1e6;
    def.settings.citizens_per_day = 0;
    def.settings.grid_outages = 0;
    def.settings.nature = 1;
    def.settings.sky_storms = 0;
    def.settings.sky_rain = 0;
    def.neighbourhood = together; // one sky for all
    def.program.point_n = 0;
    dd_program_add(&def.program, "18:00", 100, NULL);
    dd_program_add(&def.program, "06:00", 0, NULL);
    return def;
}

// Nobody polls: controllers are dead, and the lamps keep their schedules.
static void be_alone(toy *it) {
    for (uint32_t s = 1; s <= it->def.segment_n; s++)
        dd_fault_set(it->world, dd_world_entity(it->world, DD_ENTITY_SEGMENT, s),
                     DD_FAULT_CONTROLLER, true);
    dd_stream_flush(&it->world->engine->stream);
    it->record_n = 0;
}

static toy *start_alone(const toy_def *def, uint64_t mask) {
    toy *it = toy_start(def, mask);
    be_alone(it);
    return it;
}

static dd_node *node_of(const toy *it, uint32_t lamp) {
    return toy_node(it, it->lamps[lamp].segment, toy_number(it, lamp));
}

// --- The risks, as facts A3 and the catalogue give them ---

static const struct {
    dd_fault_kind fault;
    double infant, constant, wearout; // shares
} shares[] = {{DD_FAULT_DRIVER_DEAD, 0.5, 0.5, 0.6},   {DD_FAULT_LED_OPEN, 0.2, 0.15, 0.08},
              {DD_FAULT_LED_SHORT, 0.1, 0.1, 0.05},    {DD_FAULT_CYCLING, 0.05, 0.05, 0.2},
              {DD_FAULT_NO_DIMMING, 0, 0.08, 0},       {DD_FAULT_BUS_OPEN, 0.1, 0.05, 0},
              {DD_FAULT_RELAY_OPEN, 0.05, 0.03, 0.03}, {DD_FAULT_STUCK_ON, 0, 0.02, 0.04},
              {DD_FAULT_OVERHEATING, 0, 0.02, 0}};
enum { MODES = DD_COUNT(shares) };

// The failures expected by mode of a lamp that burns from one age to another: 0.3 % in the first
// 500 h, 0.15 % in 1,000 h, Weibull with 120,000 h and shape 2 at 25 °C, 2^0.1 sooner at 26.
static void expect(double from_h, double to_h, double counts[MODES]) {
    double infant = -log(1 - 0.003) * (fmin(to_h, 500) - fmin(from_h, 500)) / 500;
    double constant = 1.5e-6 * (to_h - from_h);
    double eta = 120000 / exp2(0.1);
    double wearout = pow(to_h / eta, 2) - pow(from_h / eta, 2);
    for (size_t m = 0; m < MODES; m++)
        counts[m] +=
            shares[m].infant * infant + shares[m].constant * constant + shares[m].wearout * wearout;
}

// The 99 % interval of a count of rare independent events.
static bool likely(double count, double expected) {
    return fabs(count - expected) <= 2.576 * sqrt(expected) + 0.5;
}

// --- 10,000 lamp-years ---

typedef struct life {
    double from_h[TOY_LAMPS_MAX]; // its age when it was last new, or at the start
    double expected[MODES], count[MODES], node_dead;
} life;

static void end_spell(const toy *it, uint32_t lamp, life *all) {
    const dd_node *node = node_of(it, lamp);
    expect(all->from_h[lamp], dd_lifetime_burning_h(node), all->expected);
}

// Counts the failures of the month and mends them.
static void mend(toy *it, life *all) {
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        if (!record->value[1]) continue; // our own repair
        for (size_t m = 0; m < MODES; m++)
            all->count[m] += record->value[0] == shares[m].fault;
        all->node_dead += record->value[0] == DD_FAULT_NODE_DEAD;
    }
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++) {
        dd_node *node = node_of(it, lamp);
        if (!node->faults) continue;
        bool node_only = !(node->faults & ~(1u << DD_FAULT_NODE_DEAD | 1u << DD_FAULT_NODE_METER));
        if (!node_only) end_spell(it, lamp, all);
        dd_fault_repair_all(it->world, lamp);
        if (node_only) continue;
        cr_expect(lt(u32, dd_lifetime_burning_h(node), 4), "a new luminaire");
        all->from_h[lamp] = 0;
    }
    it->record_n = 0;
}

// Of 4,383 h: 500 lamps that burn day and night for ten years.
Test(lifetime, ten_thousand_lamp_years) {
    enum { YEARS = 10, LAMPS = 500 };
    toy_def def = long_run(5, LAMPS / 5);
    def.program.point_n = 0;
    dd_program_add(&def.program, "00:00", 100, NULL);
    toy *it = start_alone(&def, TOY_BIT(DD_REC_FAULT));
    life all = {.node_dead = 0};
    double age_h = 0, total = 0, expected = 0;
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++) {
        const dd_node *node = node_of(it, lamp);
        age_h += all.from_h[lamp] = dd_lifetime_burning_h(node);
    }
    cr_expect(lt(dbl, fabs(age_h / LAMPS - 1000), 2.576 * 2000 / sqrt(12.0 * LAMPS)));
    for (int month = 0; month < 12 * YEARS; month++) {
        toy_for(it, YEAR / 12);
        mend(it, &all);
    }
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++)
        end_spell(it, lamp, &all);
    for (size_t m = 0; m < MODES; m++) {
        cr_expect(likely(all.count[m], all.expected[m]), "%s: %g, not %.1f",
                  dd_fault_names[shares[m].fault], all.count[m], all.expected[m]);
        total += all.count[m];
        expected += all.expected[m];
    }
    cr_expect(likely(total, expected), "%g, not %.1f", total, expected);
    double dead = 5e-7 * 8766 * YEARS * LAMPS;
    cr_expect(likely(all.node_dead, dead), "%g nodes, not %.1f", all.node_dead, dead);
    toy_close(it);
}

// --- One lamp's luck ---

// The failures of a run by chance, by lamp's name and fault; `skip` is left out.
static size_t failures(const toy_def *def, dd_time lasts, const char *skip, char lines[][64],
                       size_t most) {
    toy *it = start_alone(def, TOY_BIT(DD_REC_FAULT));
    toy_for(it, lasts);
    size_t n = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        const char *name = it->world->entities.all[record->entity].name;
        if (skip && strcmp(name, skip) == 0) continue;
        cr_assert(lt(sz, n, most));
        snprintf(lines[n++], 64, "%lld %s %lld", (long long)record->time, name,
                 (long long)record->value[0]);
    }
    toy_close(it);
    return n;
}

static int by_text(const void *a, const void *b) {
    return strcmp(a, b);
}

// A lamp more, or another division into domains, changes nobody else's luck; another seed does.
Test(lifetime, is_each_lamps_own) {
    static char lines[4][500][64];
    static const uint32_t apart[] = {0, 1, 2};
    toy_def def = long_run(2, 40);
    def.settings.light_failures = 300;
    size_t n[4];
    n[0] = failures(&def, 60 * DD_DAY, NULL, lines[0], 500);
    def.one_more_in = 1;
    n[1] = failures(&def, 60 * DD_DAY, "L-1-41", lines[1], 500);
    def.one_more_in = 0;
    def.neighbourhood = apart;
    n[2] = failures(&def, 60 * DD_DAY, NULL, lines[2], 500);
    def.seed = 2;
    n[3] = failures(&def, 60 * DD_DAY, NULL, lines[3], 500);
    for (size_t k = 0; k < 4; k++)
        qsort(lines[k], n[k], sizeof lines[k][0], by_text);
    cr_expect(gt(sz, n[0], 20));
    for (size_t k = 1; k < 3; k++) {
        cr_assert(eq(sz, n[k], n[0]));
        for (size_t i = 0; i < n[0]; i++)
            cr_expect(eq(str, lines[k][i], lines[0][i]));
    }
    cr_expect(memcmp(lines[3], lines[0], sizeof lines[0]) != 0);
}

Test(lifetime, nothing_by_chance_in_a_calm_time) {
    toy_def def = long_run(1, 50);
    def.settings.nature = 0;
    def.settings.light_failures = 1000;
    toy *it = start_alone(&def, TOY_BIT(DD_REC_FAULT));
    toy_for(it, 60 * DD_DAY);
    cr_expect(eq(sz, it->record_n, 0));
    toy_close(it);
}

// Gear fails when it burns; nodes fail by day as well.
Test(lifetime, gear_fails_at_night) {
    toy_def def = long_run(4, 100);
    def.settings.light_failures = 200;
    toy *it = start_alone(&def, TOY_BIT(DD_REC_FAULT));
    toy_for(it, 60 * DD_DAY);
    size_t by_day = 0, at_night = 0, nodes_by_day = 0;
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        int hour = dd_civil_at(&it->world->def.calendar, record->time).hour;
        bool day = hour >= 6 && hour < 18;
        bool node =
            record->value[0] == DD_FAULT_NODE_DEAD || record->value[0] == DD_FAULT_NODE_METER;
        nodes_by_day += day && node;
        // a node that is dead leaves its lamp at the failure level: it burns by day
        bool orphan = node_of(it, record->entity)->faults >> DD_FAULT_NODE_DEAD & 1;
        bool stuck = node_of(it, record->entity)->faults >> DD_FAULT_STUCK_ON & 1;
        by_day += day && !node && !orphan && !stuck;
        at_night += !day && !node;
    }
    cr_expect(eq(sz, by_day, 0));
    cr_expect(gt(sz, at_night, 40));
    cr_expect(gt(sz, nodes_by_day, 0));
    toy_close(it);
}

// 10 °C hotter, a luminaire wears out twice as fast: as many fail as if it had burned twice as
// long. The same with a bad heat path, which is 20 °C.
Test(lifetime, heat) {
    double cases[][2] = {{25, 0}, {35, 0}, {25, 1}};
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        toy_def def = long_run(5, 100);
        def.settings.light_ambient_c = cases[i][0];
        def.settings.light_age_h = 0;
        toy *it = toy_open(&def);
        dd_luminaire_model *model = &it->world->def.catalogue.models[DD_STREET_75];
        model->infant_ppm = model->constant_per_gh = 0;
        model->wearout_h = 10000;
        model->wearout_pm = 2000;
        dd_twin_start(it->world);
        for (uint32_t lamp = 1; cases[i][1] && lamp < it->city.lamp_n; lamp++)
            dd_fault_set(it->world, lamp, DD_FAULT_OVERHEATING, true);
        toy_for(it, 100 * DD_DAY);
        double failed = 0, hours = 1200 * exp2((cases[i][0] - 25 + 20 * cases[i][1]) / 10);
        for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++) // dark, or once failed at least
            failed += (node_of(it, lamp)->faults &
                       ~(1u << DD_FAULT_OVERHEATING | 1u << DD_FAULT_NODE_DEAD |
                         1u << DD_FAULT_NODE_METER)) != 0;
        double expected = 500 * (1 - exp(-pow(hours / 10000, 2)));
        cr_expect(lt(dbl, fabs(failed - expected), 2.576 * sqrt(expected) + 0.5), "%g, not %.1f",
                  failed, expected);
        toy_close(it);
    }
}

// Sodium lamps have no nodes and burn from dusk to dawn; most of them end in cycling.
Test(lifetime, of_sodium_lamps) {
    toy_def def = long_run(8, 30);
    def.kind = DD_HPS_150;
    def.settings.light_ambient_c = 25;
    toy *it = start_alone(&def, TOY_BIT(DD_REC_FAULT));
    double from_h[TOY_LAMPS_MAX], burned_h = 0, failed = 0, cycling = 0;
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++)
        from_h[lamp] = dd_lifetime_burning_h(node_of(it, lamp));
    toy_for(it, 100 * DD_DAY);
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++) {
        failed += node_of(it, lamp)->faults != 0;
        cycling += node_of(it, lamp)->faults >> DD_FAULT_CYCLING & 1;
        burned_h = fmax(burned_h, dd_lifetime_burning_h(node_of(it, lamp)) - from_h[lamp]);
    }
    cr_expect(lt(dbl, fabs(burned_h - 100 * 11.8), 30)); // August to November
    double expected = 0, ends = 0;
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++) {
        double end = pow((from_h[lamp] + burned_h) / 24000, 3) - pow(from_h[lamp] / 24000, 3);
        double infant = -log(1 - 0.005) * (500 - fmin(from_h[lamp], 500)) / 500;
        expected += 1 - exp(-end - infant - 5e-6 * burned_h);
        ends += 1 - exp(-0.6 * end);
    }
    cr_expect(likely(failed, expected), "%g, not %.1f", failed, expected);
    cr_expect(likely(cycling, ends), "%g, not %.1f", cycling, ends);
    for (size_t i = 0; i < it->record_n; i++) // a lamp has no node to lose
        cr_expect(ne(i64, it->records[i].value[0], DD_FAULT_NODE_DEAD));
    toy_close(it);
}

// Lamps with dead nodes burn day and night: they fail when they are due, though nothing ever
// switches them.
Test(lifetime, of_lamps_that_nobody_switches) {
    toy_def def = long_run(5, 100);
    def.settings.light_ambient_c = 25;
    def.settings.light_age_h = 0;
    toy *it = toy_open(&def);
    dd_luminaire_model *model = &it->world->def.catalogue.models[DD_STREET_75];
    model->wearout_h = 6000;
    dd_twin_start(it->world);
    be_alone(it);
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++)
        dd_fault_set(it->world, lamp, DD_FAULT_NODE_DEAD, true);
    toy_for(it, 100 * DD_DAY);
    double failed = 0, expected = 500 * (1 - exp(-0.16 - 0.003 - 1.5e-6 * 2400)); // (2400/6000)^2
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++)
        failed += (node_of(it, lamp)->faults &
                   ~(1u << DD_FAULT_NODE_DEAD | 1u << DD_FAULT_NODE_METER)) != 0;
    cr_expect(likely(failed, expected), "%g, not %.1f", failed, expected);
    toy_close(it);
}

// A driver with constant light output begins reduced, and takes more as its light source fades.
Test(lifetime, constant_light_output_costs_more_every_year) {
    toy_def def = long_run(1, 3);
    def.settings.nature = 0;
    def.settings.light_age_h = 0;
    toy *it = toy_open(&def);
    dd_luminaire_model *model = &it->world->def.catalogue.models[DD_STREET_75];
    model->clo_pm = 800;
    model->decay_per_gh = 20000;
    dd_twin_start(it->world);
    toy_until(it, "22:00");
    for (int year = 0; year < 4; year++) {
        double drive = fmin(1, 0.8 * exp(20e-6 * dd_lifetime_burning_h(toy_node(it, 1, 1))));
        double power = 75 * (0.1 + 0.9 * (drive * 100 - 1) / 99) + 1.5;
        cr_expect(lt(dbl, fabs(toy_node(it, 1, 1)->power_mw / 1e3 - power), 0.2), "year %d", year);
        cr_expect(eq(u16, toy_node(it, 1, 1)->light_pm, 1000));
        toy_for(it, 365 * DD_DAY);
    }
    cr_expect(eq(u32, toy_node(it, 1, 1)->power_mw, 76500));
    toy_close(it);
}

// --- A bad batch ---

typedef struct strikes {
    uint32_t members, good, bad; // failures of members by the batch's fault; of anybody else's
} strikes;

static strikes play_batch(const toy_def *def, double share, double factor, bool *member) {
    toy *it = start_alone(def, TOY_BIT(DD_REC_FAULT));
    uint32_t lamps[TOY_LAMPS_MAX], n = 0;
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++)
        lamps[n++] = lamp;
    dd_error error = {DD_OK, ""};
    dd_batch_def batch = {lamps, n, (uint32_t)(share * 1e6), DD_FAULT_LED_SHORT, factor};
    uint32_t number = dd_batch_add(it->world, &batch, &error);
    cr_assert(number != 0, "%s", error.text);
    toy_for(it, 200 * DD_DAY);
    strikes found = {0};
    for (uint32_t lamp = 1; lamp < it->city.lamp_n; lamp++)
        found.members += member[lamp] = dd_batch_holds(it->world, number, lamp);
    for (size_t i = 0; i < it->record_n; i++) {
        const dd_record *record = &it->records[i];
        bool of_batch = member[record->entity] && record->value[0] == DD_FAULT_LED_SHORT;
        found.good += of_batch;
        found.bad += !of_batch;
    }
    toy_close(it);
    return found;
}

// Its members are chosen by themselves, and fail as the risk says at so many times the speed; with
// nature off nobody else does.
Test(lifetime, bad_batch) {
    toy_def def = long_run(5, 100);
    def.settings.nature = 0;
    def.settings.light_age_h = 0;
    bool member[TOY_LAMPS_MAX] = {false}, again[TOY_LAMPS_MAX] = {false};
    const double share = 0.4, factor = 60, hours = 2400;
    strikes found = play_batch(&def, share, factor, member);
    cr_expect(lt(dbl, fabs(found.members - 200.0), 2.576 * sqrt(500 * share * (1 - share))));
    double counts[MODES] = {0};
    expect(0, factor * hours, counts);
    double expected = found.members * (1 - exp(-counts[2])); // of led_short; each fails once
    cr_expect(gt(dbl, expected, 10));
    cr_expect(likely(found.good, expected), "%u, not %.1f", found.good, expected);
    cr_expect(eq(u32, found.bad, 0));
    def.one_more_in = 5;
    strikes more = play_batch(&def, share, factor, again);
    cr_expect(memcmp(member, again, 501 * sizeof *member) == 0);
    cr_expect(lt(u32, more.good - found.good, 2));
}

Test(lifetime, refuses_batches) {
    toy_def def = long_run(1, 3);
    toy *it = toy_start(&def, 0);
    const uint32_t lamps[] = {1, 2, 3};
    dd_error error;
    dd_batch_def batches[] = {{lamps, 3, 1000000, DD_FAULT_CABLE_CUT, 2},
                              {lamps, 3, 1000000, DD_FAULT_LED_OPEN, 0.5},
                              {lamps, 3, 0, DD_FAULT_LED_OPEN, 2},
                              {lamps, 3, 1000001, DD_FAULT_LED_OPEN, 2}};
    for (size_t i = 0; i < DD_COUNT(batches); i++)
        cr_expect(eq(u32, dd_batch_add(it->world, &batches[i], &error), 0));
    batches[0].fault = DD_FAULT_DRIVER_DEAD;
    for (uint32_t i = 1; i < DD_BATCHES_MAX; i++)
        cr_expect(eq(u32, dd_batch_add(it->world, &batches[0], &error), i));
    cr_expect(eq(u32, dd_batch_add(it->world, &batches[0], &error), 0));
    toy_close(it);
}
