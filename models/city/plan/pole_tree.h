// The shortest forest that joins poles by steps of limited length: how a mesh, a cable or a row of
// lamps hangs together.
#pragma once

#include "models/city/plan/city_plan.h"

// The neighbours of pole i are near[first[i]] to before near[first[i + 1]].
typedef struct dd_pole_tree {
    uint32_t *first; // one more than poles
    uint32_t *near;
} dd_pole_tree;

// No step is longer than `hop_m`; one to another road's pole counts for some metres more.
bool dd_pole_tree_init(dd_pole_tree *tree, const dd_pole *poles, uint32_t n, double hop_m,
                       dd_error *error);
void dd_pole_tree_fini(dd_pole_tree *tree);
