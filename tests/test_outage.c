// Natural outages: how often, how long, and the same for whoever asks.
#include "models/backhaul/outage.h"

#include "engine/random.h"
#include "models/kind.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

// A cell, unless the test says otherwise: 60 d, 2 h (facts C).
static dd_outage_source source_of(uint64_t seed, uint32_t rate_pm) {
    return (dd_outage_source){.seed = seed,
                              .stable = dd_hash_bytes("S-017", 5, 0),
                              .purpose = DD_DRAW_OUTAGE,
                              .mtbf_h = 1440,
                              .mttr_min = 120,
                              .rate_pm = rate_pm};
}

static double share_out(uint32_t rate_pm) {
    enum { LINES = 2000, PROBES = 360 }; // a month each, by two hours
    int out = 0;
    for (uint64_t seed = 0; seed < LINES; seed++) {
        dd_outage_source source = source_of(seed, rate_pm);
        for (int i = 0; i < PROBES; i++)
            out += dd_outage_at(&source, i * 2 * DD_HOUR);
    }
    return (double)out / (LINES * PROBES);
}

// MTTR/(MTBF + MTTR), within a tenth: some 1,400 outages were drawn, each of exponential length.
Test(outage, they_take_their_share_of_time) {
    cr_expect(epsilon_eq(dbl, share_out(1000) * (1440 + 2) / 2, 1, 0.1));
    cr_expect(epsilon_eq(dbl, share_out(3000) * (1440 + 2) / 2, 3, 0.2));
    cr_expect(zero(dbl, share_out(0)));
    cr_expect(gt(dbl, share_out(UINT32_MAX), 0.05)); // one a day at most: about 2 h of 24
    cr_expect(lt(dbl, share_out(UINT32_MAX), 0.10));
}

Test(outage, they_are_pure) {
    enum { HOURS = 24 * 400 };
    static bool first[HOURS];
    dd_outage_source line = source_of(42, 20000), other = source_of(43, 20000);
    int out = 0, differ = 0;
    for (int h = 0; h < HOURS; h++)
        out += first[h] = dd_outage_at(&line, h * DD_HOUR);
    for (int h = HOURS - 1; h >= 0; h--) {
        cr_assert(eq(int, dd_outage_at(&line, h * DD_HOUR), first[h]));
        differ += first[h] != dd_outage_at(&other, h * DD_HOUR);
    }
    cr_expect(gt(int, out, 0));
    cr_expect(gt(int, differ, 0));
}

// What is planned a day at a time is what a line sees, over midnight too.
Test(outage, those_of_days_are_those_seen) {
    dd_outage_source line = source_of(5, 1000000); // a fibre: 400 d, 6 h
    line.mtbf_h = 9600;
    line.mttr_min = 360;
    int over_midnight = 0;
    for (int64_t day = 0; day < 300; day++) {
        dd_outage outage = dd_outage_of_day(&line, day);
        if (outage.begin == outage.end) continue;
        cr_assert(eq(i64, outage.begin / DD_DAY, day));
        cr_assert(le(i64, outage.end - outage.begin, DD_DAY));
        cr_assert(dd_outage_at(&line, outage.begin));
        cr_assert(dd_outage_at(&line, outage.end - 1));
        over_midnight += outage.end / DD_DAY > day;
    }
    cr_expect(gt(int, over_midnight, 10));
}

// Whoever looks only when it may have begun to fail misses nothing.
Test(outage, nothing_fails_before_it_may) {
    for (uint64_t seed = 0; seed < 50; seed++) {
        dd_outage_source source = source_of(seed, 200000);
        dd_time until = 0;
        for (dd_time t = 0; t < 20 * DD_DAY; t += 7 * DD_MINUTE) {
            if (t < until)
                cr_assert(not(dd_outage_at(&source, t)), "seed %lu", (unsigned long)seed);
            if (t >= until) until = dd_outage_free_until(&source, t);
        }
    }
}
