// Two clocks compared by rounds: judged by clocks whose offset and drift are known, over ways with
// jitter.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>

#include "engine/random.h"
#include "hil/board/clock_sync.h"

typedef struct other {
    int64_t offset_us;
    double drift_ppb;
    uint64_t draws;
} other;

// What the other clock shows at a moment of ours.
static int64_t shows(const other *it, double ours_us) {
    return it->offset_us + (int64_t)llrint(ours_us * (1 + it->drift_ppb / 1e9));
}

// A way takes 600 us, and now and then much longer.
static double way_us(other *it) {
    dd_random4 draw = dd_random(1, 2, 3, it->draws++);
    double more = (double)(draw.v[0] % 300);
    return 600 + more + (draw.v[1] % 4 == 0 ? (double)(draw.v[2] % 20000) : 0);
}

static void round_at(dd_clock_sync *sync, other *it, double sent_us) {
    double received = sent_us + way_us(it), answered = received + 150,
           heard = answered + way_us(it);
    dd_clock_sync_round(sync, (int64_t)sent_us, shows(it, received), shows(it, answered),
                        (int64_t)heard);
}

static dd_clock_sync compared(other *it, int rounds) {
    dd_clock_sync sync;
    dd_clock_sync_init(&sync);
    for (int i = 0; i < rounds; i++)
        round_at(&sync, it, i * 1e6);
    return sync;
}

Test(clock_sync, offset_and_drift_are_found_through_jitter) {
    const double drifts[] = {0, 20000, -35000, 150000};
    for (size_t i = 0; i < 4; i++) {
        other it = {.offset_us = 12345678 - 9000000 * (int64_t)i, .drift_ppb = drifts[i]};
        dd_clock_sync sync = compared(&it, 256);
        int64_t at_us = 256 * INT64_C(1000000), ours_us;
        cr_expect(fabs(sync.drift_ppb - drifts[i]) < 2000, "%g: %d", drifts[i], sync.drift_ppb);
        cr_assert(dd_clock_sync_ours(&sync, shows(&it, (double)at_us), &ours_us));
        cr_expect(llabs(ours_us - at_us) < 500, "%g: %lld", drifts[i],
                  (long long)(ours_us - at_us));
        cr_expect(sync.delay_us >= 1200 && sync.delay_us < 1800, "%lld", (long long)sync.delay_us);
    }
}

Test(clock_sync, one_round_gives_an_offset_and_none_gives_nothing) {
    dd_clock_sync sync;
    int64_t ours_us;
    dd_clock_sync_init(&sync);
    cr_assert(not(dd_clock_sync_ours(&sync, 5, &ours_us)));
    dd_clock_sync_round(&sync, 1000, 51100, 51200, 1300);
    cr_assert(dd_clock_sync_ours(&sync, 51200, &ours_us));
    cr_assert(eq(i64, sync.offset_us, 50000));
    cr_assert(eq(i64, ours_us, 1200));
    cr_assert(eq(i32, sync.drift_ppb, 0));
}

Test(clock_sync, a_round_that_cannot_be_is_passed_over) {
    dd_clock_sync sync;
    dd_clock_sync_init(&sync);
    dd_clock_sync_round(&sync, 1000, 5000, 4000, 9000); // answered before it came
    dd_clock_sync_round(&sync, 1000, 5000, 5100, 900);  // heard before it was sent
    dd_clock_sync_round(&sync, 1000, 5000, 9000, 1100); // there longer than away
    cr_assert(eq(u32, sync.rounds, 0));
}
