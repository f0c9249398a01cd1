// Hazards: a fault that strikes the members of a selection by chance at a constant rate, each by
// itself, and is perhaps mended after a while. When a member is struck next is a pure function of
// (seed, member, hazard, time); a segment keeps one pending event for each hazard, of its member
// that is struck first.
#pragma once

#include "models/world.h"

typedef struct dd_hazard_def {
    dd_fault_kind fault;      // not a jammer
    const uint32_t *entities; // members: lamps, feeders or segments, as the fault needs
    uint32_t entity_n;
    double per_1000_h;        // strikes of one member; a year of it is 8.76 times 1,000 h
    double repair_h; // mean time to the repair, exponential; 0: never repaired
} dd_hazard_def;

enum { DD_HAZARDS_MAX = 255 };

// Begins a hazard now; between events. Its number, or 0 and an error: a fault that does not fit its
// members, a figure out of range, too many hazards.
uint32_t dd_hazard_add(dd_world *world, const dd_hazard_def *def, dd_error *error);

// Ends it now; what it has struck is still repaired in its time. Takes what has ended.
void dd_hazard_end(dd_world *world, uint32_t hazard);

// An event of kind DD_KIND_HAZARD has come.
void dd_hazard_handle(dd_domain *domain, const dd_event *event);
