#include "models/clock.h"

int64_t dd_clock_us(const dd_clock *clock, dd_time t) {
    int64_t elapsed = t - clock->since;
    int64_t gained =
        elapsed / DD_SECOND * clock->rate_ppb + elapsed % DD_SECOND * clock->rate_ppb / DD_SECOND;
    return clock->showed_us + (elapsed + gained) / DD_MICROSECOND;
}

// Steps by what is missing: each step leaves a millionth of the one before.
dd_time dd_clock_when(const dd_clock *clock, int64_t us, dd_time from) {
    const int64_t far_us = 100 * 365 * (DD_DAY / DD_MICROSECOND);
    dd_time t = from;
    int64_t missing = us - dd_clock_us(clock, t);
    if (missing > far_us) return DD_NEVER;
    while (missing > 0) {
        t += missing * DD_MICROSECOND;
        missing = us - dd_clock_us(clock, t);
    }
    // A fast clock is overshot by the first step: go back while it still shows enough.
    while (t > from && dd_clock_us(clock, t - DD_MICROSECOND) >= us) {
        int64_t excess = dd_clock_us(clock, t) - us;
        t -= (excess > 0 ? excess : 1) * DD_MICROSECOND;
        if (t < from) t = from;
    }
    while (dd_clock_us(clock, t) < us)
        t += DD_MICROSECOND;
    return t;
}

void dd_clock_set(dd_clock *clock, dd_time t, int64_t us) {
    clock->since = t;
    clock->showed_us = us;
}
