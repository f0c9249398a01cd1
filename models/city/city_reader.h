// A city file being read: what its parts (features, references) share. For city_file.c only.
#pragma once

#include "models/city/city.h"
#include "models/city/geojson.h"
#include "models/city/id_table.h"
#include "models/city/polyline.h"

// A luminaire while references are entries of the id table and not yet indices.
typedef struct dd_lamp_draft {
    dd_lamp lamp;
    uint32_t id, cabinet, line;
    uint32_t model; // its name
    double power_w;
} dd_lamp_draft;

// The things of one kind, growing; element 0 is none.
typedef struct dd_list {
    void *items;
    uint32_t n, room;
} dd_list;

typedef struct dd_reader {
    dd_geojson file;
    dd_id_table ids;
    dd_city *city;
    dd_projection projection;
    double box[4]; // west, south, east, north
    uint32_t last_kind;
    dd_list lamps, roads, feeders, cabinets, segments, wards;
} dd_reader;

// A place of the city's plane, to the centimetre.
dd_point dd_reader_point(const dd_reader *reader, double lon, double lat);

// Takes the current feature: a luminaire, a feeder, ... References become entries of the id table,
// texts offsets in its pool.
bool dd_reader_take(dd_reader *reader, dd_error *error);

// Turns references into indices, once the lists are the city's: segments first, then lamps, which
// are put into the order of their cables.
bool dd_reader_link(dd_reader *reader, dd_error *error);

// Hands the pool of texts to the city and turns offsets into pointers.
void dd_reader_settle(dd_reader *reader);
