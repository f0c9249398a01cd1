#include "models/clock.h"
#include "engine/random.h"
#include "models/kind.h"

int64_t dd_clock_us(const dd_clock *clock, dd_time t) {
    int64_t elapsed = t - clock->since;
    int64_t gained =
        elapsed / DD_SECOND * clock->rate_ppb + elapsed % DD_SECOND * clock->rate_ppb / DD_SECOND;
    return clock->showed_us + (elapsed + gained) / DD_MICROSECOND;
}

// Steps by what is missing or too much: each step leaves a thousandth of the one before, or less.
dd_time dd_clock_when(const dd_clock *clock, int64_t us, dd_time from) {
    const int64_t far_us = 100 * 365 * (DD_DAY / DD_MICROSECOND);
    int64_t missing = us - dd_clock_us(clock, from);
    dd_time t = from;
    if (missing <= 0) return from;
    if (missing > far_us) return DD_NEVER;
    for (; missing > 1 || missing < -1; missing = us - dd_clock_us(clock, t))
        t += missing * DD_MICROSECOND;
    while (t - DD_MICROSECOND >= from && dd_clock_us(clock, t - DD_MICROSECOND) >= us)
        t -= DD_MICROSECOND;
    while (dd_clock_us(clock, t) < us)
        t += DD_MICROSECOND;
    return t;
}

void dd_clock_set(dd_clock *clock, dd_time t, int64_t us) {
    clock->since = t;
    clock->showed_us = us;
}

int32_t dd_crystal_ppb(uint64_t seed, uint64_t stable, double drift_ppm) {
    dd_random4 draw = dd_random(seed, stable, DD_DRAW_CRYSTAL, 0);
    return (int32_t)(drift_ppm * dd_normal_milli(draw.v[0]));
}

int32_t dd_crystal_ppb_k(uint64_t seed, uint64_t stable, double drift_ppm_k) {
    dd_random4 draw = dd_random(seed, stable, DD_DRAW_CRYSTAL, 0);
    return (int32_t)(drift_ppm_k * dd_normal_milli(draw.v[1]));
}
