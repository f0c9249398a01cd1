#include "models/light/maintenance.h"

#include <math.h>

// exp(-x) for x up to SPAN, by linear interpolation: off by STEP^2 / 8 at most, two millionths.
enum { STEPS_OF_ONE = 256, SPAN = 16 };
static const uint64_t ONE_E9 = 1000000000;
static uint32_t fade_table[SPAN * STEPS_OF_ONE + 2]; // in 1e-9

__attribute__((constructor)) static void build_table(void) {
    for (size_t i = 0; i < DD_COUNT(fade_table); i++)
        fade_table[i] = (uint32_t)lrint(1e9 * exp(-(double)i / STEPS_OF_ONE));
}

uint32_t dd_maintenance_source_ppm(const dd_luminaire_model *model, uint32_t burning_h) {
    uint64_t x = (uint64_t)model->decay_per_gh * burning_h * STEPS_OF_ONE; // in 1e-9 of a step
    uint64_t step = x / ONE_E9, rest = x % ONE_E9;
    if (step >= (uint64_t)SPAN * STEPS_OF_ONE) return 0;
    uint64_t from = fade_table[step], fall = from - fade_table[step + 1];
    return (uint32_t)((from - fall * rest / ONE_E9 + 500) / 1000);
}

uint32_t dd_maintenance_dirt_ppm(uint32_t clean_h) {
    enum { MONTH_H = 730, A_MONTH_PPM = 10000, MOST_PPM = 100000 };
    uint64_t lost = (uint64_t)clean_h * A_MONTH_PPM / MONTH_H;
    return DD_MAINTENANCE_FULL_PPM - (lost < MOST_PPM ? (uint32_t)lost : MOST_PPM);
}

uint16_t dd_maintenance_drive_pm(const dd_luminaire_model *model, uint32_t burning_h) {
    uint32_t left = dd_maintenance_source_ppm(model, burning_h);
    uint32_t held = model->clo_pm * 1000u;
    if (!held || held >= left) return 1000;
    return (uint16_t)((held * 1000ull + left / 2) / left);
}

uint32_t dd_maintenance_flux_lm(const dd_luminaire_model *model, uint16_t light_pm,
                                uint32_t burning_h, uint32_t clean_h) {
    uint64_t lit_ppm = (uint64_t)light_pm * dd_maintenance_drive_pm(model, burning_h);
    uint64_t left_ppm = (uint64_t)dd_maintenance_source_ppm(model, burning_h) *
                        dd_maintenance_dirt_ppm(clean_h) / DD_MAINTENANCE_FULL_PPM;
    uint64_t share_ppm = lit_ppm * left_ppm / DD_MAINTENANCE_FULL_PPM;
    return (uint32_t)((model->flux_lm * share_ppm + DD_MAINTENANCE_FULL_PPM / 2) /
                      DD_MAINTENANCE_FULL_PPM);
}

double dd_maintenance_life_h(double b, uint32_t decay_per_gh, double share) {
    return decay_per_gh ? log(b / share) / (decay_per_gh * 1e-9) : HUGE_VAL;
}

double dd_maintenance_reported_h(double life_h, double test_h) {
    return fmin(life_h, 6 * test_h);
}
