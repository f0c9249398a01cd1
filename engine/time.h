// Simulated time: nanoseconds since the scenario's start. Civil time is a view of it.
#pragma once

#include "engine/base.h"

typedef int64_t dd_time; // nanoseconds since the scenario's start

#define DD_MICROSECOND ((dd_time)1000)
#define DD_MILLISECOND ((dd_time)1000000)
#define DD_SECOND ((dd_time)1000000000)
#define DD_MINUTE (60 * DD_SECOND)
#define DD_HOUR (60 * DD_MINUTE)
#define DD_DAY (24 * DD_HOUR)
#define DD_NEVER INT64_MAX

// Where simulated zero lies on the calendar. Offsets without daylight saving, as in Vietnam.
typedef struct dd_calendar {
    int64_t start_unix_s; // Unix seconds (UTC) at simulated time 0
    int32_t offset_s;     // local time minus UTC, seconds (UTC+7: 25200)
} dd_calendar;

typedef struct dd_civil {
    int32_t year, month, day;     // proleptic Gregorian, month and day from 1
    int32_t hour, minute, second; // 24 h
    int32_t nanosecond;
} dd_civil;

// Days from 1970-01-01 to a civil date (may be negative).
int64_t dd_days_from_civil(int32_t year, int32_t month, int32_t day);

// Local civil time at simulated time `t`.
dd_civil dd_civil_at(const dd_calendar *calendar, dd_time t);

// Local midnight at or before `t`, as simulated time (may be negative).
dd_time dd_midnight_before(const dd_calendar *calendar, dd_time t);

// Reads "YYYY-MM-DD HH:MM[:SS]" as local time into Unix seconds. False when it is no such moment.
bool dd_unix_parse(const char *text, int32_t offset_s, int64_t *unix_s);

// Reads a duration: "90s", "15m", "1h30m", "2d", "250ms". Numbers need their units; must be >= 0.
bool dd_duration_parse(const char *text, dd_time *duration);

// Reads a moment as simulated time: a full civil time as above, within a century of the start, or
// "HH:MM[:SS]", which means the first such clock time at or after simulated time `after`.
bool dd_moment_parse(const char *text, const dd_calendar *calendar, dd_time after, dd_time *t);

// Writes "2020-08-03 21:10:00" (19 characters); `text` holds at least DD_MOMENT_SIZE bytes.
enum { DD_MOMENT_SIZE = 40 };
void dd_moment_format(const dd_calendar *calendar, dd_time t, char *text);
