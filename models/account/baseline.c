#include "models/account/baseline.h"
#include "models/sky/sun_times.h"

static double hours(dd_time span) {
    return (double)span / (double)DD_HOUR;
}

double dd_dark_hours(const dd_world_def *def, dd_time from, dd_time to) {
    dd_time dark = 0, at = from;
    while (at < to) {
        dd_time rise = dd_sky_next(def, false, 0, at + 1);
        dd_time set = dd_sky_next(def, true, 0, at + 1);
        dd_time change = rise < set ? rise : set;
        dd_time end = change < to ? change : to;
        if (rise < set) dark += end - at;
        at = end;
    }
    return hours(dark);
}

static dd_time new_year(const dd_calendar *calendar, int32_t year) {
    int64_t local_s = dd_days_from_civil(year, 1, 1) * 86400;
    return (local_s - calendar->offset_s - calendar->start_unix_s) * DD_SECOND;
}

double dd_dark_hours_of_year(const dd_world_def *def) {
    int32_t year = dd_civil_at(&def->calendar, 0).year;
    return dd_dark_hours(def, new_year(&def->calendar, year), new_year(&def->calendar, year + 1));
}

double dd_baseline_w(const dd_world *world, uint32_t lamp) {
    uint8_t kind = world->city->lamps[lamp].kind;
    dd_luminaire_kind before = dd_luminaire_before(kind);
    return world->def.catalogue.models[before ? before : kind].power_mw / 1e3;
}
