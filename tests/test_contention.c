// Neighbours on one channel, judged by arithmetic and by what ns-3.37's lr-wpan made of the same
// set-ups (tests/bench/peer/ns3_contention.cc, 60 s each). `domdom bench contention` runs both.
#include "tests/bench/contention.h"

#include <criterion/criterion.h>
#include <math.h>

static dd_error error;

static dd_contention run(uint32_t senders, uint8_t octets, uint32_t offered_kbps, bool hidden) {
    dd_contention_def def = {.senders = senders,
                             .octets = octets,
                             .offered_kbps = offered_kbps,
                             .hidden = hidden,
                             .seconds = 20};
    dd_contention it;
    cr_assert(dd_contention_run(&def, &it, &error), "%s", error.text);
    return it;
}

static void within(double value, double least, double most, const char *what, int row) {
    cr_expect(value >= least && value <= most, "%s in row %d: %g is not in [%g, %g]", what, row,
              value, least, most);
}

Test(contention, a_sender_alone_sends_as_fast_as_the_times_of_the_standard_allow) {
    for (int octets = 60; octets <= 127; octets += 67) {
        dd_contention it = run(1, (uint8_t)octets, 0, false);
        double calculated = dd_contention_alone_kbps((uint8_t)octets);
        within(it.throughput_kbps, 0.99 * calculated, 1.01 * calculated, "kb/s", octets);
        within(it.loss_share, 0, 0.001, "lost", octets); // but for one that is under way
        cr_expect_eq(it.retry_share, 0);
    }
}

// Ours lose less to acknowledgements, the more senders the less, see bench_contention.c.
Test(contention, saturated_neighbours_share_a_channel_as_in_ns3_or_a_little_better) {
    static const struct {
        uint32_t senders;
        uint8_t octets;
        double kbps, lost, no_channel, better; // ns-3's; how much better ours may be
    } rows[] = {
        {2, 60, 109.4, 0.123, 0.035, 0.03},  {5, 60, 118.1, 0.304, 0.230, 0.05},
        {10, 60, 112.8, 0.507, 0.508, 0.11}, {20, 60, 93.0, 0.708, 0.770, 0.19},
        {2, 127, 151.4, 0.133, 0.095, 0.04}, {20, 127, 112.7, 0.689, 0.885, 0.18},
    };
    for (int i = 0; i < 6; i++) {
        dd_contention it = run(rows[i].senders, rows[i].octets, 0, false);
        within(it.throughput_kbps, 0.98 * rows[i].kbps, (1 + rows[i].better) * rows[i].kbps, "kb/s",
               i);
        within(it.loss_share, rows[i].lost - 0.1, rows[i].lost, "lost", i);
        within(it.no_channel_share, rows[i].no_channel - 0.04, rows[i].no_channel + 0.03,
               "without a channel", i);
    }
}

Test(contention, offered_load_gets_through_as_in_ns3) {
    static const struct {
        uint32_t senders, offered_kbps;
        double kbps;
    } rows[] = {{2, 80, 57.4}, {5, 160, 97.1}, {10, 120, 92.0}, {20, 40, 39.1}, {20, 160, 109.3}};
    for (int i = 0; i < 5; i++) {
        dd_contention it = run(rows[i].senders, 60, rows[i].offered_kbps, false);
        within(it.throughput_kbps, 0.95 * rows[i].kbps, 1.05 * rows[i].kbps, "kb/s", i);
    }
}

Test(contention, two_hidden_senders_lose_half_as_in_ns3) {
    dd_contention it = run(2, 60, 0, true);
    within(it.throughput_kbps, 0.97 * 103.3, 1.03 * 103.3, "kb/s", 0);
    within(it.loss_share, 0.48, 0.53, "lost", 0);
    within(it.no_ack_share, 0.09, 0.13, "unanswered", 0);
}

Test(contention, of_two_frames_the_first_survives_by_the_formula_and_the_second_by_capture) {
    for (int db = -6; db <= 6; db += 1) {
        dd_capture it;
        cr_assert(dd_capture_run(db, 2000, &it, &error), "%s", error.text);
        double first = db <= -3 ? 0 : dd_capture_first(db); // from 3 dB on the second takes over
        within(it.first, first - 0.025, first + 0.025, "first", db);
        within(it.second, db <= -3 ? 0.99 : 0, db <= -3 ? 1 : 0, "second", db);
    }
}
