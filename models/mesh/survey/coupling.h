// Which segments hear each other, and how loud at the worst; which of them must share a domain.
#pragma once

#include "models/mesh/survey/places.h"

struct dd_propagation;
struct dd_channel_plan;

// Two segments that hear each other above the cut on one channel.
typedef struct dd_coupling {
    uint32_t segment, other;
    int32_t level_cdbm; // highest median of any pair of their stations
} dd_coupling;

typedef struct dd_couplings {
    uint32_t *first; // of segment s they are all[first[s] .. first[s + 1]), by `other`
    dd_coupling *all;
    uint32_t n; // each pair is there twice, once from either side
} dd_couplings;

bool dd_couplings_make(dd_couplings *couplings, const dd_places *places,
                       const struct dd_propagation *propagation, uint32_t segment_n,
                       dd_error *error);
void dd_couplings_fini(dd_couplings *couplings);

// Numbers the neighbourhoods, from 1 in the order of their first segments: segments are of one when
// a chain of couplings leads from one to the other whose levels, less the plan's rejection, are at
// `least_cdbm` or above. `neighbourhood` is by segment; returns how many there are.
uint32_t dd_couplings_partition(const dd_couplings *couplings, const struct dd_channel_plan *plan,
                                int32_t least_cdbm, uint32_t segment_n, uint32_t *neighbourhood);
