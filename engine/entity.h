// Entities have two names: an index for speed, and a stable id hashed from the city's own ids.
// Random draws, records' digests and journals use the stable id only.
#pragma once

#include "engine/base.h"

typedef struct dd_entity {
    uint64_t stable;  // hash of "type:id"
    const char *name; // the city's own id, "L-0001"; owned by whoever owns the city
    uint16_t type;
    uint32_t part_of; // index of the entity that it belongs to, 0: none; for who reads the records
} dd_entity;

typedef struct dd_entities {
    const char *const *type_names; // NULL-terminated: "lamp", "feeder", ...
    dd_entity *all;                // [0] is none
    uint32_t n, capacity;          // n includes none
} dd_entities;

// Room for `capacity` entities besides none. False when memory is short.
bool dd_entities_init(dd_entities *entities, const char *const *type_names, uint32_t capacity,
                      dd_error *error);
void dd_entities_fini(dd_entities *entities);

// Adds one and returns its index. `name` must outlive the registry.
uint32_t dd_entities_add(dd_entities *entities, uint16_t type, const char *name);
