#include "models/crew/diagnosis.h"

#include <math.h>

enum { HALVINGS = 3, SURELY_PPM = 900000 };

uint32_t dd_work_time_s(uint32_t median_min, double spread, uint32_t word) {
    return (uint32_t)lrint(60.0 * median_min * exp(spread * dd_normal_milli(word) / 1000));
}

static uint32_t wrong_ppm(const dd_remedy *remedy, unsigned skills, uint32_t looks, double times) {
    double ppm = remedy->wrong * 1e4 * times;
    if (remedy->skills & ~skills) ppm *= 2;
    ppm /= 1u << (looks < HALVINGS ? looks : HALVINGS);
    return ppm < SURELY_PPM ? (uint32_t)ppm : SURELY_PPM;
}

dd_diagnosis dd_diagnose(dd_fault_kind truth, unsigned skills, uint32_t looks,
                         const dd_diagnosis_odds *odds, dd_random4 draw) {
    const dd_remedy *remedy = &dd_remedies[truth];
    uint32_t median_min = remedy->look_min >> (looks < HALVINGS ? looks : HALVINGS);
    dd_diagnosis it = {.fault = truth,
                       .took_s = dd_work_time_s(median_min, odds->spread, draw.v[0])};
    if (it.took_s < 60) it.took_s = 60;
    if (!dd_chance_ppm(draw.v[1], wrong_ppm(remedy, skills, looks, odds->wrong))) return it;
    bool nothing = dd_chance_ppm(draw.v[2], odds->gives_up * 10000);
    it.fault = nothing ? DD_FAULT_NONE : (dd_fault_kind)remedy->mistaken;
    return it;
}
