// Breakers against IEC 60898-1, table 7, and against the closed form of their thermal image.
#include "models/power/device/breaker.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

static const dd_time tau = 60 * DD_SECOND;

static dd_breaker make(uint8_t rated_a, uint8_t curve, uint64_t stable) {
    return dd_breaker_make(&(dd_breaker_def){
        .rated_a = rated_a, .curve = curve, .spread = stable != 0, .seed = 1, .stable = stable});
}

static double seconds(const dd_breaker *breaker, double multiple) {
    dd_time after = dd_breaker_trips_after(
        breaker, 0, (uint32_t)lrint(breaker->rated_a * 1000 * multiple), tau);
    return after == DD_NEVER ? INFINITY : (double)after / 1e9;
}

// A C16 at five multiples of its rating, cold.
Test(breaker, a_c16_trips_where_its_curve_says) {
    for (uint64_t stable = 0; stable < 2000; stable++) {
        dd_breaker it = make(16, 'C', stable);
        cr_expect(gt(dbl, seconds(&it, 1.13), 3600), "holds 1.13 In for an hour");
        cr_expect(lt(dbl, seconds(&it, 1.45), 3600), "trips at 1.45 In within one");
        cr_expect(gt(dbl, seconds(&it, 2.55), 1));
        cr_expect(lt(dbl, seconds(&it, 2.55), 60));
        cr_expect(gt(dbl, seconds(&it, 4.99), 0.1), "not at once below 5 In");
        cr_expect(lt(dbl, seconds(&it, 4.99), seconds(&it, 2.55)));
        cr_expect(eq(dbl, seconds(&it, 10), 0), "at once from 10 In on");
    }
}

// The time to trip by the closed form, and what the heat is on the way, at five multiples.
Test(breaker, the_thermal_image_is_of_first_order) {
    const double multiples[] = {1.45, 2, 2.55, 3.5, 4.9};
    dd_breaker it = make(16, 'C', 0);
    double conventional = it.thermal_pm / 1000.0;
    cr_expect(eq(u16, it.thermal_pm, 1290));
    cr_expect(eq(u16, it.magnetic_pm, 7500));
    for (size_t i = 0; i < DD_COUNT(multiples); i++) {
        uint32_t current_ma = (uint32_t)lrint(16000 * multiples[i]);
        double end = pow(multiples[i] / conventional, 2), closed = -60 * log(1 - 1 / end);
        cr_expect(epsilon_eq(dbl, seconds(&it, multiples[i]), closed, 0.01 * closed));
        dd_time half = (dd_time)(closed * 0.5e9);
        uint32_t heat = dd_breaker_heat(&it, 0, current_ma, half, tau);
        cr_expect(epsilon_eq(dbl, heat / 1e6, end * (1 - exp(-closed / 120)), 0.002));
        dd_time rest = dd_breaker_trips_after(&it, heat, current_ma, tau);
        cr_expect(epsilon_eq(dbl, (double)(half + rest) / 1e9, closed, 0.01 * closed),
                  "the same in two steps");
    }
}

// A warm one trips sooner, and cools down again.
Test(breaker, it_remembers_its_heat) {
    dd_breaker it = make(20, 'C', 0);
    uint32_t warm = dd_breaker_heat(&it, 0, 20000, DD_HOUR, tau);
    cr_expect(epsilon_eq(dbl, warm / 1e6, pow(1 / 1.29, 2), 0.002));
    cr_expect(lt(dbl, (double)dd_breaker_trips_after(&it, warm, 40000, tau),
                 (double)dd_breaker_trips_after(&it, 0, 40000, tau)));
    uint32_t cool = dd_breaker_heat(&it, warm, 0, tau, tau);
    cr_expect(epsilon_eq(dbl, cool, warm * exp(-1), 500));
    cr_expect(eq(u32, dd_breaker_heat(&it, warm, 0, 30 * DD_DAY, tau), 0));
    cr_expect(eq(i64, dd_breaker_trips_after(&it, 1000000, 0, tau), DD_NEVER),
              "not without a load");
}

// The coils of all curves lie within their bands, everywhere in them.
Test(breaker, bands_of_the_curves) {
    const struct {
        char curve;
        double least, most;
    } bands[] = {{'B', 3, 5}, {'C', 5, 10}, {'D', 10, 14}, {'\0', 5, 10}};
    for (size_t i = 0; i < DD_COUNT(bands); i++) {
        double lowest = INFINITY, highest = 0;
        for (uint64_t stable = 1; stable <= 2000; stable++) {
            dd_breaker it = make(25, (uint8_t)bands[i].curve, stable);
            double multiple = dd_breaker_magnetic_ma(&it) / 25000.0;
            lowest = fmin(lowest, multiple);
            highest = fmax(highest, multiple);
        }
        double tenth = (bands[i].most - bands[i].least) / 10;
        cr_expect(lowest >= bands[i].least && lowest < bands[i].least + tenth);
        cr_expect(highest <= bands[i].most && highest > bands[i].most - tenth);
        cr_expect(eq(u32, dd_breaker_least_magnetic_ma(25, (uint8_t)bands[i].curve),
                     (uint32_t)(25000 * bands[i].least)));
    }
}

Test(breaker, none_never_trips) {
    dd_breaker it = make(0, 'C', 0);
    cr_expect(eq(i64, dd_breaker_trips_after(&it, 0, 1000000, tau), DD_NEVER));
    cr_expect(eq(u32, dd_breaker_heat(&it, 0, 1000000, DD_HOUR, tau), 0));
}
