#include "models/controller/core/program.h"

#include "models/controller/core/sun.h"

enum { DAY_S = 86400, OFFSET_MAX_S = 2 * DAY_S };

static int64_t floor_div(int64_t value, int64_t by) {
    return value / by - (value % by < 0 ? 1 : 0);
}

// Index in the cache of a day's sun times, computed at need. Three neighbouring days never share a
// place, so a cache serves a whole day without another computation.
static int cached_sun(dd_sun_cache *cache, const dd_site *site, int64_t day) {
    int i = (int)(((day % 3) + 3) % 3);
    if (cache->day[i] != day || day == 0) {
        cache->day[i] = (int32_t)day;
        dd_sun_times(site->lat_e6, site->lon_e6, site->utc_offset_s, (int32_t)day,
                     &cache->sunrise_s[i], &cache->sunset_s[i]);
    }
    return i;
}

// Local second since 1970-01-01 at which a point switches on a day.
static int64_t point_s(const dd_switch_point *point, const dd_site *site, dd_sun_cache *cache,
                       int64_t day) {
    int64_t at_s = day * DAY_S + point->offset_s;
    if (point->reference == DD_AT_SUNSET) at_s += cache->sunset_s[cached_sun(cache, site, day)];
    if (point->reference == DD_AT_SUNRISE) at_s += cache->sunrise_s[cached_sun(cache, site, day)];
    return at_s;
}

dd_program_state dd_program_at(const dd_program *program, const dd_site *site,
                               dd_sun_cache *sun_cache, int64_t now_ms) {
    int64_t local_ms = now_ms + (int64_t)site->utc_offset_s * 1000;
    int64_t today = floor_div(local_ms, DAY_S * 1000ll);
    dd_program_state state = {.level_pm = 0, .next_ms = now_ms + DAY_S * 1000ll};
    int64_t latest_ms = INT64_MIN, next_ms = INT64_MAX;
    int point_n = program->point_n < DD_PROGRAM_POINTS ? program->point_n : DD_PROGRAM_POINTS;
    for (int64_t day = today - 1; day <= today + 1; day++) {
        for (int i = 0; i < point_n; i++) {
            const dd_switch_point *point = &program->points[i];
            int64_t at_ms = point_s(point, site, sun_cache, day) * 1000;
            if (at_ms <= local_ms && at_ms >= latest_ms) {
                latest_ms = at_ms;
                state.level_pm = point->level_pm;
            }
            if (at_ms > local_ms && at_ms < next_ms) next_ms = at_ms;
        }
    }
    if (next_ms != INT64_MAX) state.next_ms = now_ms + (next_ms - local_ms);
    return state;
}

bool dd_program_valid(const dd_program *program) {
    if (program->point_n > DD_PROGRAM_POINTS) return false;
    for (int i = 0; i < program->point_n; i++) {
        const dd_switch_point *point = &program->points[i];
        if (point->reference > DD_AT_SUNRISE || point->level_pm > 1000 ||
            point->offset_s < -OFFSET_MAX_S || point->offset_s > OFFSET_MAX_S)
            return false;
    }
    return true;
}
