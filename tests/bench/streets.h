// A city of straight parallel streets, made in memory, for benchmarks of the mesh: 100 lamps a
// street, 30 m apart, one segment each with its controller in the middle; streets 100 m from each
// other, 128 in a column, columns 3,300 m from each other.
#pragma once

#include "models/city/city.h"

enum { DD_STREET_LAMPS = 100, DD_STREET_SPACING_M = 30, DD_STREET_APART_M = 100 };

typedef struct dd_streets {
    dd_city city;
    uint16_t *parents; // by lamp: routes of 60 m a hop towards the controller, 0: the controller
    dd_point *points;  // of the roads
    uint32_t line_first, line_size;
} dd_streets;

// False when memory is short.
bool dd_streets_make(dd_streets *streets, uint32_t lamp_n, dd_error *error);
void dd_streets_fini(dd_streets *streets);
