#include "models/controller/core/hours.h"

#include "models/controller/core/schedule.h"

static dd_hours hours_by(dd_core *core, const dd_light_calendar *calendar, uint32_t margin_s) {
    if (!core->clock.known || calendar->id == 0) return DD_HOURS_UNKNOWN;
    int64_t clock_ms = dd_core_clock_ms(core, core->now_ms), margin_ms = (int64_t)margin_s * 1000;
    int lit = 0;
    for (int i = -1; i <= 1; i++)
        lit += dd_light_calendar_at(calendar, &core->def.site, &core->sun, clock_ms + i * margin_ms)
                   .level_pm > 0;
    return lit == 0 ? DD_HOURS_DARK : lit == 3 ? DD_HOURS_LIT : DD_HOURS_EDGE;
}

dd_hours dd_core_hours(dd_core *core, uint32_t margin_s) {
    const dd_light_calendar *calendars = core->storage.timetable->calendars;
    dd_hours all = hours_by(core, &calendars[0], margin_s);
    for (int i = 1; i < DD_CALENDARS; i++)
        if (calendars[i].id && hours_by(core, &calendars[i], margin_s) != all) all = DD_HOURS_EDGE;
    return all;
}

dd_hours dd_core_hours_of(dd_core *core, uint16_t lamp, uint32_t margin_s) {
    return hours_by(core, dd_core_schedule_of(core, lamp), margin_s);
}
