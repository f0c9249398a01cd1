#include "models/backhaul/outage.h"
#include "engine/random.h"

dd_outage dd_outage_of_day(const dd_outage_source *source, int64_t day) {
    enum { DAY_MINUTES = 24 * 60, DAY_MS = DAY_MINUTES * 60000 };
    if (!source->rate_pm) return (dd_outage){0};
    uint64_t cycle_min = source->mtbf_h * 60ull + source->mttr_min;
    uint64_t chance_ppm = DAY_MINUTES * 1000ull * source->rate_pm / cycle_min;
    dd_random4 draw = dd_random(source->seed, source->stable, source->purpose, (uint64_t)day);
    if (!dd_chance_ppm(draw.v[0], chance_ppm < 1000000 ? (uint32_t)chance_ppm : 1000000))
        return (dd_outage){0};
    dd_time begin = day * DD_DAY + dd_uniform(draw.v[1], DAY_MS) * DD_MILLISECOND;
    dd_time lasts = dd_exponential(draw.v[2], source->mttr_min * DD_MINUTE);
    return (dd_outage){begin, begin + (lasts < DD_DAY ? lasts : DD_DAY)};
}

// An outage lasts a day at most: it began today or yesterday.
dd_time dd_outage_free_until(const dd_outage_source *source, dd_time t) {
    int64_t today = t / DD_DAY;
    dd_time until = (today + 1) * DD_DAY;
    for (int64_t day = today - 1; day <= today; day++) {
        dd_outage outage = dd_outage_of_day(source, day);
        if (outage.begin <= t && t < outage.end) return t;
        if (outage.begin > t && outage.begin < until) until = outage.begin;
    }
    return until;
}

bool dd_outage_at(const dd_outage_source *source, dd_time t) {
    return dd_outage_free_until(source, t) == t;
}
