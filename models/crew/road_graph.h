// The streets as a graph on which every place can be reached and left: the largest strongly
// connected part of the pieces. Vertices are numbered from 1.
#pragma once

#include "models/crew/road_pieces.h"

typedef struct dd_road_edge {
    uint32_t to;
    uint32_t length_mm;
    uint32_t road; // the city's whose lamps light it, 0: none
    uint8_t class; // dd_way_class
    bool bridge;
} dd_road_edge;

typedef struct dd_road_graph {
    uint32_t vertex_n; // 0: there is none yet
    uint32_t edge_n;
    dd_xy *places;        // [1 .. vertex_n], metres from the city's origin
    uint32_t *first_edge; // of vertex v they are edges[first_edge[v] .. first_edge[v + 1])
    dd_road_edge *edges;
} dd_road_graph;

// Builds it in `arena`; `scratch` holds what is needed only meanwhile.
dd_road_graph dd_road_graph_build(const dd_road_pieces *pieces, dd_arena *arena, dd_arena *scratch);

// The vertex nearest to a place, and how far away it is, metres.
uint32_t dd_road_graph_nearest(const dd_road_graph *graph, dd_xy place, double *metres);
