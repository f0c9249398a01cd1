// The working time of the city's offices: from 7 to 11 and from 13 to 17 h on Mondays to Fridays
// that are no public holidays (facts E).
#pragma once

#include "engine/time.h"

// Whether a day, counted from 1970-01-01, is a working day: no weekend, no holiday of the Labour
// Code of 2019, article 112 (New Year, Tết, the Hùng Kings' day, 30 April, 1 May, National Day), no
// working day off for a holiday on a weekend. The days of the lunar calendar are known from 2019 to
// 2035; other years have none.
bool dd_workday(int64_t day);

// The moment at which `work` (>= 0) of working time has passed since `t`; it lies in working time,
// also when `work` is 0.
dd_time dd_workday_after(const dd_calendar *calendar, dd_time t, dd_time work);

// When an answer is due that may take `days` working days (>= 1): the end of the last of them. The
// day of filing does not count.
dd_time dd_workday_due(const dd_calendar *calendar, dd_time filed, uint32_t days);
