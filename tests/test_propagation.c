// The survey of the air: losses against the sources' own figures, tables against every pair.
#include "models/mesh/survey/noise.h"
#include "models/mesh/survey/survey.h"
#include "tests/toy_city.h"

#include <math.h>

// Facts B3: 14 m of canopy lose 6.2 dB at 0.92 GHz and 8.1 dB at 2.45 GHz, 50 m 13 and 17 dB.
Test(propagation, leaves_lose_what_weissberger_says) {
    cr_expect(le(int, abs(dd_foliage_loss_cdb(920000, 14) - 620), 5));
    cr_expect(le(int, abs(dd_foliage_loss_cdb(2450000, 14) - 810), 5));
    cr_expect(le(int, abs(dd_foliage_loss_cdb(920000, 50) - 1300), 50));
    cr_expect(le(int, abs(dd_foliage_loss_cdb(2450000, 50) - 1700), 50));
    cr_expect(eq(int, dd_foliage_loss_cdb(2450000, 0), 0));
    cr_expect(eq(int, dd_foliage_loss_cdb(2450000, 401), dd_foliage_loss_cdb(2450000, 400)));
    // At 14 m one formula takes over from the other; they differ by 0.1 dB there.
    cr_expect(
        le(int, abs(dd_foliage_loss_cdb(2450000, 14.01) - dd_foliage_loss_cdb(2450000, 14)), 20));
}

static dd_station_place at(float x, float y, uint32_t road, uint64_t stable) {
    return (dd_station_place){.x = x, .y = y, .ahead_x = 1, .road = road, .stable = stable};
}

static int32_t level(const dd_propagation *it, const dd_station_place *a,
                     const dd_station_place *b) {
    int32_t cdbm = 0;
    cr_assert(dd_propagation_level(it, a, b, dd_places_metres(a, b), INT32_MIN / 2, &cdbm));
    return cdbm;
}

// Medians of P.1411 as in facts B3, to the tenth of dB that they are told in.
Test(propagation, medians_are_those_of_p1411) {
    static const double metres[] = {30, 60, 100, 200, 400};
    static const double seen_db[2][5] = {{68.7, 75.1, 79.8, 86.2, 92.6},
                                         {59.8, 66.1, 70.9, 77.2, 83.6}};
    static const double hidden_db[2][5] = {{71.3, 80.4, 87.1, 96.1, 105.2},
                                           {62.5, 71.6, 78.3, 87.3, 96.4}};
    for (int preset = 1; preset <= 2; preset++) {
        toy_def def = toy_default();
        def.settings.mesh_preset = preset;
        def.settings.mesh_los_sigma_db = def.settings.mesh_nlos_sigma_db = 0;
        def.settings.mesh_leaves_seen_m = def.settings.mesh_leaves_hidden_m = 0;
        def.settings.mesh_sight_m = 400;
        toy *it = toy_open(&def);
        const dd_propagation *air = &it->world->survey->propagation;
        int32_t power = it->world->preset.tx_power_cdbm;
        for (int i = 0; i < 5; i++) {
            dd_station_place a = at(0, 0, 1, 1), b = at((float)metres[i], 0, 1, 2);
            cr_expect(
                le(dbl, fabs((power - level(air, &a, &b)) / 100.0 - seen_db[preset - 1][i]), 0.06));
            b.road = 2;
            cr_expect(le(dbl, fabs((power - level(air, &a, &b)) / 100.0 - hidden_db[preset - 1][i]),
                         0.06));
        }
        toy_close(it);
    }
}

Test(propagation, a_bend_ends_sight) {
    toy_def def = toy_default();
    toy *it = toy_open(&def);
    const dd_propagation *air = &it->world->survey->propagation;
    dd_station_place a = at(0, 0, 1, 1), b = at(100, 50, 1, 2); // 27 degrees aside
    cr_expect(dd_propagation_seen(air, &a, &b, dd_places_metres(&a, &b)));
    b.y = 65; // 33 degrees
    cr_expect(not(dd_propagation_seen(air, &a, &b, dd_places_metres(&a, &b))));
    b = at(100, 20, 1, 2);
    b.ahead_x = 0, b.ahead_y = 1; // the road has turned there
    cr_expect(not(dd_propagation_seen(air, &a, &b, dd_places_metres(&a, &b))));
    cr_expect(not(dd_propagation_seen(air, &b, &a, dd_places_metres(&a, &b))));
    b = at(0, 20, 1, 2); // across the road
    cr_expect(dd_propagation_seen(air, &a, &b, 20));
    b.road = 2;
    cr_expect(not(dd_propagation_seen(air, &a, &b, 20)));
    toy_close(it);
}

