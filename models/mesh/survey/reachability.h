// Whether the mesh can work at all: which lamps a chain of links leads to from their controllers.
#pragma once

#include "models/mesh/survey/survey.h"

// Hears a complaint that does not keep the city from being played.
typedef void dd_mesh_warn(void *context, const char *text);

// Warns of lamps that no chain of usable links of their own segment leads to, a line a segment, and
// of power above the band's rule. An error when a controller reaches none of its lamps. A link is
// usable when, at its median, an exchange succeeds within four attempts in the mean (RFC 6719's
// MAX_LINK_METRIC).
bool dd_reachability_check(const dd_world *world, dd_mesh_warn *warn, void *context,
                           dd_error *error);

// The lamps of a segment that its controller reaches, as flags by their numbers in `reached`
// [0 .. lamp_count]; returns how many.
uint32_t dd_reachability_of(const dd_world *world, uint32_t segment, bool *reached);
