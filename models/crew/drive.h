// Driving: the way that takes the shortest time over the streets, by Dijkstra's algorithm.
#pragma once

#include "models/crew/road_graph.h"

enum { // of dd_traffic.roads
    DD_ROAD_DARK = 1,
    DD_ROAD_FLOODED = 2,
};

// How fast one drives.
typedef struct dd_traffic {
    uint32_t mm_s[DD_WAY_PATH]; // by class of way
    const uint8_t *roads;       // by road of the city, what it is; NULL: all are as usual
    uint16_t dark_pm;           // thousandths of the speed that are left on a dark road ...
    uint16_t flooded_pm;        // ... and in water; bridges stand above it
} dd_traffic;

// Room for one search at a time.
typedef struct dd_drive {
    uint32_t *ms;     // by vertex: the shortest time known; UINT32_MAX: none
    uint32_t *before; // by vertex: the one before it on that way, 0: none
    uint32_t *heap;   // vertices whose time may yet become shorter, the earliest first
    uint32_t *at;     // by vertex, where it is in the heap; 0: not in it
    uint32_t heap_n;
} dd_drive;

dd_drive dd_drive_make(const dd_road_graph *graph, dd_arena *arena);

// What one edge takes, ms, at least 1.
uint32_t dd_drive_edge_ms(const dd_road_edge *edge, const dd_traffic *traffic);

// The shortest time from a vertex to another, ms. Afterwards the way there can be asked for.
uint32_t dd_drive_find(dd_drive *drive, const dd_road_graph *graph, const dd_traffic *traffic,
                       uint32_t from, uint32_t to);

// The length in metres of the way to `to` that was found last.
uint32_t dd_drive_metres(const dd_drive *drive, const dd_road_graph *graph, uint32_t to);

// The last vertex of that way that is reached within `ms` of setting out, and for how long one has
// driven on since.
uint32_t dd_drive_reached(const dd_drive *drive, uint32_t to, uint32_t ms, uint32_t *beyond_ms);
