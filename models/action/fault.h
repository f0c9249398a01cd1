// What can be made to fail, and repaired: by the scenario, or by an instructor.
#pragma once

#include "models/world.h"

// What is known of a kind of fault; its name is dd_fault_names[].
typedef struct dd_fault_info {
    uint32_t types;        // of entities that it happens to: a mask of 1 << dd_entity_type
    dd_entity_type target; // of those, what is meant where something else is chosen; none: nothing
    const char *what;      // it is, and how it looks at the node, at the cabinet and to the eye
} dd_fault_info;

extern const dd_fault_info dd_faults[DD_FAULT_KINDS]; // [DD_FAULT_NONE] is none

// The kind of that name, or DD_FAULT_NONE and an error that suggests the nearest.
dd_fault_kind dd_fault_find(const char *name, dd_error *error);

// Whether a fault happens to entities of a type.
static inline bool dd_fault_happens_to(dd_fault_kind fault, dd_entity_type type) {
    return dd_faults[fault].types >> type & 1;
}

// The segment of an entity that can fail: a lamp's, a feeder's, or itself; 0: it has none.
uint32_t dd_fault_segment(const dd_world *world, uint32_t entity);

// Whether a fault can happen to an entity; the error says to what it can.
bool dd_fault_fits(const dd_world *world, uint32_t entity, dd_fault_kind fault, dd_error *error);

// Makes an entity fail, or repairs it, now; between events only, and only what fits. Jammers are
// only removed here: dd_disturbance_jam sets one up.
void dd_fault_set(dd_world *world, uint32_t entity, dd_fault_kind fault, bool fails);

// Repairs whatever is wrong with an entity itself.
void dd_fault_repair_all(dd_world *world, uint32_t entity);
