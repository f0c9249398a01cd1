#include "hil/board/clock_sync.h"

void dd_clock_sync_init(dd_clock_sync *sync) {
    *sync = (dd_clock_sync){0};
}

// The least-squares slope of the points, in parts per billion. Times are taken relative to the
// first, whose squares fit: 32 points lie some minutes apart at most.
static int32_t slope_ppb(const dd_clock_sync *sync) {
    uint32_t n = sync->point_n < DD_SYNC_POINTS ? sync->point_n : DD_SYNC_POINTS;
    const dd_sync_point *first = &sync->points[0];
    double t = 0, o = 0, tt = 0, to = 0;
    for (uint32_t i = 0; i < n; i++) {
        double at = (double)(sync->points[i].at_us - first->at_us);
        double offset = (double)(sync->points[i].offset_us - first->offset_us);
        t += at, o += offset, tt += at * at, to += at * offset;
    }
    double spread = n * tt - t * t;
    if (n < 2 || spread <= 0) return 0;
    double ppb = (n * to - t * o) / spread * 1e9;
    return ppb > INT32_MAX ? INT32_MAX : ppb < -INT32_MAX ? -INT32_MAX : (int32_t)ppb;
}

// The quickest of a full set of rounds is one point.
static void keep_best(dd_clock_sync *sync) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < DD_SYNC_ROUNDS; i++)
        if (sync->best_delay_us[i] < sync->best_delay_us[best]) best = i;
    sync->points[sync->point_n++ % DD_SYNC_POINTS] = sync->best[best];
    sync->offset_us = sync->best[best].offset_us;
    sync->delay_us = sync->best_delay_us[best];
    sync->drift_ppb = slope_ppb(sync);
}

void dd_clock_sync_round(dd_clock_sync *sync, int64_t sent_us, int64_t received_us,
                         int64_t answered_us, int64_t heard_us) {
    int64_t delay_us = (heard_us - sent_us) - (answered_us - received_us);
    int64_t offset_us = ((received_us - sent_us) + (answered_us - heard_us)) / 2;
    if (heard_us < sent_us || answered_us < received_us || delay_us < 0) return; // no round
    uint32_t place = sync->rounds++ % DD_SYNC_ROUNDS;
    sync->best[place] = (dd_sync_point){.at_us = heard_us, .offset_us = offset_us};
    sync->best_delay_us[place] = delay_us;
    if (sync->rounds == 1 || delay_us < sync->delay_us) {
        sync->offset_us = offset_us;
        sync->delay_us = delay_us;
    }
    if (sync->rounds % DD_SYNC_ROUNDS == 0) keep_best(sync);
}

// By how much more the offset has grown since the last point.
static int64_t drifted_us(const dd_clock_sync *sync, int64_t ours_us) {
    if (!sync->point_n) return 0;
    const dd_sync_point *last = &sync->points[(sync->point_n - 1) % DD_SYNC_POINTS];
    return (int64_t)((double)(ours_us - last->at_us) * sync->drift_ppb / 1e9);
}

int64_t dd_clock_sync_theirs(const dd_clock_sync *sync, int64_t ours_us) {
    return ours_us + sync->offset_us + drifted_us(sync, ours_us);
}

bool dd_clock_sync_ours(const dd_clock_sync *sync, int64_t board_us, int64_t *ours_us) {
    if (!sync->rounds) return false;
    int64_t near_us = board_us - sync->offset_us;
    *ours_us = near_us - drifted_us(sync, near_us);
    return true;
}
