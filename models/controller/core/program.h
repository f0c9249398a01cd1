// A lighting program: what level the lamps of a night are to have, by fixed and astronomical times.
// Freestanding: shared by the nodes and the segment controller, in the twin and on a board.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { DD_PROGRAM_POINTS = 12 };

typedef enum dd_reference {
    DD_AT_CLOCK = 0, // offset_s counts from local midnight
    DD_AT_SUNSET,    // ... from sunset (sun's centre at -0.833 degrees)
    DD_AT_SUNRISE,   // ... from sunrise
} dd_reference;

typedef struct dd_switch_point {
    uint8_t reference; // dd_reference
    uint8_t reserved;
    uint16_t level_pm; // thousandths of full light from then on; 0 is off
    int32_t offset_s;
} dd_switch_point;

typedef struct dd_program {
    uint32_t id; // 0: none given; changes with every change; a node reports the one it follows
    uint16_t point_n;
    uint16_t reserved;
    dd_switch_point points[DD_PROGRAM_POINTS];
} dd_program;

// Where and on which civil time a device lives.
typedef struct dd_site {
    int32_t lat_e6, lon_e6; // millionths of a degree
    int32_t utc_offset_s;
} dd_site;

typedef struct dd_program_state {
    uint16_t level_pm; // in force at the moment asked for
    int64_t next_ms;   // Unix ms of the next switch point after it (level may be unchanged)
} dd_program_state;

// What the program says at Unix time `now_ms` (of the asking device's own clock). Looks at the
// points of the day before, of the day and of the day after. A program without points is off, and
// its next_ms a day away. Sun times come from `sun_cache` (zeroed at first), computed once a day.
typedef struct dd_sun_cache {
    int32_t day[3];                    // local days since 1970-01-01, 0 = empty
    int32_t sunrise_s[3], sunset_s[3]; // seconds after local midnight
} dd_sun_cache;

dd_program_state dd_program_at(const dd_program *program, const dd_site *site,
                               dd_sun_cache *sun_cache, int64_t now_ms);

// False for what no device should follow: too many points, an unknown reference, a level above full
// light, an offset beyond two days.
bool dd_program_valid(const dd_program *program);
