// Stand-in until the real one comes: who hears whom.
#pragma once

#include "engine/base.h"

typedef struct dd_link {
    uint32_t to;
    int16_t level_cdbm;
} dd_link;

typedef struct dd_links {
    uint32_t station_n;
    uint32_t *first; // [1 .. station_n + 1]
    dd_link *all;    // of each station, sorted by `to`
} dd_links;

#define DD_LINK_NONE INT32_MIN

static inline int32_t dd_links_level(const dd_links *links, uint32_t from, uint32_t to) {
    uint32_t low = links->first[from], high = links->first[from + 1];
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (links->all[middle].to == to) return links->all[middle].level_cdbm;
        if (links->all[middle].to < to)
            low = middle + 1;
        else
            high = middle;
    }
    return DD_LINK_NONE;
}