// Shadowing of many pairs: the model's mean and spread; the same both ways; another with each seed.
Test(propagation, shadows_are_normal_and_the_same_both_ways) {
    enum { PAIRS = 20000 };
    toy_def def = toy_default();
    def.settings.mesh_leaves_hidden_m = 0;
    toy *it = toy_open(&def);
    dd_propagation air = it->world->survey->propagation;
    double sum = 0, squares = 0;
    for (uint64_t i = 0; i < PAIRS; i++) {
        dd_station_place a = at(0, 0, 1, 2 * i), b = at(100, 0, 2, 2 * i + 1);
        double one = level(&air, &a, &b) / 100.0;
        cr_assert(eq(int, level(&air, &a, &b), level(&air, &b, &a)));
        sum += one;
        squares += one * one;
    }
    double mean = sum / PAIRS, sigma = sqrt(squares / PAIRS - mean * mean);
    cr_expect(le(dbl, fabs(mean - (8 - 87.1)), 0.1), "%f", mean);
    cr_expect(le(dbl, fabs(sigma - 3.07), 0.06), "%f", sigma);
    toy_close(it);
}

// Leaves are exponential about their mean, and never more than the path.
Test(propagation, leaves_have_the_mean_that_is_set) {
    enum { PAIRS = 20000 };
    toy_def def = toy_default();
    def.settings.mesh_nlos_sigma_db = 0;
    def.settings.mesh_leaves_hidden_m = 10;
    toy *it = toy_open(&def);
    const dd_propagation *air = &it->world->survey->propagation;
    double metres = 0;
    for (uint64_t i = 0; i < PAIRS; i++) {
        dd_station_place a = at(0, 0, 1, 2 * i), b = at(100, 0, 2, 2 * i + 1);
        int32_t lost =
            it->world->preset.tx_power_cdbm - air->loss_hidden[1000] - level(air, &a, &b);
        int depth = 0;
        while (depth < 1000 && air->loss_canopy[depth] < lost)
            depth++;
        cr_assert(lt(int, depth, 1001));
        metres += depth / 10.0;
    }
    cr_expect(le(dbl, fabs(metres / PAIRS - 10), 0.3), "%f", metres / PAIRS);
    toy_close(it);
}

// --- The tables against every pair ---

static toy_def streets(double preset) {
    toy_def def = toy_default();
    def.segment_n = 4;
    def.lamp_n = 40;
    def.settings.mesh_preset = preset;
    return def;
}

static int32_t heard(const toy *it, uint32_t a, uint32_t b) {
    const dd_survey *survey = it->world->survey;
    const dd_station_place *x = &survey->places.all[a], *y = &survey->places.all[b];
    int32_t level;
    if (!dd_propagation_level(&survey->propagation, x, y, dd_places_metres(x, y), INT32_MIN / 2,
                              &level))
        return INT32_MIN;
    return level - dd_channel_rejection(&survey->plan, x->segment, y->segment);
}

static void expect_all_links(const toy *it) {
    const dd_survey *survey = it->world->survey;
    int32_t cut = dd_propagation_cut(it->world);
    uint32_t seen = 0;
    for (uint32_t a = 0; a < survey->places.n; a++)
        for (uint32_t b = 0; b < survey->places.n; b++) {
            uint32_t s = survey->places.all[a].segment, t = survey->places.all[b].segment;
            if (it->world->domain[s] != it->world->domain[t]) continue;
            const dd_links *links = &survey->links[it->world->domain[s] - DD_FIRST_SEGMENT_DOMAIN];
            uint32_t from = it->world->station[s] + a - survey->places.first[s];
            uint32_t to = it->world->station[t] + b - survey->places.first[t];
            cr_assert(eq(u64, links->stable[from], survey->places.all[a].stable));
            cr_assert(
                eq(int, links->channel[from] + survey->plan.band->first, survey->plan.channel[s]));
            int32_t level = a == b ? INT32_MIN : heard(it, a, b);
            int32_t wanted = level >= cut ? level : DD_LINK_NONE;
            cr_assert(eq(int, dd_links_level(links, from, to), wanted), "%u to %u", from, to);
            seen += wanted != DD_LINK_NONE;
        }
    cr_expect(gt(u32, seen, 1000));
}

