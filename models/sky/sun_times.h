// When the sun rises and sets over the city, in simulated time.
#pragma once

#include "models/world.h"

// The first sunrise or sunset (sun's centre at -0.833 degrees), moved by `offset`, at or after
// `from`.
dd_time dd_sky_next(const dd_world_def *def, bool sunset, dd_time offset, dd_time from);
