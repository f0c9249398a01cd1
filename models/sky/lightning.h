// Lightning over the city: nature's strikes, those of a scenario's storm, and one that is ordered.
// What a strike does to lamps is surge.c's.
#pragma once

#include "models/world.h"

enum { DD_STRIKE_REACH_M = 500 }; // beyond it a strike does nothing to a lamp

// --- Between events ---

// Whether lightning can strike there so: a lamp, or a segment or road with lamps; 1 to 300 kA.
bool dd_lightning_fits(const dd_world *world, uint32_t entity, double kiloamperes, dd_error *error);

// Lightning strikes that lamp's pole, or the one in the middle of that road, or beside that
// segment's cabinet, with such a peak current. Returns the record of the strike.
uint64_t dd_lightning_strike(dd_world *world, uint32_t entity, double kiloamperes);

// A thunderstorm over the whole city from `from` (now or later) on, of ground flashes only: rain,
// clouds and so their darkness are to be said besides (dd_sky_say). Places, times and currents are
// drawn as nature's, by the seed and by how many storms there have been. False when there are too
// many at once, or the figures cannot be.
bool dd_lightning_storm(dd_world *world, dd_time from, dd_time lasts, double flashes_per_km2_h,
                        dd_error *error);

// --- In a neighbourhood ---

// Finds the squares from which lightning reaches its lamps; before anything is at work.
void dd_lightning_survey(dd_domain *domain);

// Plans the lightning from what is planned already to `until`, the end of a slot: nature's, at so
// many flashes on a million km² in the slot, and that of all storms.
void dd_lightning_plan(dd_domain *domain, dd_time until, uint32_t per_million_km2);

// Plans that of storm number `index` of its list for the time that is planned already.
void dd_lightning_join(dd_domain *domain, uint32_t index);

// Handlers of DD_KIND_STRIKE and DD_KIND_BOLT.
void dd_lightning_flash(dd_domain *domain, const dd_event *event);
void dd_lightning_bolt(dd_domain *domain, const dd_event *event);
