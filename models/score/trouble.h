// A trouble: something that is truly wrong in the city, as who judges a shift counts it, and what
// the centre has made of it. What fails of one kind at one place at one moment is one trouble: a
// stolen stretch of cable, not its poles.
#pragma once

#include "models/world.h"

typedef struct dd_trouble {
    dd_time began;
    dd_time ended;    // DD_NEVER: it stands
    dd_time detected; // the first alarm, incident or report that points there; DD_NEVER: none
    dd_time sent;     // the first crew; DD_NEVER: none
    uint32_t entity;  // the first of what failed
    uint32_t feeder, segment; // it is at; 0: several
    uint32_t part_n;          // that failed with it ...
    uint32_t mended_n;        // ... and have been repaired
    uint8_t fault;            // dd_fault_kind
} dd_trouble;

// One thing that has failed.
typedef struct dd_trouble_part {
    uint32_t entity;
    uint32_t trouble; // its place among all
    uint32_t before;  // the part before of the same entity, from 1; 0: none
    uint8_t fault;    // dd_fault_kind
    bool mended;
} dd_trouble_part;

typedef struct dd_troubles {
    dd_trouble *all; // in the order in which they began
    dd_trouble_part *parts;
    uint32_t *latest; // by entity: its last part, from 1; 0: none, and untouched memory
    uint32_t n, capacity;
    uint32_t part_n, part_capacity;
} dd_troubles;

// None yet. False (DD_OUTSIDE) when memory is short.
bool dd_troubles_init(dd_troubles *troubles, const dd_world *world, dd_error *error);
void dd_troubles_fini(dd_troubles *troubles);

// Something fails, or is repaired.
void dd_trouble_begin(dd_troubles *troubles, const dd_world *world, uint32_t entity,
                      dd_fault_kind fault, dd_time now);
void dd_trouble_end(dd_troubles *troubles, uint32_t entity, dd_fault_kind fault, dd_time now);

// Whether an alarm, an incident or a crew's ticket at an entity points to it: the same thing, what
// it is part of, or a part of it.
bool dd_trouble_is_at(const dd_trouble *trouble, const dd_world *world, uint32_t entity);

// Whether a cause that somebody holds it to have is right; estimate: what a repairman would accept.
bool dd_trouble_caused_by(const dd_trouble *trouble, dd_cause cause);
