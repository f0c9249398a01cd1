// What can be made to fail, and repaired: by the scenario, or by an instructor.
#pragma once

#include "models/world.h"

// The kind of that name, or DD_FAULT_NONE and an error that suggests the nearest.
dd_fault_kind dd_fault_find(const char *name, dd_error *error);

// What type of entity a fault happens to; a jammer may stand at others too.
dd_entity_type dd_fault_target(dd_fault_kind fault);

// The segment of an entity that can fail: a lamp's, a feeder's, or itself.
uint32_t dd_fault_segment(const dd_world *world, uint32_t entity);

// Whether a fault can happen to an entity; the error says to what it can.
bool dd_fault_fits(const dd_world *world, uint32_t entity, dd_fault_kind fault, dd_error *error);

// Makes an entity fail, or repairs it, now; between events only, and only what fits. Jammers are
// only removed here: dd_disturbance_jam sets one up.
void dd_fault_set(dd_world *world, uint32_t entity, dd_fault_kind fault, bool fails);

// Repairs whatever is wrong with an entity itself.
void dd_fault_repair_all(dd_world *world, uint32_t entity);
