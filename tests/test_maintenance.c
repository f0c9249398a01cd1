// Lumen maintenance: TM-21 by its closed form, dirt, constant light output.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

#include "models/light/maintenance.h"

static dd_luminaire_model fading(double a_per_h, double clo) {
    dd_luminaire_model model = dd_luminaire_models[DD_STREET_150];
    model.decay_per_gh = (uint32_t)lrint(a_per_h * 1e9);
    model.clo_pm = (uint16_t)lrint(clo * 1000);
    return model;
}

static double source(const dd_luminaire_model *model, double hours) {
    return dd_maintenance_source_ppm(model, (uint32_t)hours) / 1e6;
}

Test(maintenance, follows_tm_21) {
    for (double a = 0; a < 3e-5; a += 1.1e-6) {
        dd_luminaire_model model = fading(a, 0);
        for (double hours = 0; hours <= 3e6; hours = 1.3 * hours + 77)
            cr_expect(lt(dbl, fabs(source(&model, floor(hours)) - exp(-a * floor(hours))), 3e-6),
                      "a = %g, %.0f h", a, hours);
    }
}

// Facts A3: the bridge of S-18, 18 % less after 20,300 h, and the life that follows from it; L80 at
// 100,000 h is the modern default.
Test(maintenance, field_point) {
    double a = -log(0.82) / 20300;
    cr_expect(lt(dbl, fabs(a - 9.8e-6), 0.05e-6));
    dd_luminaire_model model = fading(9.8e-6, 0);
    cr_expect(lt(dbl, fabs(source(&model, 20300) - 0.82), 0.001));
    double l70 = dd_maintenance_life_h(1, model.decay_per_gh, 0.7);
    cr_expect(lt(dbl, fabs(l70 - 36400), 50));
    double l80 = dd_maintenance_life_h(1, dd_luminaire_models[DD_STREET_75].decay_per_gh, 0.8);
    cr_expect(lt(dbl, fabs(l80 / 100000 - 1), 0.02));
}

Test(maintenance, life_ends_where_the_flux_does) {
    for (double b = 0.95; b < 1.06; b += 0.05) {
        double hours = dd_maintenance_life_h(b, 5000, 0.7);
        cr_expect(lt(dbl, fabs(b * exp(-5e-6 * hours) - 0.7), 1e-9));
    }
    cr_expect(isinf(dd_maintenance_life_h(1, 0, 0.7)));
    // 6,000 h of test let no more than 36,000 h be said
    cr_expect(epsilon_eq(dbl, dd_maintenance_reported_h(162000, 6000), 36000, 1e-9));
    cr_expect(epsilon_eq(dbl, dd_maintenance_reported_h(30000, 10000), 30000, 1e-9));
}

// 1 % a month, down to 90 %.
Test(maintenance, dirt) {
    cr_expect(eq(u32, dd_maintenance_dirt_ppm(0), 1000000));
    for (uint32_t month = 0; month <= 10; month++)
        cr_expect(eq(u32, dd_maintenance_dirt_ppm(730 * month), 1000000 - 10000 * month));
    cr_expect(eq(u32, dd_maintenance_dirt_ppm(730 * 11), 900000));
    cr_expect(eq(u32, dd_maintenance_dirt_ppm(UINT32_MAX), 900000));
}

// Five years of nights without cleaning.
Test(maintenance, flux_on_the_road) {
    dd_luminaire_model model = fading(2.2e-6, 0);
    uint32_t burning_h = 5 * 4333, clean_h = 5 * 8760;
    double expected = 21000 * 0.6 * exp(-2.2e-6 * burning_h) * 0.9;
    double flux = dd_maintenance_flux_lm(&model, 600, burning_h, clean_h);
    cr_expect(lt(dbl, fabs(flux - expected), 1));
    cr_expect(eq(u32, dd_maintenance_flux_lm(&model, 0, burning_h, clean_h), 0));
    cr_expect(eq(u32, dd_maintenance_flux_lm(&model, 1000, 0, 0), model.flux_lm));
}

// With constant light output a clean lamp gives the same until it can no more; its drive rises all
// the while.
Test(maintenance, constant_light_output) {
    dd_luminaire_model model = fading(2.2e-6, 0.8);
    double end = dd_maintenance_life_h(1, model.decay_per_gh, 0.8); // 101,400 h
    uint16_t before = 0;
    for (uint32_t hours = 0; hours < end; hours += 5000) {
        uint16_t drive = dd_maintenance_drive_pm(&model, hours);
        cr_expect(lt(dbl, fabs(drive / 1e3 - 0.8 * exp(2.2e-6 * hours)), 6e-4));
        cr_expect(gt(u16, drive, before));
        before = drive;
        double flux = dd_maintenance_flux_lm(&model, 1000, hours, 0);
        cr_expect(lt(dbl, fabs(flux - 0.8 * model.flux_lm), 0.001 * model.flux_lm));
    }
    cr_expect(eq(u16, dd_maintenance_drive_pm(&model, (uint32_t)end + 1), 1000));
    cr_expect(lt(u32, dd_maintenance_flux_lm(&model, 1000, 150000, 0), 16000));
    model.clo_pm = 0;
    cr_expect(eq(u16, dd_maintenance_drive_pm(&model, 0), 1000));
    model.clo_pm = 1000;
    cr_expect(eq(u16, dd_maintenance_drive_pm(&model, 0), 1000));
}
