// Who hears whom in a neighbourhood: the constant table of median levels, and what hums below it.
//
// A pair is in the table when either end hears the other above a stated cut ("mesh.cut_db", over
// the noise floor), the rejection of other channels taken off; so a level says how much of the
// sender gets into the receiver's own channel. All that lies below the cut, farther than
// "mesh.reach_m", or in another domain is a constant noise at each station: the sum of those
// levels, times the share of the time that a station sends ("mesh.activity").
#pragma once

#include "engine/base.h"

struct dd_world;
struct dd_places;
struct dd_propagation;
struct dd_channel_plan;

enum { DD_LINK_NONE = INT16_MIN }; // no level

typedef struct dd_links {
    uint32_t station_n;
    uint32_t *first;     // links of station i, from 1, are [first[i] .. first[i + 1])
    uint32_t *to;        // ascending within a station's links
    int16_t *level_cdbm; // median; the same both ways
    int16_t *noise_cdbm; // by station: thermal noise and what lies below the cut
    uint64_t *stable;    // by station: stable id of its entity
    uint8_t *channel;    // by station: its channel, counted from the band's first
} dd_links;

// The tables of all neighbourhoods of the world, by their number from 0. NULL when memory is short.
dd_links *dd_links_make(const struct dd_world *world, const struct dd_places *places,
                        const struct dd_propagation *propagation,
                        const struct dd_channel_plan *plan, dd_error *error);

// Takes NULL too; `n` tables.
void dd_links_free(dd_links *links, uint32_t n);

// Place in the table of the link between two stations, or UINT32_MAX.
static inline uint32_t dd_links_find(const dd_links *links, uint32_t from, uint32_t to) {
    uint32_t low = links->first[from], n = links->first[from + 1] - low;
    while (n > 1) { // the half that is left is chosen without a branch
        uint32_t half = n / 2;
        low += links->to[low + half] <= to ? half : 0;
        n -= half;
    }
    return n && links->to[low] == to ? low : UINT32_MAX;
}

// The median level between two stations, or DD_LINK_NONE.
static inline int16_t dd_links_level(const dd_links *links, uint32_t from, uint32_t to) {
    uint32_t link = dd_links_find(links, from, to);
    return link == UINT32_MAX ? DD_LINK_NONE : links->level_cdbm[link];
}
