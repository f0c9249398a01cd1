// What hums at a station: thermal noise, and the many that are each too faint to tell apart. For
// load time.
#pragma once

#include "models/mesh/survey/places.h"

struct dd_propagation;
struct dd_channel_plan;

// Power of a level, femtowatts; whole decibels, which is enough for a sum of many.
double dd_noise_power(int32_t cdbm);

// A noise floor, 1/100 dBm, with such a power (femtowatts) on top.
int32_t dd_noise_level(int32_t floor_cdbm, double femtowatts);

// Adds to `sums` (femtowatts by station of `places`) what stations send from beyond the cells
// around it, up to eight cells away: heard as hidden ones at the distance of their cells' centres.
// False when memory is short.
bool dd_noise_add_far(double *sums, const dd_places *places,
                      const struct dd_propagation *propagation, const struct dd_channel_plan *plan,
                      dd_error *error);
