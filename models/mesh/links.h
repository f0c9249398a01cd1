// Stand-in until the real one comes: who hears whom.
#pragma once

#include "engine/base.h"

enum { DD_LINK_NONE = INT16_MIN }; // no level

typedef struct dd_links {
    uint32_t station_n;
    uint32_t *first;     // links of station i, from 1, are [first[i] .. first[i + 1])
    uint32_t *to;        // ascending within a station's links
    int16_t *level_cdbm; // median; the same both ways
    int16_t *noise_cdbm; // by station: thermal noise and what lies below the cut
} dd_links;

static inline uint32_t dd_links_find(const dd_links *links, uint32_t from, uint32_t to) {
    uint32_t low = links->first[from], n = links->first[from + 1] - low;
    while (n > 1) { // the half that is left is chosen without a branch
        uint32_t half = n / 2;
        low += links->to[low + half] <= to ? half : 0;
        n -= half;
    }
    return n && links->to[low] == to ? low : UINT32_MAX;
}

static inline int16_t dd_links_level(const dd_links *links, uint32_t from, uint32_t to) {
    uint32_t link = dd_links_find(links, from, to);
    return link == UINT32_MAX ? DD_LINK_NONE : links->level_cdbm[link];
}
