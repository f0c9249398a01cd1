// What a segment is made of, all in its domain's arena: its nodes, feeders and controller; its mesh
// is part of the neighbourhood's air. The parts know this much of the whole; how they work together
// is segment.c's.
#pragma once

#include "models/controller/core/core.h"
#include "models/power/power_state.h"
#include "models/world.h"

struct dd_node;
struct dd_node_updates;
struct dd_house;

// Calendars that nodes of one segment may hold at once: dead ones keep what they had. Slot 0 is the
// world's, with which all are commissioned.
enum { DD_CALENDAR_SLOTS = 16 };

// What people can tell of a lamp's light.
typedef enum dd_daytime {
    DD_TWILIGHT,  // nothing
    DD_NIGHT,     // that it is missing
    DD_BROAD_DAY, // that it burns for nothing
} dd_daytime;

typedef struct dd_segment_state {
    uint32_t segment;    // index in the city
    uint32_t first_lamp; // lamp number l is the city's first_lamp + l - 1
    uint32_t station;    // of its controller in their domain; lamp number l is station + l
    uint16_t lamp_n;
    uint8_t feeder_n;
    uint8_t daytime;       // dd_daytime
    bool line_down;        // as the last record of it says
    struct dd_node *nodes; // [1 .. lamp_n]
    uint32_t *replaced_wh; // [1 .. lamp_n], that nodes counted until they were taken down; NULL:
                           // none has been
    struct dd_node_updates *updates; // of their firmware; NULL: none has ever been offered any
    dd_feeder_state *feeders;        // [1 .. feeder_n]
    dd_cabinet_state cabinet;
    dd_light_calendar *calendars; // [1 .. DD_CALENDAR_SLOTS); NULL: no other has been given yet
    dd_sun_cache sun;
    struct dd_house *house;
} dd_segment_state;

// The calendar that lies in a slot.
static inline const dd_light_calendar *
dd_segment_calendar(const dd_world *world, const dd_segment_state *segment, uint8_t slot) {
    return slot ? &segment->calendars[slot] : &world->def.light_calendar;
}

// The city's lamp, and entity, of lamp number `lamp`.
static inline uint32_t dd_segment_lamp(const dd_segment_state *segment, uint16_t lamp) {
    return segment->first_lamp + lamp - 1;
}

// The number within the segment of a lamp of the city's.
static inline uint16_t dd_segment_lamp_number(const dd_segment_state *segment, uint32_t lamp) {
    return (uint16_t)(lamp - segment->first_lamp + 1);
}

// Where a lamp stands.
static inline const dd_lamp *dd_segment_place(const dd_domain *domain,
                                              const dd_segment_state *segment, uint16_t lamp) {
    return &dd_world_of(domain)->city->lamps[dd_segment_lamp(segment, lamp)];
}

// The number within the segment of one of its stations: 0 is the controller, else a lamp.
static inline uint16_t dd_segment_number(const dd_segment_state *segment, uint32_t station) {
    return (uint16_t)(station - segment->station);
}

// The entity of its feeder of a number or, for 0, of the segment itself.
static inline uint32_t dd_segment_entity(const dd_world *world, const dd_segment_state *segment,
                                         uint8_t feeder) {
    return feeder ? dd_world_entity(world, DD_ENTITY_FEEDER, segment->feeders[feeder].feeder)
                  : dd_world_entity(world, DD_ENTITY_SEGMENT, segment->segment);
}

// The number within the segment of a city's feeder, 0 when it is not one of its own.
static inline uint8_t dd_segment_feeder_number(const dd_segment_state *segment, uint32_t feeder) {
    for (uint8_t number = 1; number <= segment->feeder_n; number++)
        if (segment->feeders[number].feeder == feeder) return number;
    return 0;
}
