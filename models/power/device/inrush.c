#include "models/power/device/inrush.h"

#include <math.h>

static const double FOLLOWS_US = 10000;

uint32_t dd_inrush_ma(uint16_t peak_a, uint16_t width_us, double exponent) {
    if (!peak_a || !width_us) return 0;
    double k = width_us < FOLLOWS_US ? pow(FOLLOWS_US / width_us, exponent) : 1;
    return (uint32_t)lrint(peak_a * 1000 / k);
}

uint32_t dd_inrush_model_ma(const dd_luminaire_model *model, double exponent) {
    return dd_inrush_ma(model->inrush_a, model->inrush_us, exponent);
}
