// The hours of light: what the calendars say of the present, by the controller's own clock.
#pragma once

#include "models/controller/core/core.h"

typedef enum dd_hours {
    DD_HOURS_UNKNOWN, // it has no clock or no calendar
    DD_HOURS_DARK,    // lamps are off, now and all around
    DD_HOURS_LIT,     // lamps burn, now and all around
    DD_HOURS_EDGE,    // they switch about now, or some burn and others do not
} dd_hours;

// Of all lamps of the segment, and of one, with an allowance of `margin_s` before and after now.
dd_hours dd_core_hours(dd_core *core, uint32_t margin_s);
dd_hours dd_core_hours_of(dd_core *core, uint16_t lamp, uint32_t margin_s);
