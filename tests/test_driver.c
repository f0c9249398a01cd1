// A luminaire's gear: power, current, voltage, warmth.
#include "models/light/driver.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

static const dd_luminaire_model *led(int kind) {
    return &dd_luminaire_models[kind];
}

// --- Power ---

Test(driver, power_has_exact_ends) {
    const dd_luminaire_model *m = led(DD_STREET_75);
    cr_expect(eq(u32, dd_driver_power_mw(m, 0), 400));
    cr_expect(eq(u32, dd_driver_power_mw(m, 1), 7500));
    cr_expect(eq(u32, dd_driver_power_mw(m, 10), 7500));
    cr_expect(eq(u32, dd_driver_power_mw(m, 1000), 75000));
    cr_expect(eq(u32, dd_driver_power_mw(m, 2000), 75000));
    // Half the light: 7.5 + 67.5 * 49/99 W.
    cr_expect(eq(u32, dd_driver_power_mw(m, 500), 40909));
    dd_luminaire_model small = {.power_mw = 3000, .power_1_pm = 100, .standby_mw = 400};
    cr_expect(eq(u32, dd_driver_power_mw(&small, 1), 400)); // not below standby
}

// Facts A1: P(d) = P1 + (P100 - P1)(d - 1)/99, in doubles.
Test(driver, power_in_closed_form) {
    for (int kind = 1; kind < DD_PROJECT_KINDS; kind++)
        for (uint16_t pm = 10; pm <= DD_LIGHT_FULL_PM; pm++) {
            double full = led(kind)->power_mw, d = pm / 10.0;
            double power = 0.1 * full + 0.9 * full * (d - 1) / 99;
            cr_assert(epsilon_eq(dbl, dd_driver_power_mw(led(kind), pm), power, 1), "%u", pm);
        }
}

Test(driver, power_rises_with_light_and_back) {
    for (int kind = 1; kind < DD_PROJECT_KINDS; kind++)
        for (uint16_t pm = 0; pm < DD_LIGHT_FULL_PM; pm++) {
            uint32_t here = dd_driver_power_mw(led(kind), pm);
            cr_assert(le(u32, here, dd_driver_power_mw(led(kind), pm + 1)));
            uint32_t share = (uint32_t)((uint64_t)here * 1000 / led(kind)->power_mw);
            uint16_t back = dd_driver_light_at(led(kind), share);
            cr_assert(le(u32, dd_driver_power_mw(led(kind), back), pm < 10 ? UINT32_MAX : here));
            if (pm >= 20) cr_assert(le(int, abs(back - pm), 2), "%u of %u", back, pm);
        }
}

// --- Power factor and current ---

static double power_factor(const dd_luminaire_model *m, uint16_t light_pm) {
    uint32_t power = dd_driver_power_mw(m, light_pm);
    uint32_t reactive = dd_driver_reactive_mva(m, power, DD_NOMINAL_DV);
    return power / hypot(power, reactive);
}

// Facts A1: above 0.95 at full load, 0.6 to 0.8 at 20 to 30 %, and it falls all the way down.
Test(driver, power_factor) {
    for (int kind = 1; kind < DD_PROJECT_KINDS; kind++) {
        const dd_luminaire_model *m = led(kind);
        cr_expect(gt(dbl, power_factor(m, 1000), 0.95), "%s", m->name);
        for (uint16_t pm = 120; pm <= 230; pm += 10) { // of the light: 20 to 30 % of the load
            double it = power_factor(m, pm);
            cr_expect(it >= 0.6 && it <= 0.8, "%s: %.3f", m->name, it);
        }
        for (uint16_t pm = 10; pm < 1000; pm++)
            cr_expect(le(dbl, power_factor(m, pm), power_factor(m, pm + 1) + 1e-4), "%s: %u",
                      m->name, pm);
    }
}

// In standby nearly nothing flows but into the filter's capacitor.
Test(driver, standby_is_reactive) {
    const dd_luminaire_model *m = led(DD_STREET_150);
    uint32_t reactive = dd_driver_reactive_mva(m, m->standby_mw, DD_NOMINAL_DV);
    cr_expect(eq(u32, dd_mains_current_ma(m->standby_mw, reactive, DD_NOMINAL_DV), m->filter_ma));
    cr_expect(lt(dbl, power_factor(m, 0), 0.1));
    // A capacitor's current follows the voltage.
    reactive = dd_driver_reactive_mva(m, 0, DD_NOMINAL_DV / 2);
    cr_expect(eq(u32, dd_mains_current_ma(0, reactive, DD_NOMINAL_DV / 2), m->filter_ma / 2));
}

