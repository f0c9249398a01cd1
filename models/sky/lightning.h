// Lightning over the city: nature's strikes, those of a scenario's storm, and one that is ordered.
// What a strike does to lamps is surge.c's.
#pragma once

#include "models/world.h"

enum { DD_STRIKE_REACH_M = 500 }; // beyond it a strike does nothing to a lamp

// Lightning strikes that pole, or the one in the middle of that road, or the segment's cabinet,
// with a peak current of so many kA. Returns the record of the strike. Between events only, and
// only what fits.
uint64_t dd_lightning_strike(dd_world *world, uint32_t entity, double kiloamperes);

// Whether lightning can strike there so: a lamp, a segment, or a road with lamps; 1 to 300 kA.
bool dd_lightning_fits(const dd_world *world, uint32_t entity, double kiloamperes, dd_error *error);

// A thunderstorm over the whole city, of ground flashes only: rain, clouds and their darkness are
// to be said besides (dd_sky_say). Places, times and currents are drawn as nature's, by the seed
// and by how many storms there have been. Between events only; `from` is now or later.
void dd_lightning_storm(dd_world *world, dd_time from, dd_time lasts, double flashes_per_km2_h);
