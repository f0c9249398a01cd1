#include "models/controller/core/program.h"

#include "models/controller/core/sun.h"

enum { NOON_S = DD_DAY_S / 2 };

static int64_t floor_div(int64_t value, int64_t by) {
    return value / by - (value % by < 0 ? 1 : 0);
}

int64_t dd_lighting_day(int64_t local_s) {
    return floor_div(local_s - NOON_S, DD_DAY_S);
}

// Place in the cache of a day's sun times, computed at need. Neighbouring days never share a place.
static int sun_of(dd_sun_cache *cache, const dd_site *site, int64_t day) {
    int i = (int)(day & (DD_SUN_DAYS - 1));
    if (cache->day[i] != day || day == 0) {
        cache->day[i] = (int32_t)day;
        dd_sun_times(site->lat_e6, site->lon_e6, site->utc_offset_s, (int32_t)day,
                     &cache->sunrise_s[i], &cache->sunset_s[i]);
    }
    return i;
}

// Local second at which a point switches on a date.
static int64_t moment(const dd_switch_point *point, const dd_site *site, dd_sun_cache *cache,
                      int64_t date) {
    int64_t at_s = date * DD_DAY_S + point->offset_s;
    if (point->reference == DD_AT_SUNSET) at_s += cache->sunset_s[sun_of(cache, site, date)];
    if (point->reference == DD_AT_SUNRISE) at_s += cache->sunrise_s[sun_of(cache, site, date)];
    return at_s;
}

static void see(dd_program_view *view, int64_t *last_s, const dd_switch_point *point, int64_t at_s,
                int64_t now_s) {
    if (at_s > now_s) {
        if (at_s < view->next_s) view->next_s = at_s;
    } else if (at_s >= *last_s) {
        *last_s = at_s;
        view->switched = true;
        view->level_pm = (uint16_t)point->level_pm;
    }
}

static dd_program_view switch_off(int64_t noon_s, int64_t now_s) {
    bool over = noon_s <= now_s;
    return (dd_program_view){.switched = over, .next_s = over ? INT64_MAX : noon_s};
}

// One date's moment of each point lies in the lighting day; but since the sun moves by some minutes
// a day, and by hours where it ceases to set, it may be the moment of the date before or after, or
// of both, or none.
dd_program_view dd_program_look(const dd_program *program, const dd_site *site, dd_sun_cache *sun,
                                int64_t day, int64_t now_s) {
    int64_t begin_s = day * DD_DAY_S + NOON_S, end_s = begin_s + DD_DAY_S, last_s = INT64_MIN;
    if (program->point_n == 0) return switch_off(begin_s, now_s);
    dd_program_view view = {.next_s = INT64_MAX};
    for (int i = 0; i < program->point_n && i < DD_PROGRAM_POINTS; i++) {
        const dd_switch_point *point = &program->points[i];
        int64_t date = day - floor_div(moment(point, site, sun, day) - begin_s, DD_DAY_S);
        int by = point->reference != DD_AT_CLOCK;
        for (int64_t on = date - by; on <= date + by; on++) {
            int64_t at_s = moment(point, site, sun, on);
            if (at_s >= begin_s && at_s < end_s) see(&view, &last_s, point, at_s, now_s);
        }
    }
    return view;
}

bool dd_switch_point_read(dd_switch_point *point, uint32_t reference, uint32_t level_pm,
                          int32_t offset_s) {
    if (offset_s < -DD_OFFSET_MOST_S || offset_s > DD_OFFSET_MOST_S) return false;
    point->reference = reference & 3;
    point->level_pm = level_pm & 1023;
    point->offset_s = offset_s;
    return point->reference == reference && point->level_pm == level_pm;
}

bool dd_program_valid(const dd_program *program) {
    if (program->point_n > DD_PROGRAM_POINTS) return false;
    for (int i = 0; i < program->point_n; i++) {
        const dd_switch_point *point = &program->points[i];
        if (point->reference > DD_AT_SUNRISE || point->level_pm > 1000 ||
            point->offset_s < -DD_OFFSET_MOST_S || point->offset_s > DD_OFFSET_MOST_S)
            return false;
    }
    return true;
}
