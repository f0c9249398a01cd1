// The streets that can be driven on, as pieces between vertices: of the city's map, or, where a
// city comes without one, of its own roads, joined where they meet and linked where they do not.
#pragma once

#include "engine/arena.h"
#include "models/city/city.h"
#include "models/city/map.h"
#include "models/city/polyline.h"

typedef struct dd_road_piece {
    uint32_t from, to; // vertices
    uint32_t length_mm;
    uint32_t road; // the city's whose lamps light it, 0: none
    uint8_t class; // dd_way_class
    bool oneway;
    bool bridge;
} dd_road_piece;

typedef struct dd_road_pieces {
    dd_xy *vertices; // metres from the city's origin
    dd_road_piece *all;
    uint32_t vertex_n, n;
} dd_road_pieces;

// Of a map of the city's surroundings: all ways that a lorry can take, thus no paths. A piece is a
// road's when one of that road's lamps stands near its middle.
dd_road_pieces dd_road_pieces_of_map(const dd_map *map, const dd_city *city, dd_arena *arena);

// Of the city's own roads, driven both ways. Roads that come near to each other are joined there;
// what is then still apart is linked, by streets that are as much longer than the straight line as
// streets usually are (a detour index of 1.3; estimate).
dd_road_pieces dd_road_pieces_of_city(const dd_city *city, dd_arena *arena);
