// The segments, cabinets and feeders that a file already gives to its lamps: checked, and kept
// where they are complete and a controller can take them.
#pragma once

#include "models/city/import/layout.h"

// Takes over who belongs to which group from groups that list their lamps, and checks that what is
// referred to exists and what exists is referred to. DD_WRONG names what does not.
bool dd_assigned_check(dd_inventory *inventory, dd_error *error);

// Gives the plan's poles their own segments and feeders. `*kept` is false, with a note of why, when
// there are none or they cannot be kept: then the planner makes segments.
bool dd_assigned_keep(dd_layout *layout, bool *kept, dd_error *error);
