// The city as it was built: roads, poles, luminaires, feeders, segments, wards. Constant during a
// run and shared by all domains. Everything is in arrays; handles are indices, 0 is none.
#pragma once

#include "models/light/catalogue.h"

typedef struct dd_point {
    double lon, lat; // degrees, WGS84
    float x, y;      // metres east and north of the city's origin (equirectangular at its latitude)
} dd_point;

typedef enum dd_road_class {
    DD_ROAD_TRUNK = 1,
    DD_ROAD_PRIMARY,
    DD_ROAD_SECONDARY,
    DD_ROAD_TERTIARY,
    DD_ROAD_STREET,   // residential and unclassified
    DD_ROAD_INTERNAL, // in a campus or a park
    DD_ROAD_CLASSES
} dd_road_class;

extern const char *const dd_road_class_names[DD_ROAD_CLASSES]; // as in the file; [0] is none

typedef struct dd_road {
    char *id;         // "road-001"
    char *name;       // "Đồng Khởi"
    bool approximate; // the name is descriptive or assigned, not surveyed
    dd_road_class class;
    uint32_t ward; // where most of it lies
    uint32_t lamp_count;
    uint32_t line_count; // polylines, each in travel order
    uint32_t *line_first, *line_size;
    dd_point *points;
    float length_m;
} dd_road;

typedef struct dd_lamp {
    char *id; // "L-0001"
    dd_point place;
    uint32_t road, segment, feeder, ward;
    uint32_t pole;    // running number along the feeder's cable, from 1 at the cabinet
    float cable_m;    // from the cabinet along the feeder's cable
    float height_m;   // of the lantern
    uint8_t phase;    // 0, 1, 2 for L1, L2, L3
    uint8_t kind;     // number in the catalogue
    uint8_t line;     // which polyline of the road it stands at
    float chainage_m; // along that polyline
} dd_lamp;

typedef struct dd_feeder {
    char *id;         // "F-017"
    uint32_t cabinet; // index into cabinets
    uint32_t segment;
    uint8_t rated_a; // breaker rating, A per phase
    uint8_t curve;   // and its curve: 'B', 'C' or 'D'
} dd_feeder;

typedef struct dd_cabinet {
    char *id; // "CAB-017"
    dd_point place;
    uint32_t segment;
    bool levelled;  // its ground's height is known:
    float ground_m; // over mean sea level
} dd_cabinet;

typedef struct dd_segment {
    char *id;       // "S-017"
    dd_point place; // of its controller (the segment controller sits in the cabinet)
    uint32_t cabinet;
    uint32_t road; // the road it stands on
    uint32_t ward;
    uint32_t first_lamp, lamp_count; // its luminaires are neighbours in `lamps`
    char *backhaul;                  // "lte", "fibre", ...
} dd_segment;

typedef struct dd_ward {
    char *id;        // "ward-phu-khuong"
    char *name;      // "Phú Khương"
    bool commune;    // a commune (xã), else a ward (phường)
    dd_point centre; // approximate: a nearest-centre partition
} dd_ward;

// Index 0 of every array is none; counts include it, so that `for (i = 1; i < n; i++)`.
typedef struct dd_city {
    char *name;
    dd_point origin;
    double utc_offset_h;
    dd_catalogue catalogue; // the built-in luminaires, then those that the file brings along
    uint32_t road_n, lamp_n, feeder_n, cabinet_n, segment_n, ward_n;
    dd_road *roads;
    dd_lamp
        *lamps; // sorted by segment, then along the feeders; so a road's are not always together
    dd_feeder *feeders;
    dd_cabinet *cabinets;
    dd_segment *segments;
    dd_ward *wards;
    char *strings; // the pool that owns every id and name above
    size_t strings_size;
} dd_city;

// Reads a city inventory (GeoJSON, the schema of scenarios/bentre/city.geojson). Errors name file,
// line and remedy: truncated, wrong type, unknown reference, duplicate id, lamp off the map.
bool dd_city_read(const char *path, dd_city *city, dd_error *error);

// The same from memory, for tests and fuzzers; `name` stands for the file in messages.
bool dd_city_parse(const char *text, size_t size, const char *name, dd_city *city, dd_error *error);

// `city` laid out `copies` times side by side, ids prefixed; for benchmarks of size.
bool dd_city_multiply(const dd_city *city, uint32_t copies, dd_city *product, dd_error *error);

void dd_city_fini(dd_city *city);

// Metres between two places.
float dd_distance_m(const dd_point *a, const dd_point *b);

// The ward whose centre is nearest to a place.
uint32_t dd_city_ward_at(const dd_city *city, const dd_point *place);

// The lamp nearest to the middle of a road's lamps; 0 when it has none.
uint32_t dd_city_middle_lamp(const dd_city *city, uint32_t road);
