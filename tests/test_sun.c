// The sun by our own arithmetic, against the facts' table and against libnova (VSOP87).
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "models/controller/core/angle.h"
#include "models/controller/core/sun.h"
#include "tests/judged_sun.h"

enum { LAT = 10241500, LON = 106375900, UTC7 = 7 * 3600, DAY_2020 = 18262, DAY_2021 = 18628 };

Test(sun, trigonometry_is_that_of_the_maths_library) {
    const double degree = 3.14159265358979323846 / 180;
    for (double a = -800; a < 800; a += 0.37) {
        cr_assert_float_eq(dd_sin_deg(a), sin(a * degree), 1e-12, "sin %f", a);
        cr_assert_float_eq(dd_cos_deg(a), cos(a * degree), 1e-12, "cos %f", a);
    }
    for (double x = -1; x <= 1; x += 0.0013) {
        cr_assert_float_eq(dd_asin_deg(x), asin(x) / degree, 1e-10, "asin %f", x);
        cr_assert_float_eq(dd_acos_deg(x), acos(x) / degree, 1e-10, "acos %f", x);
        cr_assert_float_eq(dd_atan_deg(x * 50), atan(x * 50) / degree, 1e-11, "atan %f", x * 50);
    }
    for (double x = 1e-9; x < 1e5; x *= 1.7)
        cr_assert_float_eq(dd_root(x) / sqrt(x), 1, 1e-15, "root %g", x);
    cr_assert_eq(dd_asin_deg(1.5), 90);
    cr_assert_eq(dd_root(-1), 0);
}

// The fact base, section 0: within a minute, and half a one for its rounding to minutes.
Test(sun, facts_table_of_ben_tre) {
    static const struct {
        int32_t day, rise_min, set_min;
    } rows[] = {{DAY_2020, 6 * 60 + 11, 17 * 60 + 43},
                {DAY_2020 + 80, 5 * 60 + 59, 18 * 60 + 5},
                {DAY_2020 + 172, 5 * 60 + 34, 18 * 60 + 17},
                {DAY_2020 + 266, 5 * 60 + 43, 17 * 60 + 50},
                {DAY_2020 + 355, 6 * 60 + 6, 17 * 60 + 38}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int32_t rise, set;
        dd_sun_times(LAT, LON, UTC7, rows[i].day, &rise, &set);
        cr_expect(abs(rise - rows[i].rise_min * 60) <= 90, "row %zu rises at %d s", i, rise);
        cr_expect(abs(set - rows[i].set_min * 60) <= 90, "row %zu sets at %d s", i, set);
    }
}

// The moment between `low` and `high` at which the sun passes -0.833 degrees.
static double judged_crossing(int32_t lat_e6, double low, double high) {
    bool rising = judged_altitude(lat_e6 * 1e-6, LON * 1e-6, low) < -0.833;
    while (high - low > 0.5) {
        double middle = (low + high) / 2;
        if ((judged_altitude(lat_e6 * 1e-6, LON * 1e-6, middle) < -0.833) == rising)
            low = middle;
        else
            high = middle;
    }
    return low;
}

// How far ours is from libnova's, in seconds.
static double worst_gap(int32_t lat_e6, int32_t day) {
    int32_t rise, set;
    dd_sun_times(lat_e6, LON, UTC7, day, &rise, &set);
    double midnight = day * 86400.0 - UTC7, noon = midnight + 42900;
    double judged_rise = judged_crossing(lat_e6, noon - 43000, noon) - midnight;
    double judged_set = judged_crossing(lat_e6, noon, noon + 43000) - midnight;
    return fmax(fabs(judged_rise - rise), fabs(judged_set - set));
}

Test(sun, libnova_agrees_within_30_s_at_ben_tre) {
    double worst = 0;
    for (int32_t day = DAY_2020; day < DAY_2020 + 731; day += 10)
        worst = fmax(worst, worst_gap(LAT, day));
    cr_log_info("worst gap at Bến Tre %.1f s", worst);
    cr_assert(worst <= 30, "worst gap %.1f s", worst);
}

Test(sun, libnova_agrees_within_60_s_from_50_south_to_60_north) {
    double worst = 0;
    for (int32_t lat = -50; lat <= 60; lat += 10)
        for (int32_t day = DAY_2020; day < DAY_2020 + 731; day += 30)
            worst = fmax(worst, worst_gap(lat * 1000000, day));
    cr_log_info("worst gap from 50 S to 60 N %.1f s", worst);
    cr_assert(worst <= 60, "worst gap %.1f s", worst);
}

Test(sun, altitude_agrees_with_libnova) {
    for (int64_t t = DAY_2021 * 86400ll; t < (DAY_2021 + 300) * 86400ll; t += 100003)
        cr_assert_float_eq(dd_sun_altitude_mdeg(LAT, LON, t),
                           judged_altitude(LAT * 1e-6, LON * 1e-6, t) * 1000, 20);
}

// At the pole the altitude is the declination; equinox and solstice of 2020 as published.
Test(sun, equinox_and_solstice_come_when_the_almanac_says) {
    int64_t equinox = (DAY_2020 + 79) * 86400ll + 3 * 3600 + 50 * 60;    // 20 March, 03:50 UT
    int64_t solstice = (DAY_2020 + 171) * 86400ll + 21 * 3600 + 44 * 60; // 20 June, 21:44 UT
    cr_expect(abs(dd_sun_altitude_mdeg(90000000, 0, equinox)) <= 5);
    cr_expect(abs(dd_sun_altitude_mdeg(90000000, 0, solstice) - 23437) <= 5);
}

Test(sun, altitude_is_that_of_the_horizon_at_sunset) {
    int32_t rise, set;
    dd_sun_times(LAT, LON, UTC7, DAY_2020 + 215, &rise, &set);
    int64_t midnight = (DAY_2020 + 215) * 86400ll - UTC7;
    cr_expect(abs(dd_sun_altitude_mdeg(LAT, LON, midnight + set) + 833) <= 5);
    cr_expect(abs(dd_sun_altitude_mdeg(LAT, LON, midnight + rise) + 833) <= 5);
}

Test(sun, poles_have_days_without_a_rising) {
    int32_t rise, set;
    dd_sun_times(78000000, 15000000, 3600, DAY_2020 + 172, &rise, &set);
    cr_expect(rise == 0 && set == 86400, "midnight sun gives %d %d", rise, set);
    dd_sun_times(78000000, 15000000, 3600, DAY_2020 + 355, &rise, &set);
    cr_expect(rise == 43200 && set == 43200, "polar night gives %d %d", rise, set);
}

Test(sun, absurd_arguments_give_a_time_of_some_day) {
    int32_t rise, set;
    dd_sun_times(INT32_MAX, INT32_MIN, INT32_MAX, INT32_MIN, &rise, &set);
    cr_expect(abs(rise) < 3 * 86400 && abs(set) < 3 * 86400);
    cr_expect(abs(dd_sun_altitude_mdeg(INT32_MIN, INT32_MAX, INT64_MIN)) <= 90000);
}
