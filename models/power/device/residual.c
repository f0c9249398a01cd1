#include "models/power/device/residual.h"

uint16_t dd_residual_ma(const dd_residual_def *def, const dd_residual_state *state) {
    uint64_t ua = state->lamp_n * (def->lamp_ua + (uint64_t)def->wet_ua * state->wet_pm / 1000);
    if (state->fault)
        ua += def->fault_ma * (1000 + (uint64_t)def->fault_wet_pm * state->wet_pm / 1000);
    if (state->flooded) ua += def->flooded_ma * UINT64_C(1000);
    return ua / 1000 < UINT16_MAX ? (uint16_t)(ua / 1000) : UINT16_MAX;
}

bool dd_residual_warns(const dd_residual_def *def, uint16_t leakage_ma) {
    return def->warning_ma && leakage_ma >= def->warning_ma;
}

bool dd_residual_trips(const dd_residual_def *def, uint16_t leakage_ma) {
    return def->trip_ma && leakage_ma >= def->trip_ma;
}
