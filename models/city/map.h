// The map of the city: the roads and waters that the twin draws and drives on, as they come from
// OpenStreetMap (scenarios/bentre/map.geojson). Ways that meet share the vertex exactly, because
// places are whole millionths of a degree.
#pragma once

#include "engine/base.h"
#include "models/city/geojson.h"
#include "models/city/text.h"

#define DD_MAP_ATTRIBUTION "© OpenMapTiles © OpenStreetMap contributors"
#define DD_MAP_LICENCE "ODbL-1.0"

typedef struct dd_spot {
    int32_t lon, lat; // millionths of a degree, WGS84
} dd_spot;

typedef enum dd_way_class {
    DD_WAY_PRIMARY = 1,
    DD_WAY_SECONDARY,
    DD_WAY_TERTIARY,
    DD_WAY_STREET,  // residential and unclassified
    DD_WAY_SERVICE, // yards, campuses, driveways
    DD_WAY_PATH,
    DD_WAY_RIVER, // from here on waters: lines
    DD_WAY_CANAL,
    DD_WAY_STREAM,
    DD_WAY_WATER, // an area: `ring_first` says where its rings start
    DD_WAY_CLASSES
} dd_way_class;

// What a class is called in the file; [0] is none.
extern const char *const dd_way_class_names[DD_WAY_CLASSES];

typedef struct dd_way {
    char id[16]; // "way-0001", "water-001"
    dd_way_class class;
    char *name; // or NULL, as `ref`
    char *ref;
    bool oneway, bridge;
    dd_spot *spots; // of an area: all rings one after the other
    uint32_t spot_n;
    uint32_t *ring_ends; // an area's: where in `spots` each ring ends; else NULL
    uint32_t ring_n;
} dd_way;

typedef struct dd_map {
    dd_way *ways; // from 0; roads first, then waters
    uint32_t way_n;
    dd_spot least, most; // the corners of its box
} dd_map;

// Reads a map; errors name file, line and remedy. The caller ends it with dd_map_fini.
bool dd_map_read(const char *path, dd_map *map, dd_error *error);
bool dd_map_parse(const dd_text *text, const char *name, dd_map *map, dd_error *error);

// The file for a map: one feature a line, six decimals.
bool dd_map_format(const dd_map *map, dd_text *text, dd_error *error);

// The way of that id, or NULL.
const dd_way *dd_map_find(const dd_map *map, const char *id);

// Room for one more way at the end, zeroed. NULL and an error without memory.
dd_way *dd_map_add(dd_map *map, dd_error *error);

void dd_map_fini(dd_map *map);

// Adds a line's positions, or those of an area's rings, to a way; `file` is where they come from.
bool dd_way_read_line(dd_way *way, const dd_geojson *file, const json_t *line, dd_error *error);
bool dd_way_read_rings(dd_way *way, const dd_geojson *file, const json_t *rings, dd_error *error);

// As GeoJSON: "[106.373481,10.244823]"; a text in quotes.
void dd_spot_print(FILE *file, dd_spot spot);
void dd_quoted_print(FILE *file, const char *text);
