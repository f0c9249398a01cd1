// A feeder's energy meter of class 1 (IEC 62053-21): true energy by its own error, which one that
// drifts makes worse from day to day; it does not see what is less than its starting current.
#pragma once

#include "engine/time.h"

typedef struct dd_meter {
    int64_t true_mwh;   // lamps and cable, until counted
    int64_t true_rest;  // milliwatt-microseconds that make no milliwatt-hour yet
    int64_t told_uwh;   // what it says, millionths of a watt-hour
    int32_t error_ppm;  // its own, for good
    dd_time drift_from; // DD_NEVER: it does not drift
} dd_meter;

enum { DD_METER_START_MA = 20 }; // 0.4 % of 5 A: IEC 62053-21, 8.3, connected directly

// One meter. `class_pct` is the limit of its error, percent; a third of it is the standard
// deviation (estimate). `stable` is the feeder's.
dd_meter dd_meter_make(uint64_t seed, uint64_t stable, double class_pct);

// Its error at a moment, millionths: `drift_ppm_day` less each day once it drifts, down to half of
// the truth.
int32_t dd_meter_error_ppm(const dd_meter *meter, dd_time now, uint32_t drift_ppm_day);

// Counts `lasts` at a constant power, with the largest of its phases' currents, up to `now`.
void dd_meter_count(dd_meter *meter, dd_time now, dd_time lasts, int64_t power_mw,
                    uint32_t current_ma, uint32_t drift_ppm_day);

// What it says of a power.
uint32_t dd_meter_power_mw(const dd_meter *meter, dd_time now, int64_t power_mw,
                           uint32_t current_ma, uint32_t drift_ppm_day);
