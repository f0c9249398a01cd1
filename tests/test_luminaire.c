#include "models/light/luminaire.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static uint16_t log_pm(int level) {
    return dd_dali_light_pm(DD_DALI_LOGARITHMIC, (uint8_t)level);
}

static int log_level(int pm) {
    return dd_dali_level(DD_DALI_LOGARITHMIC, (uint16_t)pm);
}

// Arc levels by percent, as the level tables of driver makers print them.
Test(luminaire, arc_levels_of_the_published_table) {
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

Test(luminaire, ends_of_the_curves) {
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

Test(luminaire, curves_rise_and_come_back) {
    for (dd_dali_curve curve = 0; curve < DD_DALI_CURVES; curve++) {
        for (uint8_t level = 1; level < DD_DALI_FULL; level++) {
            uint16_t here = dd_dali_light_pm(curve, level);
            cr_expect(le(int, here, dd_dali_light_pm(curve, level + 1)));
            // Under 37 pm a logarithmic step is finer than a thousandth of the light.
            if (here >= 37) cr_expect(eq(int, dd_dali_level(curve, here), level));
        }
    }
}

// A 50 % command coded for the wrong curve.
Test(luminaire, curve_mismatch) {
    uint8_t coded = dd_dali_level(DD_DALI_LOGARITHMIC, 500);
    cr_expect(eq(int, (dd_dali_light_pm(DD_DALI_LINEAR, coded) + 5) / 10, 90));
    coded = dd_dali_level(DD_DALI_LINEAR, 500);
    cr_expect(eq(int, coded, 127));
    cr_expect(eq(int, log_pm(coded), 31));
    cr_expect(eq(int, log_pm(128), 32)); // with the 255 steps that some nodes count
}

Test(luminaire, driver_holds_its_minimum) {
    dd_driver driver = dd_driver_default;
    cr_expect(zero(int, dd_driver_light_pm(&driver, 0)));
    cr_expect(eq(int, dd_driver_light_pm(&driver, 1), 10));
    cr_expect(eq(int, dd_driver_light_pm(&driver, 84), 10));
    cr_expect(eq(int, dd_driver_light_pm(&driver, 170), log_pm(170)));
    driver.curve = DD_DALI_LINEAR;
    cr_expect(eq(int, dd_driver_light_pm(&driver, 1), 10));
    cr_expect(eq(int, dd_driver_light_pm(&driver, 127), 500));
}

Test(luminaire, power_has_exact_ends) {
    const dd_driver *d = &dd_driver_default;
    cr_expect(eq(u32, dd_luminaire_power_mw(d, 75000, 0), 400 + 1500));
    cr_expect(eq(u32, dd_luminaire_power_mw(d, 75000, 1), 7500 + 1500));
    cr_expect(eq(u32, dd_luminaire_power_mw(d, 75000, 10), 7500 + 1500));
    cr_expect(eq(u32, dd_luminaire_power_mw(d, 75000, 1000), 75000 + 1500));
    cr_expect(eq(u32, dd_luminaire_power_mw(d, 75000, 2000), 75000 + 1500));
    // Half the light: 7.5 + 67.5 * 49/99 W.
    cr_expect(eq(u32, dd_luminaire_power_mw(d, 75000, 500), 40909 + 1500));
    cr_expect(eq(u32, dd_luminaire_power_mw(d, 3000, 1), 400 + 1500)); // not below standby
}

Test(luminaire, power_rises_with_light) {
    static const uint32_t nominal_mw[] = {3000, 5000, 75000, 120000, 400000};
    for (size_t i = 0; i < DD_COUNT(nominal_mw); i++)
        for (uint16_t pm = 0; pm < DD_LIGHT_FULL_PM; pm++) {
            uint32_t here = dd_luminaire_power_mw(&dd_driver_default, nominal_mw[i], pm);
            uint32_t above = dd_luminaire_power_mw(&dd_driver_default, nominal_mw[i], pm + 1);
            cr_assert(le(u32, here, above), "%u mW at %u pm", nominal_mw[i], pm);
        }
}

Test(luminaire, power_follows_its_parameters) {
    dd_driver driver = {.power_1_pm = 80, .standby_mw = 300, .node_mw = 0};
    cr_expect(eq(u32, dd_luminaire_power_mw(&driver, 100000, 0), 300));
    cr_expect(eq(u32, dd_luminaire_power_mw(&driver, 100000, 10), 8000));
    cr_expect(eq(u32, dd_luminaire_power_mw(&driver, 100000, 1000), 100000));
}
