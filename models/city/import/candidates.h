// Lines along which an inventory's lamps may stand, before it is known which are lit: the ways of
// one name and class joined, and the lamps that stand at each.
#pragma once

#include "models/city/import/inventory.h"
#include "models/city/plan/city_plan.h"

// A road that the file's ways make: those of one name and class, or one way without a name.
typedef struct dd_way_group {
    uint32_t name;
    dd_road_class class;
    bool lit, usual;
} dd_way_group;

typedef struct dd_candidates {
    dd_plan all; // its lines; their road is the group
    dd_way_group *groups;
    uint32_t group_n;
} dd_candidates;

// The candidates of all ways, on the city's plane. False and an error without memory; it is to be
// ended in any case.
bool dd_candidates_init(dd_candidates *candidates, const dd_inventory *inventory,
                        const dd_projection *projection, dd_error *error);
void dd_candidates_fini(dd_candidates *candidates);

// A lamp and the place where it stands on a line.
typedef struct dd_standing {
    uint32_t lamp, line;
    double chainage_m;
} dd_standing;

// For qsort: by line, and along it.
int dd_standing_by_line(const void *a, const void *b);

// Which lines the lamps stand at, in that order; those near none come last, with line UINT32_MAX.
bool dd_candidates_stand(const dd_candidates *candidates, const dd_inventory *inventory,
                         dd_standing *standing, dd_error *error);
