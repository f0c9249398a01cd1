// Where the city's stations stand, and who is near whom; for load time.
#pragma once

#include "engine/base.h"

struct dd_world;

typedef struct dd_station_place {
    float x, y;             // metres, of the city's origin
    float ahead_x, ahead_y; // unit vector along the road there
    uint64_t stable;        // stable id of its entity
    uint32_t road, segment;
} dd_station_place;

typedef struct dd_places {
    uint32_t n;
    uint32_t *first;       // by segment: its controller, then its lamps; the last ends at n
    dd_station_place *all; // [0 .. n)
    float cell_m, left, bottom;
    uint32_t columns, rows;
    uint32_t *cell_first; // of cell c they are by_cell[cell_first[c] .. cell_first[c + 1])
    uint32_t *by_cell;    // stations, ascending within a cell
    uint32_t *road_first; // of the city's road r they are by_road[road_first[r] ..
    uint32_t *by_road;    // ... road_first[r + 1])
} dd_places;

// The stations of all segments, in cells at least `cell_m` wide.
bool dd_places_make(dd_places *places, const struct dd_world *world, float cell_m, dd_error *error);
void dd_places_fini(dd_places *places);

// The cell in which a station stands.
uint32_t dd_places_cell(const dd_places *places, const dd_station_place *place);

float dd_places_metres(const dd_station_place *a, const dd_station_place *b);

// Calls `visit` once for every other station of the cell and of the eight around it (all that are
// nearer than cell_m, and some that are not) and for all farther ones on the same road.
typedef void dd_place_visit(void *context, uint32_t station, uint32_t other, float metres);
void dd_places_around(const dd_places *places, uint32_t station, dd_place_visit *visit,
                      void *context);

// Calls `visit` for every station within `within_m` of a point of the plane.
typedef void dd_place_meeting(void *context, uint32_t station, float metres);
void dd_places_near(const dd_places *places, float x, float y, float within_m,
                    dd_place_meeting *visit, void *context);
