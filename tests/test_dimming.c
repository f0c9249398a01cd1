// The dimming curves of DALI, and 0-10 V.
#include "models/light/dimming.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static uint16_t log_pm(int level) {
    return dd_dali_light_pm(DD_DALI_LOGARITHMIC, (uint8_t)level);
}

static int log_level(int pm) {
    return dd_dali_level(DD_DALI_LOGARITHMIC, (uint16_t)pm);
}

// Arc levels by percent, as the level tables of driver makers print them (facts A1).
Test(dimming, arc_levels_of_the_published_table) {
    static const int table[][2] = {{1, 85},   {5, 144},  {10, 170}, {20, 195}, {30, 210},
                                   {40, 220}, {50, 229}, {60, 235}, {70, 241}, {75, 243},
                                   {80, 246}, {90, 250}, {100, 254}};
    for (size_t i = 0; i < DD_COUNT(table); i++) {
        int pm = 10 * table[i][0], level = table[i][1];
        cr_expect(eq(int, log_level(pm), level), "%d %%", table[i][0]);
        // The next level up or down must lie farther off: half a step is 1.4 %.
        cr_expect(le(int, abs(log_pm(level) - pm), 1 + pm * 14 / 1000), "level %d", level);
    }
}

Test(dimming, ends_of_the_curves) {
    for (dd_dali_curve curve = 0; curve < DD_DALI_CURVES; curve++) {
        cr_expect(zero(int, dd_dali_light_pm(curve, 0)));
        cr_expect(zero(int, dd_dali_light_pm(curve, DD_DALI_MASK)));
        cr_expect(eq(int, dd_dali_light_pm(curve, DD_DALI_FULL), DD_LIGHT_FULL_PM));
        cr_expect(zero(int, dd_dali_level(curve, 0)));
        cr_expect(eq(int, dd_dali_level(curve, 1), 1));
        cr_expect(eq(int, dd_dali_level(curve, DD_LIGHT_FULL_PM), DD_DALI_FULL));
        cr_expect(eq(int, dd_dali_level(curve, UINT16_MAX), DD_DALI_FULL));
    }
    cr_expect(eq(int, log_pm(1), 1));
    cr_expect(eq(int, log_pm(DD_DALI_PHYSICAL_MIN), 10));
}

// Linear in 255 steps, of which the last two are full light: a level may come back one higher.
Test(dimming, curves_rise_and_come_back) {
    for (dd_dali_curve curve = 0; curve < DD_DALI_CURVES; curve++) {
        for (uint8_t level = 1; level < DD_DALI_FULL; level++) {
            uint16_t here = dd_dali_light_pm(curve, level);
            int back = dd_dali_level(curve, here), most = level + (curve == DD_DALI_LINEAR);
            cr_expect(le(int, here, dd_dali_light_pm(curve, level + 1)));
            // Under 37 pm a logarithmic step is finer than a thousandth of the light.
            if (here >= 37) cr_expect(back >= level && back <= most, "%d of %d", back, level);
        }
    }
}

// Coded for the other curve than the driver's: 50 % by the logarithmic one is 229, which a linear
// driver takes for 90 %; by the linear one 128, which a logarithmic one takes for 3.2 % (facts A1).
Test(dimming, curve_mismatch) {
    cr_expect(eq(int, log_level(500), 229));
    cr_expect(eq(int, dd_dali_level(DD_DALI_LINEAR, 500), 128));
    int wrong = dd_dimming_light_pm(DD_CONTROL_DALI_LINEAR, 10, DD_DALI_LOGARITHMIC, 500);
    cr_expect(eq(int, (wrong + 5) / 10, 90));
    cr_expect(eq(int, dd_dimming_light_pm(DD_CONTROL_DALI_LOG, 10, DD_DALI_LINEAR, 500), 32));
    cr_expect(eq(int, dd_dimming_light_pm(DD_CONTROL_DALI_LINEAR, 10, DD_DALI_LINEAR, 500), 504));
}

Test(dimming, the_gear_holds_its_minimum) {
    cr_expect(zero(int, dd_dimming_light_pm(DD_CONTROL_DALI_LOG, 10, DD_DALI_LOGARITHMIC, 0)));
    cr_expect(eq(int, dd_dimming_light_pm(DD_CONTROL_DALI_LOG, 10, DD_DALI_LOGARITHMIC, 1), 10));
    cr_expect(eq(int, dd_dimming_light_pm(DD_CONTROL_DALI_LOG, 1, DD_DALI_LOGARITHMIC, 1), 1));
    cr_expect(eq(int, dd_dimming_light_pm(DD_CONTROL_DALI_LINEAR, 50, DD_DALI_LINEAR, 20), 50));
    cr_expect(eq(int, dd_dimming_light_pm(DD_CONTROL_DALI_LOG, 10, DD_DALI_LOGARITHMIC, 100),
                 log_pm(170)));
}

Test(dimming, volts) {
    static const uint16_t table[][2] = {{0, 100},    {999, 100},  {1000, 100},   {1010, 101},
                                        {5000, 500}, {9990, 999}, {10000, 1000}, {12000, 1000}};
    for (size_t i = 0; i < DD_COUNT(table); i++)
        cr_expect(eq(u16, dd_analogue_light_pm(table[i][0]), table[i][1]), "%u mV", table[i][0]);
    for (dd_dali_curve coded = 0; coded < DD_DALI_CURVES; coded++) {
        cr_expect(eq(u16, dd_dimming_light_pm(DD_CONTROL_0_10V, 10, coded, 500), 500));
        cr_expect(eq(u16, dd_dimming_light_pm(DD_CONTROL_0_10V, 10, coded, 50), 100));
        cr_expect(eq(u16, dd_dimming_light_pm(DD_CONTROL_0_10V, 10, coded, 0), 0));
        cr_expect(eq(u16, dd_dimming_light_pm(DD_CONTROL_SWITCH, 10, coded, 50), 1000));
    }
}
