#include "models/sky/sun_times.h"
#include "models/controller/core/sun.h"

// Begins with the day before, whose moment the offset may have moved past midnight.
dd_time dd_sky_next(const dd_world_def *def, bool sunset, dd_time offset, dd_time from) {
    const dd_calendar *calendar = &def->calendar;
    dd_site site = dd_world_site(def);
    for (dd_time midnight = dd_midnight_before(calendar, from) - DD_DAY;; midnight += DD_DAY) {
        int64_t local_s = calendar->start_unix_s + site.utc_offset_s + midnight / DD_SECOND;
        int32_t rise_s, set_s;
        dd_sun_times(site.lat_e6, site.lon_e6, site.utc_offset_s, (int32_t)(local_s / 86400),
                     &rise_s, &set_s);
        dd_time t = midnight + (sunset ? set_s : rise_s) * DD_SECOND + offset;
        if (t >= from) return t;
    }
}