Test(propagation, links_are_those_of_every_pair) {
    for (int preset = 1; preset <= 3; preset++) {
        toy_def def = streets(preset);
        toy *it = toy_open(&def);
        expect_all_links(it);
        toy_close(it);
    }
    toy_def def = streets(1); // all on one channel, in one domain
    def.settings.mesh_channel = 20;
    def.settings.mesh_couple_db = -200;
    def.settings.mesh_reach_m = 1500;
    toy *it = toy_open(&def);
    expect_all_links(it);
    toy_close(it);
}

// Whoever sends all the time hums: the sum, by hand, of what lies below the cut.
Test(propagation, what_is_no_link_is_noise) {
    toy_def def = streets(1);
    def.settings.mesh_channel = 20;
    def.settings.mesh_cut_db = 10;
    def.settings.mesh_activity = 100;
    def.settings.mesh_reach_m = 2000;
    toy *it = toy_open(&def);
    const dd_survey *survey = it->world->survey;
    int32_t floor = dd_radio_noise_cdbm(&it->world->radio), cut = dd_propagation_cut(it->world);
    for (uint32_t a = 0; a < survey->places.n; a += 7) {
        double sum = pow(10, floor / 1000.0);
        for (uint32_t b = 0; b < survey->places.n; b++) {
            const dd_station_place *x = &survey->places.all[a], *y = &survey->places.all[b];
            int32_t level = INT32_MAX; // typical where it cannot be the cut
            if (a != b)
                dd_propagation_level(&survey->propagation, x, y, dd_places_metres(x, y), cut,
                                     &level);
            bool apart = it->world->domain[x->segment] != it->world->domain[y->segment];
            if (a != b && (level < cut || apart)) sum += pow(10, level / 1000.0);
        }
        uint32_t s = survey->places.all[a].segment;
        const dd_links *links = &survey->links[it->world->domain[s] - DD_FIRST_SEGMENT_DOMAIN];
        double told = links->noise_cdbm[it->world->station[s] + a - survey->places.first[s]];
        cr_expect(le(dbl, fabs(told - 1000 * log10(sum)), 50), "%f, by hand %f", told,
                  1000 * log10(sum));
        cr_expect(gt(dbl, told, floor));
    }
    toy_close(it);
}

// Far beyond the cells around: as many hidden stations at their distance.
Test(propagation, the_far_field_is_the_sum_of_its_stations) {
    toy_def def = toy_default();
    def.segment_n = 3; // streets 1 km apart
    def.settings.mesh_channel = 20;
    def.settings.mesh_reach_m = 200;
    def.settings.mesh_los_a = 1;
    def.settings.mesh_activity = 100;
    def.settings.mesh_nlos_a = 1;
    def.settings.mesh_nlos_b = 50;
    def.settings.mesh_leaves_hidden_m = 0;
    toy *it = toy_open(&def);
    const dd_survey *survey = it->world->survey;
    double sums[200] = {0}, by_hand = 0;
    dd_error error;
    cr_assert(lt(u32, survey->places.n, 200));
    cr_assert(dd_noise_add_far(sums, &survey->places, &survey->propagation, &survey->plan, &error));
    for (uint32_t b = survey->places.first[2]; b < survey->places.n; b++)
        by_hand +=
            pow(10, dd_propagation_typical(
                        &survey->propagation,
                        (double)dd_places_metres(&survey->places.all[15], &survey->places.all[b])) /
                            1000.0 +
                        12);
    for (uint32_t b = 0; b < survey->places.first[2]; b++) { // its own, from two cells away
        double metres = (double)dd_places_metres(&survey->places.all[15], &survey->places.all[b]);
        if (metres > 300)
            by_hand += pow(10, dd_propagation_typical(&survey->propagation, metres) / 1000.0 + 12);
    }
    cr_expect(le(dbl, fabs(10 * log10(sums[15] / by_hand)), 1), "%g, by hand %g", sums[15],
              by_hand);
    toy_close(it);
}
