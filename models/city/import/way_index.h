// Lines by place: which road a lamp stands beside.
#pragma once

#include "models/city/city_plan.h"

typedef struct dd_way_index {
    const dd_plan_line *lines;
    struct dd_way_entry *entries; // by cell
    uint32_t n;
    double within_m;
} dd_way_index;

// What a line is, for choosing between two.
typedef struct dd_way_kind {
    uint32_t name;     // a word, 0: none
    double handicap_m; // a path beside a road is not what the lamp is for
} dd_way_kind;

typedef struct dd_way_match {
    uint32_t line; // UINT32_MAX: none
    double distance_m, chainage_m;
} dd_way_match;

// Lines of a plan, to be found from up to `within_m`.
bool dd_way_index_init(dd_way_index *index, const dd_plan *plan, double within_m, dd_error *error);
void dd_way_index_fini(dd_way_index *index);

// The best line for a lamp on the street `name` (0: not known): the nearest, after handicaps; one
// of the lamp's own street before others. `kinds` are by the lines' road.
dd_way_match dd_way_index_find(const dd_way_index *index, dd_xy place, uint32_t name,
                               const dd_way_kind *kinds);
