// Ground flashes: how many, when, where and how strong, against the distributions' closed forms.
#include "models/sky/climate.h"
#include "models/sky/flash.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLOT = 2650000 };

static uint32_t count(uint64_t seed, uint32_t storm, dd_square square, int64_t slot, uint32_t rate,
                      double *x, double *y, double *ms) {
    dd_flashes walk = dd_flashes_of(seed, storm, square, slot, rate);
    uint32_t n = 0;
    int64_t before = slot * DD_SLOT_S * 1000;
    for (dd_flash flash; dd_flashes_next(&walk, &flash); n++) {
        cr_assert_geq(flash.local_ms, before);
        cr_assert_lt(flash.local_ms, (slot + 1) * DD_SLOT_S * 1000);
        cr_assert_lt(flash.x_dm, 20000);
        cr_assert_lt(flash.y_dm, 20000);
        before = flash.local_ms;
        *x += flash.x_dm / 20000.0;
        *y += flash.y_dm / 20000.0;
        *ms += (double)(flash.local_ms - slot * DD_SLOT_S * 1000) / (DD_SLOT_S * 1000);
    }
    return n;
}

// Mean and variance of a Poisson count, from storms to a drizzle of one flash in a thousand slots.
Test(flash, counts_are_poissons) {
    static const uint32_t rates[] = {250, 25000, 500000, 5000000}; // on a million km² a slot
    for (size_t r = 0; r < 4; r++) {
        double expected = rates[r] * 4e-6, sum = 0, squares = 0, x = 0, y = 0, ms = 0;
        int n = r ? 20000 : 400000;
        for (int i = 0; i < n; i++) {
            uint32_t k = count(7, 0, (dd_square){i % 20, -i % 7}, SLOT + i, rates[r], &x, &y, &ms);
            sum += k;
            squares += (double)k * k;
        }
        double mean = sum / n, error = sqrt(expected / n);
        cr_expect_float_eq(mean, expected, 4 * error, "%g for %g", mean, expected);
        cr_expect_float_eq(squares / n - mean * mean, expected, 0.06 * expected + 5 * error);
        if (!r) continue;
        double middle = 4 * sqrt(1 / 12.0 / sum);
        cr_expect_float_eq(x / sum, 0.5, middle);
        cr_expect_float_eq(y / sum, 0.5, middle);
        cr_expect_float_eq(ms / sum, 0.5, middle);
    }
}

static int by_size(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// Log-normal, median 30 kA, sigma 0.605: 5 % above 81.2 kA, 5 % below 11.1 kA.
Test(flash, currents_are_log_normal) {
    enum { N = 65536 };
    static uint32_t amperes[N];
    for (uint32_t i = 0; i < N; i++)
        amperes[i] = dd_flash_current_a(i << 16);
    qsort(amperes, N, sizeof *amperes, by_size);
    static const struct {
        double share, z;
    } rows[] = {{0.05, -1.6449}, {0.25, -0.6745}, {0.5, 0},
                {0.75, 0.6745},  {0.95, 1.6449},  {0.99, 2.3263}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double judged = 30000 * exp(0.605 * rows[i].z);
        cr_expect_float_eq(amperes[(int)(rows[i].share * N)], judged, 0.01 * judged, "%g",
                           rows[i].share);
    }
    cr_expect_leq(amperes[N - 1], 300000);
    cr_expect_geq(amperes[0], 2000);
}

Test(flash, are_a_function_of_seed_storm_square_and_slot) {
    double unused = 0;
    int differ = 0;
    for (int i = 0; i < 200; i++) {
        dd_square here = {i, 3}, there = {i, 4};
        uint32_t rate = 2000000;
        uint32_t n = count(1, 0, here, SLOT, rate, &unused, &unused, &unused);
        cr_expect_eq(n, count(1, 0, here, SLOT, rate, &unused, &unused, &unused));
        differ += n != count(2, 0, here, SLOT, rate, &unused, &unused, &unused);
        differ += n != count(1, 1, here, SLOT, rate, &unused, &unused, &unused);
        differ += n != count(1, 0, there, SLOT, rate, &unused, &unused, &unused);
        differ += n != count(1, 0, here, SLOT + 1, rate, &unused, &unused, &unused);
    }
    cr_expect_gt(differ, 500);
}

Test(flash, no_storm_no_flash) {
    dd_flashes walk = dd_flashes_of(1, 0, (dd_square){0, 0}, SLOT, 0);
    dd_flash flash;
    cr_expect_not(dd_flashes_next(&walk, &flash));
}
