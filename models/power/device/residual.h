// Earth leakage of a feeder: what its drivers' filters let pass, what wet joints add, and what a
// bad insulation or water over the terminals does. Above a first threshold it is told, at a second
// the residual current device (RCD, IEC 61008-1) opens.
#pragma once

#include "engine/base.h"

// Estimates but for the standing leakage (0.3 to 1 mA a driver) and the device's ratings.
typedef struct dd_residual_def {
    uint32_t lamp_ua;      // of each driver that is supplied, always
    uint32_t wet_ua;       // more of each when everything is as wet as can be
    uint32_t fault_ma;     // of a place where the insulation gives way, dry ...
    uint32_t fault_wet_pm; // ... and so many thousandths of that more when wet
    uint32_t flooded_ma;   // of terminals under water
    uint32_t warning_ma;   // 0: never
    uint32_t trip_ma;      // 0: there is no device
} dd_residual_def;

// How a feeder is just now.
typedef struct dd_residual_state {
    uint32_t lamp_n; // supplied
    uint32_t wet_pm;
    bool fault, flooded;
} dd_residual_state;

// The residual current, mA; whatever leaks adds up without regard to its phase (on the safe side).
uint16_t dd_residual_ma(const dd_residual_def *def, const dd_residual_state *state);

bool dd_residual_warns(const dd_residual_def *def, uint16_t leakage_ma);
bool dd_residual_trips(const dd_residual_def *def, uint16_t leakage_ma);
