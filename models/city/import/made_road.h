// Roads for lamps that stand near none: lines through rows of lamps.
#pragma once

#include "models/city/plan/city_plan.h"

// Lines that pass every lamp, and which lamp stands at which.
typedef struct dd_made_roads {
    dd_xy *points;
    uint32_t *line_first; // line_n + 1 of them, into `points`
    uint32_t *line_key;   // the key of its lamps
    uint32_t *line_of;    // by lamp
    uint32_t line_n, point_n;
} dd_made_roads;

// How far a lamp may be from its road, m: `domdom city check` asks for no more.
#define DD_BESIDE_M 15

// Lines through `n` lamps: `poles` with their places, and the street that a lamp is in as `road`,
// 0 where it is not known; lamps of one street are neighbours in the list.
bool dd_made_roads_init(dd_made_roads *made, const dd_pole *poles, uint32_t n, dd_error *error);
void dd_made_roads_fini(dd_made_roads *made);
