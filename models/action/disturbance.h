// What disturbs the air from outside: jammers. Each reaches every domain at once; between events
// only.
#pragma once

#include "models/mesh/air/jammer.h"
#include "models/world.h"

// Whether there is a mesh to jam: at a lamp, at a segment's controller, or in the middle of a road.
bool dd_disturbance_fits(const dd_world *world, uint32_t entity, dd_error *error);

// Whether `n` more such jammers can be set up.
bool dd_disturbance_check(const dd_world *world, const dd_jammer_def *def, uint32_t n,
                          dd_error *error);

// Sets up a jammer, where and as checked, in place of one that stands there.
void dd_disturbance_jam(dd_world *world, uint32_t entity, const dd_jammer_def *def);

// Removes the jammer that stands at an entity.
void dd_disturbance_calm(dd_world *world, uint32_t entity);

// Whether one stands there.
bool dd_disturbance_jammed(const dd_world *world, uint32_t entity);
