// What a domain knows of its sky: what is said instead of nature, what it was told last, and
// what is worked out for this moment.
#pragma once

#include "models/sky/climate.h"
#include "models/sky/flash.h"
#include "models/sky/sky.h"

enum { DD_STORMS_MAX = 8 }; // of a scenario at once

#define DD_NEVER_WASHED INT64_MIN

// A scenario's thunderstorm.
typedef struct dd_storm {
    dd_time from, until;
    uint32_t number;          // from 1
    uint32_t per_million_km2; // flashes in a slot
} dd_storm;

typedef struct dd_sky_state {
    dd_sky_said said;
    dd_storm storms[DD_STORMS_MAX];
    uint32_t storm_n, storms_ever;
    dd_time planned;       // lightning before this is planned
    dd_square least, most; // the squares from which lightning reaches its lamps

    dd_sky told;     // to cabinets and lamps
    dd_sky recorded; // by the neighbourhood that records
    dd_time recorded_at;
    dd_time washed; // lamps, by rain; DD_NEVER_WASHED

    int64_t minute, slot;   // civil, since 1970, that the rest is worked out for
    dd_climate_day days[2]; // yesterday and today
    dd_weather_slot weather;
    int32_t tide_mm;
    dd_sky now;
} dd_sky_state;

// Why DD_KIND_SKY comes.
typedef enum dd_sky_why {
    DD_SKY_BEGIN, // the scenario starts
    DD_SKY_TICK,  // its time has come
    DD_SKY_SAID,  // somebody holds the weather at something, or lets it go
    DD_SKY_STORM, // a scenario's storm is new; a: which
} dd_sky_why;

// The rain of now, as it was worked out last, may be heavy enough to wash lamps.
void dd_sky_wash(dd_domain *domain);

// Civil seconds since 1970 at simulated time `t`.
static inline int64_t dd_sky_local_s(const dd_world *world, dd_time t) {
    const dd_calendar *calendar = &world->def.calendar;
    return calendar->start_unix_s + calendar->offset_s + t / DD_SECOND;
}

// Simulated time at so many civil seconds since 1970.
static inline dd_time dd_sky_time(const dd_world *world, int64_t local_s) {
    const dd_calendar *calendar = &world->def.calendar;
    return (local_s - calendar->start_unix_s - calendar->offset_s) * DD_SECOND;
}
