// A node's neighbours: what they say of themselves and what sending to them costs. The table is
// small; when it is full the worst makes room.
#pragma once

#include "models/mesh/stack/net_port.h"
#include "models/mesh/stack/rpl_message.h"

enum {
    DD_NEIGHBOURS = 14,
    DD_ETX_ONE = 128, // expected transmissions are counted in 1/128 (RFC 6551, 4.3.2)
};

typedef struct dd_neighbour {
    uint16_t address;
    uint16_t
        rank; // as it said last; DD_RPL_INFINITE_RANK: none, or not in our version of the DODAG
    uint16_t etx;
    uint16_t heard_at, sent_at; // in units of DD_NEIGHBOUR_TICK_S, by dd_neighbour_clock
    int8_t rss_dbm;             // smoothed
    uint8_t sent_n;             // unicasts that etx rests on, as far as they are fresh
} dd_neighbour;

typedef struct dd_neighbours {
    dd_neighbour at[DD_NEIGHBOURS];
    uint8_t n;
} dd_neighbours;
