// A node's neighbours: what they say of themselves and what sending to them costs. The table is
// small; when it is full the worst makes room.
#pragma once

#include "models/mesh/stack/lowpan/net_port.h"
#include "models/mesh/stack/rpl/rpl_message.h"

enum {
    DD_NEIGHBOURS = 14,
    DD_NEIGHBOUR_SILENT = 72, // ticks of dd_neighbour_clock: ten minutes
    DD_ETX_ONE = 128,         // expected transmissions are counted in 1/128 (RFC 6551, 4.3.2)
};

#define DD_COST_NONE UINT32_MAX

typedef struct dd_neighbour {
    uint16_t address;
    uint16_t rank; // as it said last; DD_RPL_INFINITE_RANK: none, or of another version
    uint16_t etx;
    uint16_t heard_at, sent_at; // by dd_neighbour_clock
    int8_t rss_dbm;             // smoothed
    uint8_t sent_n;             // unicasts that etx rests on; 0: etx is a guess by rss
} dd_neighbour;

typedef struct dd_neighbours {
    dd_neighbour at[DD_NEIGHBOURS];
    uint8_t n;
} dd_neighbours;

// Coarse time, 8.4 s a tick; ages are right up to six days.
static inline uint16_t dd_neighbour_clock(int64_t now_us) {
    return (uint16_t)(now_us >> 23);
}

dd_neighbour *dd_neighbour_find(dd_neighbours *neighbours, uint16_t address);

// A neighbour has said its rank. Puts it into the table if it is new; `keep` (the parent) is never
// thrown out for it. NULL: no room for it.
dd_neighbour *dd_neighbour_heard(dd_neighbours *neighbours, const dd_net_figures *figures,
                                 uint16_t clock, uint16_t address, uint16_t rank, int8_t rss_dbm,
                                 uint16_t keep);

// A unicast to it was acknowledged, or given up, after so many attempts. Whether that says
// anything new of it.
bool dd_neighbour_sent(dd_neighbour *neighbour, uint16_t clock, uint8_t attempts,
                       bool acknowledged);

// Expected transmissions to the root by way of it, 1/128; DD_COST_NONE: no way (RFC 6719, 3.1).
uint32_t dd_neighbour_cost(const dd_neighbour *neighbour, const dd_net_figures *figures);

// Whether its etx has been measured, and not long ago.
bool dd_neighbour_fresh(const dd_neighbour *neighbour, uint16_t clock);

// Whether nothing has been sent to it for DD_NEIGHBOUR_SILENT: it may have died since.
bool dd_neighbour_silent(const dd_neighbour *neighbour, uint16_t clock);

// What neighbours have said is void.
void dd_neighbours_unrank(dd_neighbours *neighbours);
