// A selection: some entities of one type, by what people call them.
#pragma once

#include "models/world.h"

// What lamps are chosen by; NULL means any. Roads and wards go by id or by name.
typedef struct dd_filter {
    const char *id;
    const char *road, *segment, *feeder, *ward;
    const char *kind;  // luminaire model, "LED-street-75"
    const char *class; // road class, "primary"
} dd_filter;

// The entity of a type with that id (or, for roads and wards, that name); 0 and an error that
// suggests the nearest when there is none.
uint32_t dd_entity_find(const dd_world *world, dd_entity_type type, const char *name,
                        dd_error *error);

// "lamp:L-0001", "road:Đồng Khởi", "city": an entity by type and name.
uint32_t dd_entity_parse(const dd_world *world, const char *text, dd_error *error);

// Lists the lamps that a filter admits, in the city's order, into `lamps` (room for all of them, or
// NULL to count only). Returns how many; UINT32_MAX and an error when a name is unknown.
uint32_t dd_select_lamps(const dd_world *world, const dd_filter *filter, uint32_t *lamps,
                         dd_error *error);

// Whether a lamp belongs to an entity: itself, its segment, feeder, road, ward, or the city.
bool dd_lamp_belongs(const dd_world *world, uint32_t lamp, uint32_t entity);

// Lists the entities of a type that some entities of any types have to do with by their lamps, each
// once, in the city's order: the lamps, feeders, segments or roads of a ward, the feeders that some
// lamps hang on. `marks` has room for a mark for each entity of the world, all 0 (or as this left
// them); `out` for all of that type, or is NULL to count only. Returns how many.
uint32_t dd_select_related(const dd_world *world, const uint32_t *from, uint32_t n,
                           dd_entity_type type, uint8_t *marks, uint32_t *out);
