// A lighting program: what level the lamps of a night are to have, by fixed and astronomical times.
// Freestanding: shared by the nodes and the segment controller, in the twin and on a board.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { DD_PROGRAM_POINTS = 12, DD_DAY_S = 86400, DD_OFFSET_MOST_S = 2 * DD_DAY_S };

typedef enum dd_reference {
    DD_AT_CLOCK = 0, // offset_s counts from local midnight
    DD_AT_SUNSET,    // ... from sunset (sun's centre at -0.833 degrees)
    DD_AT_SUNRISE,   // ... from sunrise
} dd_reference;

// Four octets, since every controller holds many.
typedef struct dd_switch_point {
    uint32_t reference : 2; // dd_reference
    uint32_t level_pm : 10; // thousandths of full light from then on; 0 is off
    int32_t offset_s : 20;
} dd_switch_point;

_Static_assert(sizeof(dd_switch_point) == 4, "a switch point is packed");

// A point of such numbers, as they come over a line. False: they do not fit, or are too far off.
bool dd_switch_point_read(dd_switch_point *point, uint32_t reference, uint32_t level_pm,
                          int32_t offset_s);

typedef struct dd_program {
    uint8_t point_n; // 0: off
    dd_switch_point points[DD_PROGRAM_POINTS];
} dd_program;

// Where and on which civil time a device lives.
typedef struct dd_site {
    int32_t lat_e6, lon_e6; // millionths of a degree
    int32_t utc_offset_s;
} dd_site;

// Sun times are computed once a day; zeroed at first. A power of two, and all the days that are
// looked at around one.
enum { DD_SUN_DAYS = 8 };
typedef struct dd_sun_cache {
    int32_t day[DD_SUN_DAYS];                              // local days since 1970-01-01, 0: empty
    int32_t sunrise_s[DD_SUN_DAYS], sunset_s[DD_SUN_DAYS]; // seconds after local midnight
} dd_sun_cache;

// What a program does within one lighting day, seen from a moment.
typedef struct dd_program_view {
    bool switched;     // it has switched by then, ...
    uint16_t level_pm; // ... last to this level
    int64_t next_s;    // when it switches next within that day; INT64_MAX: no more
} dd_program_view;

// A lighting day goes from local noon to local noon, so that a night is one day's (TALQ: dayOffset
// 12); `day` is the date of its evening, in days since 1970-01-01. Each point switches whenever its
// moment, on whatever date, lies within it. Of two points at the same moment the later one counts.
// A program without points switches off at noon. Times are local seconds since 1970-01-01.
dd_program_view dd_program_look(const dd_program *program, const dd_site *site, dd_sun_cache *sun,
                                int64_t day, int64_t now_s);

// The lighting day of a local moment.
int64_t dd_lighting_day(int64_t local_s);

// False for what no device should follow: too many points, an unknown reference, a level above full
// light, an offset beyond two days.
bool dd_program_valid(const dd_program *program);
