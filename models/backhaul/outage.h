// Natural outages of lines, and of what several lines share: a pure function of (seed, what fails,
// day), so that both ends of a line can ask for themselves.
#pragma once

#include "engine/time.h"

// What fails as one, and how often. Days are those of simulated time, not of a calendar. At most
// one outage begins a day, at a uniform moment; it lasts an exponential time of mean MTTR, 24 hours
// at the most.
typedef struct dd_outage_source {
    uint64_t seed, stable;     // the run's; stable id of what fails
    uint32_t purpose;          // of its draws
    uint32_t mtbf_h, mttr_min; // mean time between outages, and to repair
    uint32_t rate_pm;          // thousandths of the natural rate: 0 none, 2000 twice as often
} dd_outage_source;

typedef struct dd_outage {
    dd_time begin, end; // [begin, end); both 0 when there is none
} dd_outage;

// The outage that begins on a day (floor(t / DD_DAY)); for planning its events.
dd_outage dd_outage_of_day(const dd_outage_source *source, int64_t day);

// Whether it is out at `t` (0 or later).
bool dd_outage_at(const dd_outage_source *source, dd_time t);

// Until when it stays well, as far as the day of `t` tells: the next beginning, or midnight; `t`
// when it is out.
dd_time dd_outage_free_until(const dd_outage_source *source, dd_time t);
