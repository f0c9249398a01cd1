// A crew at a place: what is asked of the segment that it is in, and what it then finds. Only here
// do crews touch the truth, in the segment's own domain; all else that they and the centre hold is
// what they have found, right or wrong.
#pragma once

#include "engine/engine.h"
#include "models/schema.h"

typedef enum dd_visit_step {
    DD_VISIT_LOOK, // for what is wrong
    DD_VISIT_MEND, // work has been done on `fault` at `at`
} dd_visit_step;

// What comes with an event of kind DD_KIND_VISIT.
typedef struct dd_visit {
    uint64_t record; // of the dispatch
    uint32_t entity; // a lamp, feeder, cabinet, segment or road: where the crew was sent
    uint32_t at;     // mend: the entity that was worked on
    uint32_t ticket;
    uint32_t looks; // for this entity before this one
    uint16_t fault; // mend: dd_fault_kind
    uint8_t crew;
    uint8_t skills; // of the crew, a mask of dd_skill
    uint8_t step;   // dd_visit_step
} dd_visit;

// What comes with an event of kind DD_KIND_FOUND. Whether a diagnosis is right nobody can read from
// it.
typedef struct dd_finding {
    uint64_t record; // of the dispatch
    uint32_t entity; // where the crew was sent
    uint32_t at;     // what it holds to be at fault
    uint32_t ticket;
    uint32_t took_s; // look: how long it takes
    uint16_t fault;  // dd_fault_kind as the crew has it; none: nothing was found
    uint8_t crew;
    uint8_t step;   // dd_visit_step
    uint8_t result; // dd_visit_result: unsafe when it stands under water, else open
} dd_finding;

// Handler of DD_KIND_VISIT: looks, or mends what was worked on, and answers with DD_KIND_FOUND.
void dd_visit_handle(dd_domain *domain, const dd_event *event);
