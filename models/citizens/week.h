// The week of a city's people: at which hours they are about, and at their phones. An hour of
// "people's time" is as much as the week's mean hour has of it: little by night, more in the
// evening.
#pragma once

#include "engine/time.h"

// How much people are about in the hour of that moment, thousandths of the mean hour. An evening
// peak from 18 to 22 h, quieter weekends (facts E: estimate).
uint32_t dd_week_weight(const dd_calendar *calendar, dd_time t);

// The moment at which `lasts` (>= 0) of people's time has passed since `t`. More than ten years
// count as ten.
dd_time dd_week_after(const dd_calendar *calendar, dd_time t, dd_time lasts);

// As much people's time as the mean night, from 18 to 6 h, has in so much of its own time.
dd_time dd_week_of_night(dd_time night);

// A mean time of so many hours (>= 0, infinity too); more than ten years are ten: as good as never,
// and what is drawn from them is no overflow.
dd_time dd_week_hours(double hours);
