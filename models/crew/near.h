// Points of the plane, found by place: which of them is nearest, within a distance that is known
// beforehand.
#pragma once

#include "engine/arena.h"
#include "models/city/polyline.h"

typedef struct dd_near {
    const dd_xy *points;
    uint32_t *first; // by bucket of cells: a point + 1, 0: none
    uint32_t *next;  // by point, the same
    uint32_t mask;   // of the buckets
    double within_m; // and the width of a cell
} dd_near;

// `n` points, which must outlive it, to be found from up to `within_m` away.
dd_near dd_near_make(const dd_xy *points, uint32_t n, double within_m, dd_arena *arena);

// The point nearest to a place among those whose group is not `but` (`groups` by point; NULL: all
// are asked); of two as near the first. UINT32_MAX: there is none within the distance.
uint32_t dd_near_find(const dd_near *near, dd_xy place, const uint32_t *groups, uint32_t but);
