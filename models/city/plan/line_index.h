// Lines by place: which road a lamp stands beside, and which it must not stand in.
#pragma once

#include "models/city/plan/city_plan.h"

typedef struct dd_line_index {
    const dd_plan_line *lines;
    struct dd_line_entry *entries; // by cell
    uint32_t n;
    double within_m;
} dd_line_index;

// What a line is, for choosing between two.
typedef struct dd_line_kind {
    uint32_t name;     // a word, 0: none
    double handicap_m; // a path beside a road is not what the lamp is for
} dd_line_kind;

typedef struct dd_line_match {
    uint32_t line; // UINT32_MAX: none
    double distance_m, chainage_m;
} dd_line_match;

// Lines of a plan, to be found from up to `within_m`.
bool dd_line_index_init(dd_line_index *index, const dd_plan *plan, double within_m,
                        dd_error *error);
void dd_line_index_fini(dd_line_index *index);

// The best line for a lamp on the street `name` (0: not known): the nearest, after handicaps; one
// of the lamp's own street before others. `kinds` are by the lines' road.
dd_line_match dd_line_index_find(const dd_line_index *index, dd_xy place, uint32_t name,
                                 const dd_line_kind *kinds);

// Whether a line of another road than `road` is nearer than `within_m`, which is at most what the
// index was made for.
bool dd_line_index_other(const dd_line_index *index, dd_xy place, uint32_t road, double within_m);
