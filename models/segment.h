// A segment: its nodes, mesh, feeders and controller, all in one domain.
#pragma once

#include "models/controller/house.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/mesh/mesh.h"
#include "models/world.h"

// Programs that nodes of one segment may follow at once: dead ones keep what they had.
enum { DD_PROGRAM_SLOTS = 16 };

typedef struct dd_feeder_state {
    uint32_t feeder;     // index in the city
    uint8_t live_phases; // mask
    uint8_t faults;      // bits: 0 breaker, 1..3 phases L1..L3, 4 blackout
    uint64_t cause;
} dd_feeder_state;

typedef struct dd_segment_state {
    uint32_t segment;    // index in the city
    uint32_t first_lamp; // lamp number l is the city's first_lamp + l - 1
    uint16_t lamp_n;
    uint8_t feeder_n;
    bool night;                                   // after the dusk scan, before the dawn scan
    bool line_down;                               // as the last record of it says
    dd_node *nodes;                               // [1 .. lamp_n]
    dd_feeder_state feeders[DD_CORE_FEEDERS + 1]; // from 1
    dd_program programs[DD_PROGRAM_SLOTS];
    dd_sun_cache sun;
    dd_mesh mesh;
    dd_house house;
} dd_segment_state;

static inline dd_segment_state *dd_segment_of(const dd_domain *domain) {
    return domain->state;
}

// The domain of a city's segment.
static inline uint32_t dd_segment_domain(uint32_t segment) {
    return DD_FIRST_SEGMENT_DOMAIN + segment - 1;
}

// The city's lamp, and entity, of lamp number `lamp`.
static inline uint32_t dd_segment_lamp(const dd_segment_state *segment, uint16_t lamp) {
    return segment->first_lamp + lamp - 1;
}

// The number within the segment of a city's feeder, 0 when it is not one of its own.
uint8_t dd_segment_feeder_number(const dd_segment_state *segment, uint32_t feeder);

// Builds the segment's state in its domain at the scenario's start.
void dd_segment_start(dd_domain *domain, uint32_t segment);

// Where the segment's devices believe they are.
dd_site dd_segment_site(const dd_world *world);

// Makes the energy records of its feeders, counted up to now.
void dd_segment_meter(dd_domain *domain);

// Handlers of a segment's events.
extern const dd_event_kind dd_segment_kinds[DD_SEGMENT_KINDS];
