// A device's own clock: what it shows, and when it will show something. A device never reads the
// engine's time.
#pragma once

#include "engine/time.h"

typedef struct dd_clock {
    dd_time since;     // when it was last set
    int64_t showed_us; // what it showed then (Unix µs, or µs since the device's start)
    int32_t rate_ppb;  // how much too fast its oscillator runs, parts per billion
} dd_clock;

// What it shows at simulated time `t` >= since.
int64_t dd_clock_us(const dd_clock *clock, dd_time t);

// The first simulated time, not before `from`, at which it shows at least `us`.
dd_time dd_clock_when(const dd_clock *clock, int64_t us, dd_time from);

// From simulated time `t` on it shows `us` and what it counts itself.
void dd_clock_set(dd_clock *clock, dd_time t, int64_t us);

// How much too fast a device's crystal runs, parts per billion, once and for all.
int32_t dd_crystal_ppb(uint64_t seed, uint64_t stable, double drift_ppm);

// How much more by each K of warmth.
int32_t dd_crystal_ppb_k(uint64_t seed, uint64_t stable, double drift_ppm_k);