Test(driver, current_is_apparent_power_over_voltage) {
    cr_expect(eq(u32, dd_mains_current_ma(220000, 0, 2200), 1000));
    cr_expect(eq(u32, dd_mains_current_ma(3000, 4000, 50), 1000)); // 3, 4, 5
    cr_expect(zero(u32, dd_mains_current_ma(1000, 0, 0)));
    for (int kind = 1; kind < DD_LUMINAIRE_KINDS; kind++) {
        const dd_luminaire_model *m = led(kind);
        uint32_t reactive = dd_driver_reactive_mva(m, m->power_mw, DD_NOMINAL_DV);
        double amperes = m->power_mw / 220.0 / m->power_factor_pm * 1000;
        cr_expect(epsilon_eq(dbl, dd_mains_current_ma(m->power_mw, reactive, DD_NOMINAL_DV),
                             amperes, amperes * 0.002 + 0.6),
                  "%s", m->name);
    }
}

// --- Voltage ---

Test(driver, voltage_lock_out_has_hysteresis) {
    const dd_luminaire_model *m = led(DD_STREET_75); // 120 V
    cr_expect(dd_driver_holds(m, 1200, true));
    cr_expect(not(dd_driver_holds(m, 1199, true)));
    cr_expect(not(dd_driver_holds(m, 1259, false)));
    cr_expect(dd_driver_holds(m, 1260, false));
    cr_expect(not(dd_driver_holds(m, 0, true)));
}

Test(driver, ballasts_follow_the_voltage) {
    dd_voltage_effect up = dd_driver_voltage_effect(led(DD_HPS_250), 2310),
                      down = dd_driver_voltage_effect(led(DD_HPS_250), 2090);
    cr_expect(up.power_pm == 1110 && down.power_pm == 890);
    cr_expect(up.light_pm == 1140 && down.light_pm == 860);
    for (uint16_t dv = 0; dv < 4400; dv += 7) {
        dd_voltage_effect it = dd_driver_voltage_effect(led(DD_STREET_75), dv);
        cr_assert(it.power_pm == 1000 && it.light_pm == 1000);
        for (int kind = DD_HPS_150; kind < DD_LUMINAIRE_KINDS; kind++)
            cr_assert(dd_driver_voltage_effect(led(kind), dv).power_pm <=
                      dd_driver_voltage_effect(led(kind), dv + 7).power_pm);
    }
}

// --- Warmth and heat ---

Test(driver, discharge_lamps_warm_up) {
    for (int kind = 1; kind < DD_LUMINAIRE_KINDS; kind++)
        for (uint32_t step = 0; step < DD_WARM_STEPS; step++) {
            dd_warmth it = dd_driver_warmth(led(kind), step),
                      next = dd_driver_warmth(led(kind), step + 1);
            bool warms = led(kind)->warm_s > 0;
            cr_expect(warms ? it.light_pm < next.light_pm : it.light_pm == 1000);
            cr_expect(it.power_pm <= next.power_pm && it.current_pm >= next.current_pm);
        }
    cr_expect(eq(u16, dd_driver_warmth(led(DD_HPS_150), DD_WARM_STEPS).light_pm, 1000));
}

Test(driver, heats_by_a_time_constant) {
    for (uint32_t s = 0; s < 15000; s += 225)
        cr_expect(epsilon_eq(dbl, dd_driver_heated_pm(s), 1000 * (1 - exp(-(double)s / 1800)), 1));
    cr_expect(eq(u16, dd_driver_heated_pm(UINT32_MAX / 10), 1000));
}

// Where it settles, the gear stands between where it begins to reduce and where it shuts down, and
// the limit at that temperature is the share that it takes.
Test(driver, derating_is_an_equilibrium) {
    const dd_luminaire_model *m = led(DD_STREET_150); // 85 °C
    for (int32_t ambient = 150; ambient <= 450; ambient += 10)
        for (uint32_t rise = 300; rise <= 1200; rise += 50) {
            uint32_t share = dd_driver_cool_pm(m, ambient, rise);
            if (share >= 1000) {
                cr_expect(le(i32, dd_driver_gear_dc(ambient, rise, 1000), 850));
                continue;
            }
            double gear = dd_driver_gear_dc(ambient, rise, share);
            cr_expect(epsilon_eq(dbl, 1000 - (gear - 850) * 1000 / 200, share, 12));
        }
    cr_expect(eq(u32, dd_driver_cool_pm(m, 1050, 300), 0));
    cr_expect(eq(u32, dd_driver_cool_pm(m, 2000, 300), 0));
}
