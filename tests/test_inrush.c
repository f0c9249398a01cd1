// Inrush against the sizing method of facts A2: N = floor(k(T50) n In / Ipk).
#include "models/city/city.h"
#include "models/power/breaker.h"
#include "models/power/inrush.h"
#include "models/settings.h"
#include "tests/source.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>

// How many drivers a breaker in the middle of its band carries.
static uint32_t carries(uint8_t rated_a, uint8_t curve, uint16_t peak_a, uint16_t width_us) {
    dd_breaker it = dd_breaker_make(&(dd_breaker_def){.rated_a = rated_a, .curve = curve});
    double exponent = dd_settings_default().power_inrush_exponent;
    uint32_t n = 0;
    while ((n + 1) * dd_inrush_ma(peak_a, width_us, exponent) < dd_breaker_magnetic_ma(&it))
        n++;
    return n;
}

Test(inrush, a_c16_carries_14_drivers_of_150_w) {
    const dd_luminaire_model *model = &dd_luminaire_models[DD_STREET_150];
    cr_expect(eq(u16, model->inrush_a, 65));
    cr_expect(eq(u16, model->inrush_us, 250));
    cr_expect(eq(u32, carries(16, 'C', 65, 250), 14));
    cr_expect(eq(u32, dd_inrush_model_ma(model, 0.55), dd_inrush_ma(65, 250, 0.55)));
}

// Counts of others relative to a C16 (facts A2, one maker): B16 60 %, C10 62 %, C20 125 %.
Test(inrush, relative_counts_of_breakers) {
    double c16 = carries(16, 'C', 6, 250);
    cr_expect(epsilon_eq(dbl, carries(16, 'B', 6, 250) / c16, 0.60, 0.08));
    cr_expect(epsilon_eq(dbl, carries(10, 'C', 6, 250) / c16, 0.62, 0.02));
    cr_expect(epsilon_eq(dbl, carries(20, 'C', 6, 250) / c16, 1.25, 0.02));
    cr_expect(epsilon_eq(dbl, carries(10, 'B', 6, 250) / c16, 0.37, 0.05));
}

// Shorter pulses count for less, by the power of the exponent; half a period counts in full.
Test(inrush, by_width) {
    cr_expect(eq(u32, dd_inrush_ma(50, 10000, 0.55), 50000));
    cr_expect(eq(u32, dd_inrush_ma(50, 60000, 0.55), 50000));
    for (uint16_t us = 50; us <= 5000; us *= 2)
        cr_expect(epsilon_eq(dbl, dd_inrush_ma(50, us, 0.55), 50000 * pow(us / 1e4, 0.55), 1));
    cr_expect(eq(u32, dd_inrush_ma(50, 250, 0), 50000));
    cr_expect(eq(u32, dd_inrush_ma(0, 250, 0.55), 0));
    cr_expect(eq(u32, dd_inrush_ma(50, 0, 0.55), 0));
}

// Every feeder of the city comes back after a power cut, today's lamps and those of before 2020:
// whatever breaker of its rating and curve stands there, it lets all of a phase's gear start at
// once.
Test(inrush, the_city_starts_again) {
    dd_city city;
    dd_error error = {DD_OK, ""};
    cr_assert(dd_city_read(source_path("scenarios/bentre/city.geojson"), &city, &error), "%s",
              error.text);
    uint32_t(*pulse_ma)[3][2] = calloc(city.feeder_n, sizeof *pulse_ma);
    cr_assert(pulse_ma != NULL);
    for (uint32_t i = 1; i < city.lamp_n; i++) {
        const dd_lamp *lamp = &city.lamps[i];
        const uint8_t kinds[2] = {lamp->kind, (uint8_t)dd_luminaire_before(lamp->kind)};
        for (int k = 0; k < 2; k++)
            pulse_ma[lamp->feeder][lamp->phase][k] +=
                dd_inrush_model_ma(&city.catalogue.models[kinds[k]], 0.55);
    }
    for (uint32_t i = 1; i < city.feeder_n; i++)
        for (int j = 0; j < 6; j++)
            cr_expect(
                lt(u32, pulse_ma[i][j / 2][j % 2],
                   dd_breaker_least_magnetic_ma(city.feeders[i].rated_a, city.feeders[i].curve)),
                "%s", city.feeders[i].id);
    free(pulse_ma);
    dd_city_fini(&city);
}
