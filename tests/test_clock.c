// A device's clock: what it shows and when it will, at any rate.
#include "engine/random.h"
#include "models/clock.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

Test(clock, gains_its_rate) {
    dd_clock clock = {.rate_ppb = 20000}; // 20 ppm: 1.73 s a day, 52 s in 30 days (facts F)
    cr_expect(eq(i64, dd_clock_us(&clock, 0), 0));
    cr_expect(eq(i64, dd_clock_us(&clock, DD_DAY), DD_DAY / DD_MICROSECOND + 1728000));
    cr_expect(eq(i64, dd_clock_us(&clock, 30 * DD_DAY), 30 * (DD_DAY / DD_MICROSECOND) + 51840000));
    clock.rate_ppb = -20000;
    cr_expect(eq(i64, dd_clock_us(&clock, DD_DAY), DD_DAY / DD_MICROSECOND - 1728000));
}

Test(clock, set_forwards_and_back) {
    dd_clock clock = {.rate_ppb = 5000};
    dd_clock_set(&clock, 7 * DD_SECOND, 1596448800000000);
    cr_expect(eq(i64, dd_clock_us(&clock, 7 * DD_SECOND), 1596448800000000));
    dd_clock_set(&clock, 8 * DD_SECOND, 1);
    cr_expect(eq(i64, dd_clock_us(&clock, 9 * DD_SECOND), 1000006));
}

// The first moment, on a grid of microseconds from `from`, at which it shows so much; found in a
// few steps, however bad the clock: this takes milliseconds, not minutes.
Test(clock, when_is_the_first_moment) {
    uint32_t wrong = 0;
    for (uint64_t i = 0; i < 20000; i++) {
        dd_random4 word = dd_random(1, 2, 3, i);
        dd_time since = (dd_time)(word.v[0] % 1000) * DD_SECOND + word.v[1] % 1000000000;
        int64_t us = 1596448800000000 + (int64_t)word.v[2] * (1 + word.v[3] % 500); // 24 days
        dd_clock clock = {.rate_ppb = (int32_t)(word.v[3] % 4000001) - 2000000};
        dd_clock_set(&clock, since, 1596448800000000);
        dd_time t = dd_clock_when(&clock, us, since);
        wrong += dd_clock_us(&clock, t) < us;
        wrong += t > since && dd_clock_us(&clock, t - DD_MICROSECOND) >= us;
        dd_time from = since + (dd_time)(word.v[1] % 5000000) * DD_SECOND;
        dd_time later = dd_clock_when(&clock, us, from);
        wrong += from >= t && later != from;
        wrong += from < t && (later < t || later >= t + DD_MICROSECOND);
    }
    cr_expect(eq(u32, wrong, 0));
}

Test(clock, never_is_a_century_away) {
    dd_clock clock = {.rate_ppb = -500000};
    cr_expect(eq(i64, dd_clock_when(&clock, INT64_MAX / 2, 0), DD_NEVER));
    dd_time year = 365 * DD_DAY;
    dd_time t = dd_clock_when(&clock, 50 * year / DD_MICROSECOND, 0);
    cr_expect(gt(i64, t, 50 * year));
    cr_expect(lt(i64, t, 51 * year));
}
