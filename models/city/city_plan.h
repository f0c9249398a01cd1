// The plan of a city's lighting while it is being made from map and rules: lines, then poles on
// them, then segments of poles, then their cables. models/city_build.h runs the steps in order.
#pragma once

#include "models/city/city_rules.h"
#include "models/city/polyline.h"

// A stretch of road between two ends, in travel order.
typedef struct dd_plan_line {
    uint32_t road;  // index into the rules' roads
    uint32_t index; // among that road's lines, from 0
    bool oneway;
    dd_spot *spots;
    dd_xy *points; // the same in metres
    uint32_t n;
    double length_m;
    dd_xy least, most; // corners of its box
    uint32_t extra;    // stations beyond what the spacing gives, to reach the exact total
} dd_plan_line;

typedef struct dd_arm {
    uint32_t line;
    double chainage_m;
    dd_xy place; // of the luminaire
    dd_luminaire_kind kind;
} dd_arm;

typedef struct dd_pole {
    dd_xy place;
    uint32_t road;
    int side;       // of the line: -1 left, 1 right, 0 on a median
    uint32_t arm_n; // 1 or 2
    dd_arm arms[2];
    uint32_t segment; // from 0
    uint32_t feeder;  // within the segment, from 0
    uint32_t number;  // along the feeder's cable, from 1
    double cable_m;
    uint32_t parent; // the pole from which the cable comes; at the middle itself
} dd_pole;

typedef struct dd_plan_segment {
    uint32_t *poles; // in the order of the cables, feeder by feeder
    uint32_t pole_n;
    uint32_t lamp_n;
    uint32_t centre; // the pole at which the cabinet stands
    uint32_t line;   // at which that pole stands, and where along it
    double chainage_m;
    dd_xy place; // of the cabinet
} dd_plan_segment;

typedef struct dd_plan {
    const dd_map *map;
    const dd_rules *rules;
    dd_projection projection;
    dd_plan_line *lines;
    uint32_t line_n;
    double scale; // of the spacings
    dd_pole *poles;
    uint32_t pole_n, pole_room;
    uint32_t lamp_n;
    dd_plan_segment *segments;
    uint32_t segment_n;
} dd_plan;

// The lines of every road of the rules: its ways, cut at its box and joined end to end.
bool dd_plan_lines(dd_plan *plan, dd_error *error);

// Poles along the lines: as many as the rules want luminaires, by one scale on all spacings and
// then single stations more on the longest lines. Floods at junctions and squares.
bool dd_plan_poles(dd_plan *plan, dd_error *error);

// Segments: pieces of the shortest tree that connects the poles, within the rules' sizes.
bool dd_plan_segments(dd_plan *plan, dd_error *error);

// Cabinets in the middle of their segments, and the cables that leave them.
bool dd_plan_feeders(dd_plan *plan, dd_error *error);

// Height of the ground at a place over mean sea level, metres to the centimetre, by its distance
// from the nearest water of the map (estimate: banks at 1.5 m, which the year's highest tides just
// cover, rising to 2 m at 250 m: the fill that the delta's towns stand on).
double dd_plan_ground_m(const dd_plan *plan, dd_xy place);

// The inventory as GeoJSON.
bool dd_plan_format(const dd_plan *plan, dd_text *text, dd_error *error);

void dd_plan_fini(dd_plan *plan);
