// The asset register: what the city's file and the commissioning say of each asset, as far as the
// centre goes by it. A controller names lamps and feeders by their numbers within its segment.
#pragma once

#include "engine/engine.h"
#include "models/controller/core/message.h"
#include "models/schema.h"

// A segment's feeders are numbered in the city's order.
typedef struct dd_register {
    uint32_t (*feeders)[DD_CORE_FEEDERS]; // by segment: the city's feeder of number i + 1, or 0
} dd_register;

// At the scenario's start: as the city was built.
void dd_register_start(dd_domain *hub, dd_register *assets);

// The city's lamp or feeder of a number within a segment; 0 when there is no such thing.
uint32_t dd_register_lamp(const dd_domain *hub, uint32_t segment, uint16_t number);
uint32_t dd_register_feeder(const dd_register *assets, uint32_t segment, uint16_t number);

// The entity of a lamp or a feeder by its number within a segment, or of the segment itself; 0 when
// there is no such thing.
uint32_t dd_register_entity(const dd_domain *hub, const dd_register *assets, uint32_t segment,
                            dd_entity_type type, uint16_t number);

// The number within its segment of a lamp of the city's.
uint16_t dd_register_number(const dd_domain *hub, uint32_t lamp);

// The segment that an entity is in; 0: it is in several.
uint32_t dd_register_segment(const dd_domain *hub, uint32_t entity);

// The telecom operator of a segment's line, from 1.
uint32_t dd_register_operator(const dd_domain *hub, uint32_t segment);
