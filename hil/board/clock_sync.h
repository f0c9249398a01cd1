// How a board's clock stands to ours, by rounds of two-way time transfer (IEEE 1588-2019, 11.3; the
// filter after RFC 5905, 10): each round gives an offset and a delay; the offset of the quickest
// among the last few counts, since what delayed the others is not known to be the same both ways.
// The drift is the slope of such offsets over a longer while.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    DD_SYNC_ROUNDS = 8,  // among which the quickest counts
    DD_SYNC_POINTS = 32, // quickest ones through which the drift is laid
};

typedef struct dd_sync_point {
    int64_t at_us, offset_us; // by our clock; the board's less ours
} dd_sync_point;

typedef struct dd_clock_sync {
    uint32_t rounds;   // answered
    int64_t offset_us; // the board's clock less ours, at the last point
    int64_t delay_us;  // there and back, of the quickest of the last rounds
    int32_t drift_ppb; // by how much the board's runs too fast; 0 until two points are known
    int64_t best_delay_us[DD_SYNC_ROUNDS];
    dd_sync_point best[DD_SYNC_ROUNDS], points[DD_SYNC_POINTS];
    uint32_t point_n; // ever
} dd_clock_sync;

void dd_clock_sync_init(dd_clock_sync *sync);

// A round: sent and heard by our clock, received and answered by the board's, all in µs.
void dd_clock_sync_round(dd_clock_sync *sync, int64_t sent_us, int64_t received_us,
                         int64_t answered_us, int64_t heard_us);

// What the board's clock shows at a time of ours; ours, while nothing is known.
int64_t dd_clock_sync_theirs(const dd_clock_sync *sync, int64_t ours_us);

// Our time at which the board's clock shows that; false: nothing is known yet.
bool dd_clock_sync_ours(const dd_clock_sync *sync, int64_t board_us, int64_t *ours_us);
