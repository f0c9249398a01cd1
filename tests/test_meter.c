// Meters of class 1 against the truth.
#include "models/power/device/meter.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>

static double told_wh(const dd_meter *meter) {
    return (double)meter->told_uwh / 1e6;
}

// A year at changing powers: the truth is exact, and what is told is off by the meter's error.
Test(meter, tells_the_truth_but_for_its_error) {
    dd_meter it = dd_meter_make(1, 77, 1);
    dd_time now = 0;
    double true_wh = 0;
    for (int i = 0; i < 4000; i++) {
        dd_time lasts = (1 + i % 97) * 61 * DD_SECOND + i * 1000;
        int64_t power_mw = 1000 * (i * 37 % 5000) + i;
        now += lasts;
        dd_meter_count(&it, now, lasts, power_mw, 5000, 0);
        true_wh += (double)lasts / 3600e9 * (double)power_mw / 1000;
    }
    cr_expect(epsilon_eq(dbl, (double)it.true_mwh / 1000, true_wh, 1));
    cr_expect(epsilon_eq(dbl, told_wh(&it), true_wh * (1 + it.error_ppm / 1e6), 1));
    cr_expect(it.error_ppm != 0);
}

// All lie in their class, spread over it, and on the mean tell the truth.
Test(meter, errors_lie_in_the_class) {
    enum { N = 3000 };
    double sum = 0, squares = 0;
    for (uint64_t stable = 1; stable <= N; stable++) {
        dd_meter it = dd_meter_make(9, stable, 1);
        cr_expect(le(i32, abs(it.error_ppm), 10000));
        sum += it.error_ppm / 1e4;
        squares += pow(it.error_ppm / 1e4, 2);
    }
    double sigma = sqrt(squares / N);
    cr_expect(epsilon_eq(dbl, sum / N, 0, 2.6 * sigma / sqrt(N)));
    cr_expect(epsilon_eq(dbl, sigma, 1 / 3.0, 0.02));
    cr_expect(eq(i32, dd_meter_make(9, 1, 0).error_ppm, 0), "class 0 errs nowhere");
}

Test(meter, does_not_start_below_its_current) {
    dd_meter it = dd_meter_make(1, 1, 0);
    dd_meter_count(&it, DD_HOUR, DD_HOUR, 4000, DD_METER_START_MA - 1, 0);
    cr_expect(eq(i64, it.told_uwh, 0));
    cr_expect(eq(i64, it.true_mwh, 4000));
    cr_expect(eq(u32, dd_meter_power_mw(&it, DD_HOUR, 4000, DD_METER_START_MA - 1, 0), 0));
    dd_meter_count(&it, 2 * DD_HOUR, DD_HOUR, 4000, DD_METER_START_MA, 0);
    cr_expect(eq(i64, it.told_uwh, 4000000));
}

// One that drifts by a percent a day: after ten days it says a tenth less, at last half.
Test(meter, drifts) {
    dd_meter it = dd_meter_make(1, 1, 0);
    cr_expect(eq(i32, dd_meter_error_ppm(&it, 100 * DD_DAY, 10000), 0));
    it.drift_from = 5 * DD_DAY;
    cr_expect(eq(i32, dd_meter_error_ppm(&it, 5 * DD_DAY, 10000), 0));
    cr_expect(eq(i32, dd_meter_error_ppm(&it, 15 * DD_DAY, 10000), -100000));
    cr_expect(eq(i32, dd_meter_error_ppm(&it, 400 * DD_DAY, 10000), -500000));
    cr_expect(eq(u32, dd_meter_power_mw(&it, 15 * DD_DAY, 1000000, 5000, 10000), 900000));
}
