// The grid over an area of the city (a ward): how its supply is disturbed, by itself. A pure
// function of (seed, area, time), which every domain asks for itself.
#pragma once

#include "models/world.h"

typedef enum dd_grid_kind {
    DD_GRID_INTERRUPTION, // longer than five minutes
    DD_GRID_MOMENTARY,    // shorter: a line switched on again
    DD_GRID_PHASE_LOSS,   // one phase dead
    DD_GRID_BROWNOUT,     // the voltage lies too low for a while
    DD_GRID_SAG,          // it dips for less than a second (EN 50160)
    DD_GRID_KINDS,
} dd_grid_kind;

// What a cabinet finds at its supply, as records tell it.
typedef enum dd_grid_state {
    DD_GRID_NORMAL,
    DD_GRID_LOW, // 90 % of the nominal or less (EN 50160: a dip)
    DD_GRID_PHASE_LOST,
    DD_GRID_DEAD,
} dd_grid_state;

// How often, and how long: facts A2 for the first two (SAIFI 2.83, SAIDI 283 min, MAIFI 0.24 in the
// 243 days of eight months), estimates for the rest.
typedef struct dd_grid_figures {
    uint32_t per_day_ppm;       // begins on a day, millionths
    dd_time least, mean, most;  // duration: the least and then exponential, to the most
    uint16_t least_pm, most_pm; // voltage that remains, thousandths
} dd_grid_figures;

extern const dd_grid_figures dd_grid_usual[DD_GRID_KINDS];

typedef struct dd_grid_area {
    uint64_t seed, stable; // of the ward
    uint32_t rate_pm;      // thousandths of the natural rate: 0 nothing, 2000 twice as often
} dd_grid_area;

// That of a segment: its ward's, at the rate that the settings ask for.
dd_grid_area dd_grid_area_of(const dd_world *world, uint32_t segment);

enum { DD_ALL_PHASES = 7, DD_VOLTAGE_FULL_PM = 1000 };

// What the grid gives: live phases (bit 0 is L1) and the share of the nominal voltage.
typedef struct dd_grid_supply {
    uint8_t phases;
    uint16_t voltage_pm; // thousandths
} dd_grid_supply;

// A disturbance: from `begin` to before `end` the grid gives no more than `supply`. Both 0: none.
typedef struct dd_grid_event {
    dd_time begin, end;
    dd_grid_supply supply;
} dd_grid_event;

// The disturbance of a kind that begins on a day (floor(t / DD_DAY) of simulated time); at most one
// does.
dd_grid_event dd_grid_of_day(dd_grid_area area, dd_grid_kind kind, int64_t day);

// What the disturbances leave at `t`. None lasts longer than a day.
dd_grid_supply dd_grid_at(dd_grid_area area, dd_time t);

// The usual voltage, thousandths of the nominal, when nothing disturbs it: high when the city
// sleeps, low in the evening (facts A2: within 5 %), and a little of its own every ten minutes.
// `minute` is that of the day, local time, 0 to 1439; estimate.
uint16_t dd_grid_usual_pm(dd_grid_area area, dd_time t, int32_t minute);
