// Trickle against RFC 6206's own arithmetic.
#include "models/mesh/stack/rpl/trickle.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { NODES = 20, MIN_US = 1000000 };

static uint32_t state = 1;

static uint32_t draw(void *context) {
    (void)context;
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static const dd_net_port port = {.draw = draw};

// Time t lies in the second half of each interval, intervals double up to the largest, and one
// alone transmits once in each.
Test(trickle, intervals_double_and_t_is_in_their_second_half) {
    dd_trickle_figures figures = {.interval_min_us = MIN_US, .doublings = 4};
    dd_trickle trickle;
    int64_t begin_us = 0, interval_us = MIN_US;
    dd_trickle_start(&trickle, &figures, 0, &port);
    for (int i = 0; i < 12; i++) {
        int64_t t_us = trickle.next_us;
        cr_assert(t_us >= begin_us + interval_us / 2 && t_us < begin_us + interval_us);
        cr_assert(dd_trickle_time(&trickle, &figures, t_us, &port));
        cr_assert_eq(trickle.next_us, begin_us + interval_us, "then its end comes");
        begin_us = trickle.next_us;
        cr_assert_not(dd_trickle_time(&trickle, &figures, begin_us, &port));
        if (i < 4) interval_us *= 2;
    }
}

Test(trickle, t_is_spread_evenly) {
    dd_trickle_figures figures = {.interval_min_us = MIN_US};
    int tenths[10] = {0};
    for (int i = 0; i < 10000; i++) {
        dd_trickle trickle;
        dd_trickle_start(&trickle, &figures, 0, &port);
        tenths[(trickle.next_us - MIN_US / 2) * 10 / (MIN_US / 2)]++;
    }
    for (int i = 0; i < 10; i++) // 1,000 +- 6 standard deviations
        cr_assert(abs(tenths[i] - 1000) < 180, "%d in tenth %d", tenths[i], i);
}

Test(trickle, k_consistent_messages_suppress_and_fewer_do_not) {
    dd_trickle_figures figures = {.interval_min_us = MIN_US, .redundancy = 3};
    for (int heard = 0; heard < 6; heard++) {
        dd_trickle trickle;
        dd_trickle_start(&trickle, &figures, 0, &port);
        for (int i = 0; i < heard; i++)
            dd_trickle_consistent(&trickle);
        cr_assert_eq(dd_trickle_time(&trickle, &figures, trickle.next_us, &port), heard < 3);
        dd_trickle_time(&trickle, &figures, trickle.next_us, &port);
        cr_assert(dd_trickle_time(&trickle, &figures, trickle.next_us, &port), "counted anew");
    }
}

Test(trickle, an_inconsistency_begins_anew_but_not_in_the_smallest_interval) {
    dd_trickle_figures figures = {.interval_min_us = MIN_US, .doublings = 4};
    dd_trickle trickle;
    dd_trickle_start(&trickle, &figures, 0, &port);
    dd_trickle was = trickle;
    dd_trickle_inconsistent(&trickle, &figures, 10, &port);
    cr_assert_eq(trickle.next_us, was.next_us);
    for (int i = 0; i < 4; i++)
        dd_trickle_time(&trickle, &figures, trickle.next_us, &port);
    int64_t now_us = trickle.next_us - 5;
    cr_assert_eq(trickle.doubled, 2);
    dd_trickle_inconsistent(&trickle, &figures, now_us, &port);
    cr_assert_eq(trickle.doubled, 0);
    cr_assert(trickle.next_us >= now_us + MIN_US / 2 && trickle.next_us < now_us + MIN_US);
}

// Where all hear all, about k of n transmit in an interval: never fewer, and not many more, for
// nobody listens only in the first half (RFC 6206, 6.2, and "The Emergence of a Networking
// Primitive in Wireless Sensor Networks", Levis et al. 2008, section 3).
Test(trickle, k_of_n_neighbours_transmit) {
    for (uint8_t k = 1; k <= 5; k += 2) {
        dd_trickle_figures figures = {.interval_min_us = MIN_US, .redundancy = k};
        dd_trickle nodes[NODES];
        int sent = 0, rounds = 200;
        for (int i = 0; i < NODES; i++)
            dd_trickle_start(&nodes[i], &figures, draw(NULL) % MIN_US, &port);
        for (;;) {
            int next = 0;
            for (int i = 1; i < NODES; i++)
                if (nodes[i].next_us < nodes[next].next_us) next = i;
            int64_t now_us = nodes[next].next_us;
            if (now_us >= (int64_t)rounds * MIN_US) break;
            if (!dd_trickle_time(&nodes[next], &figures, now_us, &port)) continue;
            sent++;
            for (int i = 0; i < NODES; i++)
                if (i != next) dd_trickle_consistent(&nodes[i]);
        }
        double each = (double)sent / rounds;
        cr_assert(each >= k && each <= 2.2 * k, "k = %d: %.2f an interval", k, each);
    }
}

// Settled: anywhere in a largest interval. Of many, about as many have t ahead of them as behind,
// weighted by where t lies (3/4 on average).
Test(trickle, settled_ones_are_spread_over_the_largest_interval) {
    dd_trickle_figures figures = {.interval_min_us = MIN_US, .doublings = 8};
    int64_t most_us = (int64_t)MIN_US << 8, now_us = 12345;
    int ahead = 0, n = 4000, halves[2] = {0};
    for (int i = 0; i < n; i++) {
        dd_trickle trickle;
        dd_trickle_settle(&trickle, &figures, now_us, &port);
        cr_assert(trickle.next_us >= now_us && trickle.next_us <= now_us + most_us);
        cr_assert_eq(trickle.doubled, 8);
        ahead += trickle.rest_us > 0;
        halves[trickle.next_us + trickle.rest_us > now_us + most_us / 2]++;
    }
    cr_assert(abs(ahead - 3 * n / 4) < 200, "%d of %d", ahead, n);
    cr_assert(abs(halves[0] - halves[1]) < 400);
}
