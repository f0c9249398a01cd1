#include "models/light/driver.h"

#include <math.h>

enum { ONE_PERCENT_PM = 10, SPAN_PM = DD_LIGHT_FULL_PM - ONE_PERCENT_PM };

// --- Power and current ---

static uint64_t lowest_mw(const dd_luminaire_model *model) {
    return ((uint64_t)model->power_mw * model->power_1_pm + 500) / 1000;
}

uint32_t dd_driver_power_mw(const dd_luminaire_model *model, uint16_t light_pm) {
    if (!light_pm) return model->standby_mw;
    uint64_t dimmed = light_pm < ONE_PERCENT_PM     ? ONE_PERCENT_PM
                      : light_pm < DD_LIGHT_FULL_PM ? light_pm
                                                    : DD_LIGHT_FULL_PM;
    uint64_t lit = lowest_mw(model) * (DD_LIGHT_FULL_PM - dimmed) +
                   (uint64_t)model->power_mw * (dimmed - ONE_PERCENT_PM);
    uint32_t power = (uint32_t)((lit + SPAN_PM / 2) / SPAN_PM);
    return power > model->standby_mw ? power : model->standby_mw;
}

uint16_t dd_driver_light_at(const dd_luminaire_model *model, uint32_t power_pm) {
    if (power_pm >= 1000) return DD_LIGHT_FULL_PM;
    uint64_t power = (uint64_t)model->power_mw * power_pm / 1000, lowest = lowest_mw(model);
    if (power < lowest || model->power_mw <= lowest) return 0;
    return (uint16_t)(ONE_PERCENT_PM + (power - lowest) * SPAN_PM / (model->power_mw - lowest));
}

// Floor of the square root, a bit at a time.
static uint64_t root(uint64_t square) {
    uint64_t it = 0;
    for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1)
        if ((it | bit) * (it | bit) <= square) it |= bit;
    return it;
}

// Of `power_mw` at a power factor: P sqrt(1 - pf^2) / pf.
static uint64_t reactive_of(uint64_t power_mw, uint32_t factor_pm) {
    return power_mw * root(1000000u - factor_pm * factor_pm) / factor_pm;
}

uint32_t dd_driver_reactive_mva(const dd_luminaire_model *model, uint32_t power_mw,
                                uint16_t voltage_dv) {
    uint64_t fifth_mw = model->power_mw / 5, full_mw = model->power_mw;
    int64_t idle = (int64_t)model->filter_ma * DD_NOMINAL_DV / 10;
    int64_t fifth = (int64_t)reactive_of(fifth_mw, model->power_factor_20_pm);
    int64_t full = (int64_t)reactive_of(full_mw, model->power_factor_pm);
    int64_t at = full;
    if (power_mw <= model->standby_mw)
        at = idle;
    else if (power_mw < fifth_mw)
        at = idle + (fifth - idle) * power_mw / (int64_t)fifth_mw;
    else if (power_mw < full_mw)
        at =
            fifth + (full - fifth) * (int64_t)(power_mw - fifth_mw) / (int64_t)(full_mw - fifth_mw);
    uint64_t square = (uint64_t)voltage_dv * voltage_dv;
    return (uint32_t)((uint64_t)at * square / ((uint64_t)DD_NOMINAL_DV * DD_NOMINAL_DV));
}

uint32_t dd_mains_current_ma(uint32_t power_mw, uint32_t reactive_mva, uint16_t voltage_dv) {
    if (!voltage_dv) return 0;
    uint64_t apparent = root((uint64_t)power_mw * power_mw + (uint64_t)reactive_mva * reactive_mva);
    return (uint32_t)((apparent * 10 + voltage_dv / 2) / voltage_dv);
}

// --- Voltage ---

bool dd_driver_holds(const dd_luminaire_model *model, uint16_t voltage_dv, bool burning) {
    uint32_t least = model->undervoltage_dv;
    return voltage_dv && voltage_dv >= (burning ? least : least + least / 20);
}

dd_voltage_effect dd_driver_voltage_effect(const dd_luminaire_model *model, uint16_t voltage_dv) {
    // Per cent of a per cent of voltage: of power, of light.
    static const int16_t slopes[DD_TECHNOLOGIES][2] = {[DD_TECHNOLOGY_HPS] = {220, 280},
                                                       [DD_TECHNOLOGY_CFL] = {100, 100},
                                                       [DD_TECHNOLOGY_HALIDE] = {180, 240}};
    int32_t off = (voltage_dv - DD_NOMINAL_DV) * 100, base = DD_NOMINAL_DV; // in 1 %
    int32_t power = 100 + off * slopes[model->technology][0] / 100 / base;
    int32_t light = 100 + off * slopes[model->technology][1] / 100 / base;
    return (dd_voltage_effect){.power_pm = (uint16_t)(power > 0 ? 10 * power : 0),
                               .light_pm = (uint16_t)(light > 0 ? 10 * light : 0)};
}

// --- Warming up ---

dd_warmth dd_driver_warmth(const dd_luminaire_model *model, uint32_t step) {
    static const dd_warmth arc[DD_WARM_STEPS] = {
        {100, 600, 1400}, {350, 750, 1250}, {650, 900, 1100}, {900, 970, 1030}};
    static const dd_warmth compact[DD_WARM_STEPS] = {
        {500, 900, 1000}, {750, 950, 1000}, {900, 1000, 1000}, {960, 1000, 1000}};
    if (!model->warm_s || step >= DD_WARM_STEPS) return (dd_warmth){1000, 1000, 1000};
    return model->technology == DD_TECHNOLOGY_CFL ? compact[step] : arc[step];
}

// --- Heat ---

enum { HEAT_STEPS = 64 };
static const double HEAT_TAU_S = 1800;
static uint16_t heat_table[HEAT_STEPS];

__attribute__((constructor)) static void build_table(void) {
    for (int i = 0; i < HEAT_STEPS; i++)
        heat_table[i] = (uint16_t)lrint(1000 * (1 - exp(-i * DD_HEAT_STEP_S / HEAT_TAU_S)));
}

uint16_t dd_driver_heated_pm(uint32_t seconds) {
    uint32_t step = seconds / DD_HEAT_STEP_S;
    return step < HEAT_STEPS ? heat_table[step] : 1000;
}

int32_t dd_driver_gear_dc(int32_t ambient_dc, uint32_t rise_dk, uint32_t power_pm) {
    return ambient_dc + (int32_t)(rise_dk * power_pm / 1000);
}

// With x the share of power, T(x) = ambient + rise x, and the limit falls from 1 at D by 1 a SPAN:
// x = 1 - (T(x) - D) / SPAN, so x = (SPAN - ambient + D) / (SPAN + rise).
uint32_t dd_driver_cool_pm(const dd_luminaire_model *model, int32_t ambient_dc, uint32_t rise_dk) {
    enum { SPAN_DK = 200 };
    int64_t room_dk = SPAN_DK - ambient_dc + (int64_t)model->derate_dc;
    return room_dk > 0 ? (uint32_t)(room_dk * 1000 / (SPAN_DK + (int64_t)rise_dk)) : 0;
}
