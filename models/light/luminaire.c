#include "models/light/luminaire.h"

#include <math.h>

const dd_driver dd_driver_default = {.curve = DD_DALI_LOGARITHMIC,
                                     .minimum_pm = 10,
                                     .power_1_pm = 100,
                                     .standby_mw = 400,
                                     .node_mw = 1500};

enum { ONE_PERCENT_PM = 10 };
static const double LEVELS_A_DECADE = 253.0 / 3;

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
        long linear = lrint(pm * (double)DD_DALI_FULL / DD_LIGHT_FULL_PM);
        level_table[DD_DALI_LINEAR][pm] = (uint8_t)(linear ? linear : 1);
    }
}

uint16_t dd_dali_light_pm(dd_dali_curve curve, uint8_t level) {
    return light_table[curve][level];
}

uint8_t dd_dali_level(dd_dali_curve curve, uint16_t light_pm) {
    return level_table[curve][light_pm < DD_LIGHT_FULL_PM ? light_pm : DD_LIGHT_FULL_PM];
}

uint16_t dd_driver_light_pm(const dd_driver *driver, uint8_t level) {
    uint16_t light = dd_dali_light_pm(driver->curve, level);
    return light && light < driver->minimum_pm ? driver->minimum_pm : light;
}

uint32_t dd_luminaire_power_mw(const dd_driver *driver, uint32_t nominal_mw, uint16_t light_pm) {
    if (!light_pm) return driver->standby_mw + driver->node_mw;
    uint64_t dimmed = light_pm < ONE_PERCENT_PM     ? ONE_PERCENT_PM
                      : light_pm < DD_LIGHT_FULL_PM ? light_pm
                                                    : DD_LIGHT_FULL_PM;
    enum { SPAN = DD_LIGHT_FULL_PM - ONE_PERCENT_PM };
    uint64_t lowest = ((uint64_t)nominal_mw * driver->power_1_pm + 500) / 1000;
    uint64_t lit = lowest * (DD_LIGHT_FULL_PM - dimmed) + nominal_mw * (dimmed - ONE_PERCENT_PM);
    uint32_t power = (uint32_t)((lit + SPAN / 2) / SPAN);
    return (power > driver->standby_mw ? power : driver->standby_mw) + driver->node_mw;
}
