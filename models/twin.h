// The twin: the whole city at work.
#pragma once

#include "models/world.h"

// Builds the world with its mesh and its engine; nothing is at work yet, so that listeners may
// join. NULL and an error when the city cannot be played.
dd_world *dd_twin_open(const dd_world_def *def, dd_error *error);

// Puts everything in its place and to work at simulated time 0.
void dd_twin_start(dd_world *world);

// Counts all energy up to now and makes the lamps' accounts, so that the last records and the
// summary are whole.
void dd_twin_settle(dd_world *world);

// Takes NULL too.
void dd_twin_close(dd_world *world);
