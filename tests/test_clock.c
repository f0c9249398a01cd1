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

// The first moment at which it shows so much: a microsecond earlier it does not yet.
Test(clock, when_is_the_first_moment) {
    for (uint64_t i = 0; i < 20000; i++) {
        dd_random4 word = dd_random(1, 2, 3, i);
        dd_time since = (dd_time)(word.v[0] % 1000) * DD_SECOND + word.v[1] % 1000000000;
        int64_t ahead_us = (int64_t)word.v[2] * (1 + word.v[3] % 500); // up to 24 days
        dd_clock clock = {.rate_ppb = (int32_t)(word.v[3] % 4000001) - 2000000};
        dd_clock_set(&clock, since, 1596448800000000);
        int64_t us = 1596448800000000 + ahead_us;
        dd_time t = dd_clock_when(&clock, us, since);
        cr_assert(ge(i64, dd_clock_us(&clock, t), us));
        if (t - since >= DD_MICROSECOND)
            cr_assert(lt(i64, dd_clock_us(&clock, t - DD_MICROSECOND), us + 1));
        if (t - since >= 2 * DD_MICROSECOND)
            cr_assert(lt(i64, dd_clock_us(&clock, t - 2 * DD_MICROSECOND), us));
        dd_time from = since + (dd_time)(word.v[1] % 5000000) * DD_SECOND;
        dd_time later = dd_clock_when(&clock, us, from);
        cr_assert(eq(i64, later, from > t ? from : later));
        cr_assert(ge(i64, dd_clock_us(&clock, later), us));
    }
}

Test(clock, never_is_a_century_away) {
    dd_clock clock = {.rate_ppb = -500000};
    cr_expect(eq(i64, dd_clock_when(&clock, INT64_MAX / 2, 0), DD_NEVER));
    dd_time year = 365 * DD_DAY;
    dd_time t = dd_clock_when(&clock, 50 * year / DD_MICROSECOND, 0);
    cr_expect(gt(i64, t, 50 * year));
    cr_expect(lt(i64, t, 51 * year));
}
