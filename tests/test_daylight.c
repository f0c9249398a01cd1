// Daylight against published figures of twilight and its closed forms.
#include "models/sky/daylight.h"

#include <criterion/criterion.h>
#include <math.h>

static double lux(double degrees, int clouds_pm, int rain_um_h) {
    return (double)dd_daylight_mlx((int32_t)lrint(degrees * 1000), (uint16_t)clouds_pm,
                                   (uint32_t)rain_um_h) /
           1000;
}

// Ends of the twilights, sunset and the zenith as the almanac's supplement prints them.
Test(daylight, twilight_is_the_almanacs) {
    static const struct {
        double degrees, lux;
    } rows[] = {{-18, 0.00065}, {-12, 0.0083}, {-6, 3.4},   {-0.8, 453},  {0, 759},
                {5, 4290},      {15, 18600},   {30, 47000}, {60, 103000}, {90, 129000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double stars = DD_STARLIGHT_MLX / 1000.0;
        double error = lux(rows[i].degrees, 0, 0) - stars - rows[i].lux;
        cr_expect(fabs(error) <= 0.05 * rows[i].lux + 0.001, "%g degrees: %g lx", rows[i].degrees,
                  lux(rows[i].degrees, 0, 0));
    }
}

Test(daylight, rises_with_the_sun_without_jumps) {
    for (int32_t md = -20000; md < 90000; md += 50) {
        int64_t now = dd_daylight_mlx(md, 0, 0), next = dd_daylight_mlx(md + 50, 0, 0);
        cr_expect_geq(next * 1005, now * 1000, "falls at %d", md); // the pieces join within 0.5 %
        if (now > 100) cr_expect_leq(next * 100, now * 112, "jumps at %d", md);
    }
}

Test(daylight, night_is_starlight) {
    cr_expect_eq(dd_daylight_mlx(-18000, 0, 0), DD_STARLIGHT_MLX);
    cr_expect_eq(dd_daylight_mlx(-90000, 1000, 50000), DD_STARLIGHT_MLX);
}

Test(daylight, clouds_take_what_kasten_and_czeplak_say) {
    for (int pm = 0; pm <= 1000; pm += 50) {
        double left = 1 - 0.75 * pow(pm / 1000.0, 3.4);
        cr_expect_float_eq(lux(40, pm, 0) / lux(40, 0, 0), left, 0.001, "%d", pm);
    }
    cr_expect_eq(dd_daylight_mlx(40000, 1000, 0), dd_daylight_mlx(40000, 60000, 0));
}

// A photocell of 35 to 140 lx (facts A5) sees night under a thundercloud in the late afternoon.
Test(daylight, thunderclouds_make_an_early_dusk) {
    cr_expect_float_eq(lux(40, 1000, 2500) / lux(40, 1000, 0), 0.5, 0.001);
    cr_expect_lt(lux(10, 1000, 50000), 140);
    cr_expect_gt(lux(10, 1000, 0), 1000);
    cr_expect_gt(lux(60, 1000, 50000), 500);
}
