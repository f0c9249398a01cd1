// The plan of a city's lighting while it is being made: lines, then poles on them, then segments of
// poles, then their cables. From map and rules models/city/plan/city_build.h runs the steps in
// order; from what stands there already, models/city/import/import.h.
#pragma once

#include "models/city/plan/city_rules.h"
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
    bool given;        // its luminaires stand there already
    uint32_t extra;    // stations beyond what the spacing gives, to reach the exact total
} dd_plan_line;

typedef struct dd_arm {
    uint32_t line;
    double chainage_m;
    dd_xy place;     // of the luminaire
    uint32_t kind;   // number among the plan's models
    double height_m; // of the lantern
    uint32_t id;     // of a luminaire that has one, an offset in the plan's names; 0: numbered
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

enum { DD_PLAN_FEEDERS = 4 }; // at most, in a segment: as many as a controller takes

typedef struct dd_plan_segment {
    uint32_t *poles; // in the order of the cables, feeder by feeder
    uint32_t pole_n;
    uint32_t lamp_n;
    uint32_t centre; // the pole at which the cabinet stands
    uint32_t line;   // at which that pole stands, and where along it
    double chainage_m;
    dd_xy place; // of the cabinet
    uint32_t feeder_n;
    uint32_t first_feeder; // number of its first feeder in the plan, from 0
    bool given;            // its feeders and its place are there already
    uint32_t id, cabinet_id, feeder_ids[DD_PLAN_FEEDERS]; // as of arms
} dd_plan_segment;

typedef struct dd_plan {
    const dd_map *map; // NULL when the lines come from elsewhere
    const dd_rules *rules;
    const dd_luminaire_model *models; // [0] is none
    uint32_t model_n;
    const char *names; // the ids of what is there already
    const char *attribution, *licence;
    dd_spot least, most; // corners of the city's box
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

// A run of a road, to be joined with others.
typedef struct dd_plan_piece {
    dd_spot *spots;
    uint32_t n;
    bool oneway, used;
} dd_plan_piece;

// The lines of one road: its pieces joined end to end where there is no choice. The pieces stay the
// caller's; fewer than two spots make nothing.
bool dd_plan_join(dd_plan *plan, uint32_t road, dd_plan_piece *pieces, uint32_t n, dd_error *error);

// One line more, of the road last added or the next: takes `spots` over, whatever it returns.
bool dd_plan_add_line(dd_plan *plan, uint32_t road, dd_spot *spots, uint32_t n, bool oneway,
                      dd_error *error);

// Poles along the lines: as many as the rules want luminaires, by one scale on all spacings and
// then single stations more on the longest lines. Floods at junctions and squares.
bool dd_plan_poles(dd_plan *plan, dd_error *error);

// Poles more along the lines that are not `given`, at the rules' spacings as they are; the poles
// that the plan has already stay, and keep theirs apart. DD_WRONG when there might be more than the
// rules' total.
bool dd_plan_more_poles(dd_plan *plan, dd_error *error);

// Segments: pieces of the shortest tree that connects the poles, within the rules' sizes.
bool dd_plan_segments(dd_plan *plan, dd_error *error);

// The same when every pole knows its segment already: `segment_n` of them.
bool dd_plan_list_segments(dd_plan *plan, uint32_t segment_n, dd_error *error);

// Cabinets in the middle of their segments, and the cables that leave them. Where a segment is
// `given`, cabinet and feeders are as its poles have them, and only the cables' ways are found.
bool dd_plan_feeders(dd_plan *plan, dd_error *error);

// Height of the ground at a place over mean sea level, metres to the centimetre, by its distance
// from the nearest water of the map (estimate: banks at 1.5 m, which the year's highest tides just
// cover, rising to 2 m at 250 m: the fill that the delta's towns stand on). False when the map has
// no waters to tell it by.
bool dd_plan_ground(const dd_plan *plan, dd_xy place, double *ground_m);

// The inventory as GeoJSON.
bool dd_plan_format(const dd_plan *plan, dd_text *text, dd_error *error);

void dd_plan_fini(dd_plan *plan);
