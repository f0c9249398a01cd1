// What lamps give, for dd_road_light_measure: as a city was built, or at a moment of a run.
#pragma once

#include "models/roadlight/roadlight.h"
#include "models/world.h"

// The city's own luminaires, all at `level`, and what dirt and age leave of it (setting
// "road.maintenance").
typedef struct dd_built_flux {
    const dd_city *city;
    double level;       // 1: full
    double maintenance; // 1: as new
} dd_built_flux;

double dd_flux_as_built(const void *context, uint32_t lamp);

// Of a world at work: as commanded, as it fails, as it has aged and grown dirty. The context is the
// world.
double dd_flux_now(const void *context, uint32_t lamp);
