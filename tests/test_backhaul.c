#include "models/backhaul/backhaul.h"

#include "engine/random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>

static dd_backhaul_profile profile_of(const char *name) {
    dd_backhaul_profile profile;
    dd_error error = {0};
    const dd_backhaul_def *def = dd_backhaul_find(name, &error);
    cr_assert(ne(ptr, (void *)def, NULL), "%s", error.text);
    cr_assert(dd_backhaul_build(&profile, def, &error), "%s", error.text);
    return profile;
}

static uint32_t word_at(double quantile) {
    return (uint32_t)(quantile * 4294967296.0);
}

static uint32_t draw(uint64_t i) {
    return dd_random(7, 1, 1, i).v[0];
}

Test(backhaul, quantiles) {
    for (const dd_backhaul_def *def = dd_backhaul_defs; def->name; def++) {
        dd_backhaul_profile p = profile_of(def->name);
        double median_us = (double)dd_backhaul_latency(&p, word_at(0.5)) / 1e3;
        double p99_us = (double)dd_backhaul_latency(&p, word_at(0.99)) / 1e3;
        cr_expect(epsilon_eq(dbl, median_us / def->median_us, 1, 0.002), "%s", def->name);
        cr_expect(epsilon_eq(dbl, p99_us / def->p99_us, 1, 0.01), "%s", def->name);
        dd_time last = 0;
        for (uint32_t i = 0; i < DD_BACKHAUL_QUANTILES; i++) {
            dd_time here = dd_backhaul_latency(&p, i << 20);
            cr_assert(ge(i64, here, last));
            cr_assert(ge(i64, here, def->floor));
            last = here;
        }
    }
}

// Of the slowest there is a measured mean: 837 ms there and back.
Test(backhaul, mean_of_nb_iot) {
    dd_backhaul_profile p = profile_of("nb-iot");
    double sum_ms = 0;
    for (uint32_t i = 0; i < DD_BACKHAUL_QUANTILES; i++)
        sum_ms += p.latency_us[i] / 1e3;
    cr_expect(epsilon_eq(dbl, 2 * sum_ms / DD_BACKHAUL_QUANTILES, 837, 8));
}

Test(backhaul, floor_holds_where_the_lognormal_goes_below) {
    dd_backhaul_def def = *dd_backhaul_find("lte", NULL);
    def.floor = 22000 * DD_MICROSECOND + 1;
    dd_backhaul_profile p;
    cr_assert(dd_backhaul_build(&p, &def, NULL));
    cr_expect(eq(i64, dd_backhaul_latency(&p, 0), 22001 * DD_MICROSECOND));
}

Test(backhaul, latency_ends_at_an_hour) {
    dd_backhaul_def def = *dd_backhaul_find("nb-iot", NULL);
    def.median_us = 60000000;
    def.p99_us = UINT32_MAX;
    dd_backhaul_profile p;
    cr_assert(dd_backhaul_build(&p, &def, NULL));
    cr_expect(eq(i64, dd_backhaul_latency(&p, UINT32_MAX), DD_HOUR));
}

// Steady loss beta/(alpha + beta) and mean burst 1/alpha, each within five standard errors.
Test(backhaul, losses_come_in_bursts) {
    enum { PACKETS = 2000000 };
    static const char *const names[] = {"lte", "lte-poor", "3g", "nb-iot"};
    for (size_t n = 0; n < DD_COUNT(names); n++) {
        dd_backhaul_profile p = profile_of(names[n]);
        double alpha = p.def.alpha_ppm / 1e6, beta = p.def.beta_ppm / 1e6;
        uint8_t state = 0;
        uint32_t lost = 0, bursts = 0;
        for (uint64_t i = 0; i < PACKETS; i++) {
            bool was = state;
            bool is = dd_backhaul_lost(&p, &state, draw(i));
            lost += is;
            bursts += is && !was;
        }
        double share = beta / (alpha + beta);
        double bursts_expected = PACKETS * beta * (1 - share);
        double tolerance = 5 * sqrt(2 / bursts_expected); // of a sum of so many exponentials
        cr_expect(epsilon_eq(dbl, lost / (PACKETS * share), 1, tolerance), "%s", names[n]);
        cr_expect(epsilon_eq(dbl, alpha * lost / bursts, 1, tolerance), "%s", names[n]);
    }
}

Test(backhaul, unknown_names_suggest_the_nearest) {
    dd_error error = {0};
    cr_expect(zero(ptr, (void *)dd_backhaul_find("fiber", &error)));
    cr_expect(eq(int, error.status, DD_WRONG));
    cr_expect(ne(ptr, strstr(error.text, "'fibre'?"), NULL), "%s", error.text);
    cr_expect(zero(ptr, (void *)dd_backhaul_find("carrier pigeon", &error)));
    cr_expect(ne(ptr, strstr(error.text, "fibre, lte, lte-poor, 3g and nb-iot"), NULL), "%s",
              error.text);
    cr_expect(zero(ptr, strstr(error.text, "did you mean")), "%s", error.text);
}

Test(backhaul, senseless_figures_are_refused) {
    const dd_backhaul_def good = *dd_backhaul_find("lte", NULL);
    dd_backhaul_def bad[12];
    for (size_t i = 0; i < DD_COUNT(bad); i++)
        bad[i] = good;
    bad[0].floor = 0;
    bad[1].floor = DD_SECOND;
    bad[2].p99_us = good.median_us - 1;
    bad[3].p99_us = UINT32_MAX;
    bad[4].bytes_per_s = 0;
    bad[5].alpha_ppm = 0;
    bad[6].beta_ppm = 1000001;
    bad[7].mtbf_h = 0;
    bad[8].median_us = bad[8].p99_us = UINT32_MAX;
    bad[9].mttr_min = 24 * 60 + 1;
    bad[10].idle_after = -1;
    bad[11].promotion = DD_HOUR + 1;
    for (size_t i = 0; i < DD_COUNT(bad); i++) {
        dd_backhaul_profile p;
        dd_error error = {0};
        cr_expect(not(dd_backhaul_build(&p, &bad[i], &error)), "number %zu", i);
        cr_expect(ne(ptr, strstr(error.text, "backhaul profile 'lte': "), NULL));
    }
}
