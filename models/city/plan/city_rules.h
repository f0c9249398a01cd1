// How the lighting of a city is laid out on its map: scenarios/bentre/rules.json. A lighting
// designer's choices, in one short file; models/city_build.h makes the inventory from it.
#pragma once

#include "models/city/city.h"
#include "models/city/map.h"

#include <jansson.h>

typedef enum dd_arrangement {
    DD_ONE_SIDED = 1, // poles on the right-hand side of travel
    DD_STAGGERED,     // on both sides in turn
    DD_OPPOSITE,      // in pairs
} dd_arrangement;     // one-way carriageways side by side are lit from the median by twin arms

// How a road is lit.
typedef struct dd_style {
    dd_arrangement arrangement;
    double spacing_m; // between stations, before the common scale
    double offset_m;  // of a pole from the road's centre line
    double height_m;  // of the lantern
    dd_luminaire_kind kind;
} dd_style;

typedef struct dd_road_rule {
    const char *id; // NULL: numbered
    const char *name;
    bool approximate;
    dd_road_class class;
    dd_style style;
    const json_t *ways;  // ids ("way-0001") and names of the map's ways
    dd_spot least, most; // only what lies in this box counts
} dd_road_rule;

typedef struct dd_ward_rule {
    const char *id, *name;
    bool commune;
    dd_spot centre;
} dd_ward_rule;

// A place that is lit by floods: the `count` nearest luminaires become floods of this kind.
typedef struct dd_square_rule {
    dd_spot place;
    uint32_t count;
    dd_luminaire_kind kind;
} dd_square_rule;

typedef struct dd_rules {
    json_t *file; // owns all texts
    const char *name;
    double utc_offset_h;
    dd_spot centre;    // of the city, the origin of its metres
    uint32_t lamps;    // in the whole city, exactly
    double scale[2];   // the least and the most by which all spacings may be multiplied
    double apart_m;    // poles nearer than this to another are left out
    double clear_m;    // no pole this near to the centre line of another road
    double median_m;   // carriageways up to this far apart share a median
    double arm_m;      // half the span of a twin arm
    double junction_m; // the luminaire nearest to a junction becomes a flood, within this distance
    dd_luminaire_kind junction_kind[DD_ROAD_CLASSES]; // by the junction's lower class; 0: none
    uint32_t segment_least, segment_most, segment_aim;
    bool segment_small; // what the mesh cannot join to any other may have fewer than the least
    double hop_m;       // the longest step of a mesh when segments are formed
    uint32_t segment_feeders; // at least, where the load asks for no more
    double breaker_margin;    // rated current over the busiest phase's
    double fibre_m, far_m;    // controllers this near to the centre have fibre, beyond far_m 3G
    dd_road_rule *roads;      // from 0
    dd_ward_rule *wards;
    dd_square_rule *squares;
    uint32_t road_n, ward_n, square_n;
} dd_rules;

// Reads rules. DD_WRONG names the file and the entry that is wrong. dd_rules_fini ends them.
bool dd_rules_read(const char *path, dd_rules *rules, dd_error *error);
void dd_rules_fini(dd_rules *rules);
