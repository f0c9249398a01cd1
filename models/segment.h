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

// Puts the segment to work in its domain at the scenario's start.
void dd_segment_start(dd_domain *domain, dd_segment_state *segment);

// Handlers of a segment's events.
extern const dd_event_kind dd_segment_kinds[DD_SEGMENT_KINDS];
