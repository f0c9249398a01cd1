// What the lamps of before 2020 would have taken: each pole's sodium, halide or compact fluorescent
// lamp (dd_luminaire_before), at full power from sunset to sunrise, as time switches had it. A
// closed form over the same span and the same poles; nothing fails in it.
#pragma once

#include "models/world.h"

// Hours between sunset and sunrise (sun's centre at -0.833 degrees) from `from` until `to`.
double dd_dark_hours(const dd_world_def *def, dd_time from, dd_time to);

// The same of the calendar year in which the run starts; Bến Tre's have 4,333 (facts 0).
double dd_dark_hours_of_year(const dd_world_def *def);

// Power from the mains, gear included, of what stood on a lamp's pole before 2020, W. Where nothing
// is known of that, of what the city has there.
double dd_baseline_w(const dd_world *world, uint32_t lamp);
