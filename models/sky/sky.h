// Sky and water over the city: pure functions of the seed and the time, the same for everyone, and
// whatever the scenario or an instructor has said instead.
#pragma once

#include "models/world.h"

typedef struct dd_sky {
    int64_t illuminance_mlx; // on open ground, thousandths of a lux
    int32_t elevation_md;    // of the sun's centre, thousandths of a degree
    int32_t temperature_md;  // of the air in the shade, thousandths of a °C
    uint32_t rain_um_h;      // thousandths of mm/h
    uint16_t clouds_pm;      // share of the sky, thousandths
    int32_t tide_mm;         // water over mean sea level, as the moon has it
    int32_t flood_mm;        // water that stands in low streets; DD_SKY_DRY: none ever
} dd_sky;

#define DD_SKY_DRY INT32_MIN

// Now, for a domain that asks: a neighbourhood's or the hub's, cheap. Daylight is that of the
// minute's begin, all else that of the ten minutes'.
dd_sky dd_sky_now(const dd_domain *domain);

// The same for somebody outside, between events.
dd_sky dd_sky_standing(const dd_world *world);

// Whole hours at `now` since rain, nature's or said, last washed the dirt off lamps (setting
// sky.wash_mm_h), before the run included; UINT32_MAX: so long ago that they are as dirty as they
// get.
uint32_t dd_sky_washed_h(const dd_domain *domain, dd_time now);

// The ground at a cabinet of the city, millimetres over mean sea level: as its file says, else by
// the setting.
int32_t dd_sky_ground_mm(const dd_world *world, uint32_t cabinet);

enum { // dd_sky_said.what
    DD_SAID_RAIN = 1,
    DD_SAID_CLOUDS = 2,
    DD_SAID_TEMPERATURE = 4,
    DD_SAID_WATER = 8, // its height; it floods, whatever "nature.on" says
    DD_SAID_ALL = 15,
};

// What the scenario or an instructor holds the weather at.
typedef struct dd_sky_said {
    uint8_t what; // which of these
    uint16_t clouds_pm;
    uint32_t rain_um_h;
    int32_t temperature_md;
    int32_t water_mm; // over mean sea level
} dd_sky_said;

// Holds what `said` names as it says, from now on and everywhere at once; what it does not name
// stays as it was. Between events only. Rain brings no clouds of its own, but takes daylight.
void dd_sky_say(dd_world *world, const dd_sky_said *said);

// Gives what `what` names back to nature.
void dd_sky_unsay(dd_world *world, uint8_t what);

// Gives a neighbourhood's domain, or the hub's, its sky; before anything is at work there.
void dd_sky_make(dd_world *world, dd_domain *domain);

// Flashes that nature has on a million km² in the slot of now, for a neighbourhood.
uint32_t dd_sky_flashes(const dd_domain *domain);
