// Hazards: a fault that strikes the members of a selection by chance, each by itself and at a
// constant rate, and is perhaps mended after a while. When a member is struck is a pure function of
// (seed, member, hazard, time), so that nobody else's luck depends on who else is a member or where
// anybody lives. A segment keeps one pending event for each hazard: of its member that is struck
// first.
#pragma once

#include "models/segment_state.h"

typedef struct dd_hazard_def {
    dd_fault_kind fault;      // not a jammer
    const uint32_t *entities; // members: lamps, feeders or segments, as the fault needs
    uint32_t entity_n;
    double per_1000_h; // strikes of one member; in a year it is 8.76 times that
    double repair_h;   // mean time to the repair, exponential; 0: never repaired
} dd_hazard_def;

enum { DD_HAZARDS_MAX = 256 }; // [0] is none

// Begins a hazard now; between events. Its number, or 0 and an error: a fault that does not fit its
// members, a figure out of range, too many hazards. Two hazards of the same fault draw
// independently.
uint32_t dd_hazard_add(dd_world *world, const dd_hazard_def *def, dd_error *error);

// Ends it now; what it has struck is still repaired in its time. Takes what has ended.
void dd_hazard_end(dd_world *world, uint32_t hazard);

void dd_hazards_fini(dd_world *world);

// --- For the handler of a segment's events of kind DD_KIND_HAZARD ---

typedef enum dd_hazard_step { // dd_event.a; dd_event.small is the hazard
    DD_HAZARD_LOOK,           // nobody is struck until now
    DD_HAZARD_STRIKE,         // dd_event.b is the member
    DD_HAZARD_REPAIR,         // the same
} dd_hazard_step;

// Whether it still goes on.
bool dd_hazard_active(const dd_domain *domain, uint32_t hazard);

dd_fault_kind dd_hazard_fault(const dd_world *world, uint32_t hazard);

// Plans the segment's next strike after now, or at this moment after that of `last` (0: none yet).
void dd_hazard_plan(dd_domain *domain, const dd_segment_state *segment, uint32_t hazard,
                    uint32_t last);

// A member has been struck now: plans its repair.
void dd_hazard_plan_repair(dd_domain *domain, const dd_segment_state *segment, uint32_t hazard,
                           uint32_t entity);
