// A segment at work: its nodes, mesh, feeders and controller joined by the handlers of its events.
#pragma once

#include "models/kind.h"
#include "models/segment_state.h"

// What comes with an event of kind DD_KIND_FAULT.
typedef struct dd_failing {
    uint64_t record; // of the fault
    uint32_t entity;
    uint16_t fault; // dd_fault_kind
    bool fails;     // or is repaired
} dd_failing;

// Whether something of a segment's has that fault.
bool dd_segment_failed(const dd_world *world, const dd_segment_state *segment, uint32_t entity,
                       dd_fault_kind fault);

// Something of a segment's fails or is repaired, by what has happened in its own domain: makes the
// record, whose cause is `cause`, and does it. Nothing when it is so already. Returns the record,
// or 0.
uint64_t dd_segment_fault(dd_domain *domain, dd_segment_state *segment, uint32_t entity,
                          dd_fault_kind fault, bool fails, uint64_t cause);

// Puts the segment to work in its domain at the scenario's start.
void dd_segment_start(dd_domain *domain, dd_segment_state *segment);

// Handlers of a segment's events.
extern const dd_event_kind dd_segment_kinds[DD_SEGMENT_KINDS];
