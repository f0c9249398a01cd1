#include "models/light/dimming.h"

#include <math.h>

static const double LEVELS_A_DECADE = 253.0 / 3;
enum { LINEAR_STEPS = 255 };

static uint16_t light_table[DD_DALI_CURVES][256];
static uint8_t level_table[DD_DALI_CURVES][DD_LIGHT_FULL_PM + 1];

__attribute__((constructor)) static void build_tables(void) {
    for (int level = 1; level <= DD_DALI_FULL; level++) {
        double percent = pow(10, (level - 1) / LEVELS_A_DECADE - 1);
        light_table[DD_DALI_LOGARITHMIC][level] = (uint16_t)lrint(10 * percent);
        light_table[DD_DALI_LINEAR][level] =
            (uint16_t)lrint(level * (double)DD_LIGHT_FULL_PM / DD_DALI_FULL);
    }
    for (int pm = 1; pm <= DD_LIGHT_FULL_PM; pm++) {
        double level = 1 + LEVELS_A_DECADE * (log10(pm / 10.0) + 1);
        level_table[DD_DALI_LOGARITHMIC][pm] = (uint8_t)lrint(level);
        int linear = (pm * LINEAR_STEPS + DD_LIGHT_FULL_PM / 2) / DD_LIGHT_FULL_PM;
        level_table[DD_DALI_LINEAR][pm] = (uint8_t)(linear == 0             ? 1
                                                    : linear > DD_DALI_FULL ? DD_DALI_FULL
                                                                            : linear);
    }
}

uint16_t dd_dali_light_pm(dd_dali_curve curve, uint8_t level) {
    return light_table[curve][level];
}

uint8_t dd_dali_level(dd_dali_curve curve, uint16_t light_pm) {
    return level_table[curve][light_pm < DD_LIGHT_FULL_PM ? light_pm : DD_LIGHT_FULL_PM];
}

uint16_t dd_analogue_light_pm(uint16_t control_mv) {
    enum { LEAST_MV = 1000, FULL_MV = 10000 };
    uint16_t mv = control_mv < LEAST_MV ? LEAST_MV : control_mv;
    return mv < FULL_MV ? mv / (FULL_MV / DD_LIGHT_FULL_PM) : DD_LIGHT_FULL_PM;
}

static uint16_t follow(uint8_t control, dd_dali_curve coded, uint16_t level_pm) {
    switch ((dd_control)control) {
    case DD_CONTROL_DALI_LOG:
        return dd_dali_light_pm(DD_DALI_LOGARITHMIC, dd_dali_level(coded, level_pm));
    case DD_CONTROL_DALI_LINEAR:
        return dd_dali_light_pm(DD_DALI_LINEAR, dd_dali_level(coded, level_pm));
    case DD_CONTROL_0_10V:
        return dd_analogue_light_pm(level_pm * 10);
    default:
        return DD_LIGHT_FULL_PM;
    }
}

uint16_t dd_dimming_light_pm(uint8_t control, uint16_t minimum_pm, dd_dali_curve coded,
                             uint16_t level_pm) {
    if (!level_pm) return 0; // by a relay, or the bus
    uint16_t light = follow(control, coded, level_pm);
    return light < minimum_pm ? minimum_pm : light;
}
