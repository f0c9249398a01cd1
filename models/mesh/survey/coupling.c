#include "models/mesh/survey/coupling.h"
#include "models/mesh/survey/channel_plan.h"
#include "models/mesh/survey/propagation.h"

#include <stdlib.h>
#include <string.h>

// --- Finding them ---

typedef struct finder {
    const dd_places *places;
    const dd_propagation *propagation;
    int32_t cut_cdbm;
    int32_t *level;    // of the segment under way with each other
    uint32_t *touched; // those with a level, in the order found
    uint32_t touched_n;
    dd_coupling *found; // each pair once
    uint32_t found_n, capacity;
} finder;

static void note_pair(void *context, uint32_t station, uint32_t other, float metres) {
    finder *it = context;
    const dd_station_place *a = &it->places->all[station], *b = &it->places->all[other];
    if (a->segment >= b->segment) return; // each pair once, and not within a segment
    int32_t *most = &it->level[b->segment], least = *most > it->cut_cdbm ? *most : it->cut_cdbm;
    int32_t level;
    if (!dd_propagation_level(it->propagation, a, b, metres, least, &level)) return;
    if (*most == INT32_MIN) it->touched[it->touched_n++] = b->segment;
    *most = level;
}

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static bool make_room(finder *it) {
    if (it->found_n + it->touched_n <= it->capacity) return true;
    it->capacity = 2 * (it->found_n + it->touched_n);
    dd_coupling *grown = realloc(it->found, it->capacity * sizeof *grown);
    if (grown) it->found = grown;
    return grown != NULL;
}

static bool find_of(finder *it, uint32_t segment) {
    for (uint32_t i = it->places->first[segment]; i < it->places->first[segment + 1]; i++)
        dd_places_around(it->places, i, note_pair, it);
    if (!make_room(it)) return false;
    qsort(it->touched, it->touched_n, sizeof *it->touched, by_number);
    for (uint32_t i = 0; i < it->touched_n; i++) {
        uint32_t other = it->touched[i];
        it->found[it->found_n++] = (dd_coupling){segment, other, it->level[other]};
        it->level[other] = INT32_MIN;
    }
    it->touched_n = 0;
    return true;
}

static bool find_all(finder *it, uint32_t segment_n) {
    if (!it->level || !it->touched) return false;
    for (uint32_t i = 0; i <= segment_n; i++)
        it->level[i] = INT32_MIN;
    for (uint32_t i = 1; i < segment_n; i++)
        if (!find_of(it, i)) return false;
    return true;
}

// Lists each pair under both; a segment's come in order, since the pairs do.
static bool list_both_ways(dd_couplings *couplings, const finder *it, uint32_t segment_n) {
    couplings->n = 2 * it->found_n;
    couplings->first = calloc(segment_n + 2, sizeof *couplings->first);
    couplings->all = calloc(couplings->n + 1, sizeof *couplings->all);
    if (!couplings->first || !couplings->all) return false;
    uint32_t *next = couplings->first + 1; // begins that walk on to the ends
    for (uint32_t i = 0; i < it->found_n; i++) {
        next[it->found[i].segment + 1]++;
        next[it->found[i].other + 1]++;
    }
    for (uint32_t i = 0; i < segment_n; i++)
        next[i + 1] += next[i];
    for (uint32_t pass = 0; pass < 2; pass++) // those before a segment, then those after it
        for (uint32_t i = 0; i < it->found_n; i++) {
            dd_coupling pair = it->found[i];
            if (!pass) pair = (dd_coupling){pair.other, pair.segment, pair.level_cdbm};
            couplings->all[next[pair.segment]++] = pair;
        }
    return true;
}

bool dd_couplings_make(dd_couplings *couplings, const dd_places *places,
                       const dd_propagation *propagation, uint32_t segment_n, dd_error *error) {
    finder it = {.places = places,
                 .propagation = propagation,
                 .cut_cdbm = dd_propagation_cut(propagation->world),
                 .level = calloc(segment_n + 1, sizeof *it.level),
                 .touched = calloc(segment_n + 1, sizeof *it.touched)};
    *couplings = (dd_couplings){0};
    bool good = find_all(&it, segment_n) && list_both_ways(couplings, &it, segment_n);
    free(it.level);
    free(it.touched);
    free(it.found);
    return good || dd_fail(error, DD_OUTSIDE, "no memory for the air");
}

void dd_couplings_fini(dd_couplings *couplings) {
    free(couplings->first);
    free(couplings->all);
    *couplings = (dd_couplings){0};
}

// --- Neighbourhoods: union-find, the least segment at the root ---

static uint32_t root_of(uint32_t *parent, uint32_t segment) {
    while (parent[segment] != segment) {
        parent[segment] = parent[parent[segment]];
        segment = parent[segment];
    }
    return segment;
}

uint32_t dd_couplings_partition(const dd_couplings *couplings, const dd_channel_plan *plan,
                                int32_t least_cdbm, uint32_t segment_n, uint32_t *neighbourhood) {
    uint32_t *parent = neighbourhood, n = 0;
    for (uint32_t i = 1; i < segment_n; i++)
        parent[i] = i;
    for (uint32_t i = 0; i < couplings->n; i++) {
        const dd_coupling *pair = &couplings->all[i];
        if (pair->level_cdbm - dd_channel_rejection(plan, pair->segment, pair->other) < least_cdbm)
            continue;
        uint32_t a = root_of(parent, pair->segment), b = root_of(parent, pair->other);
        parent[a > b ? a : b] = a > b ? b : a;
    }
    for (uint32_t i = segment_n; i-- > 1;) // everyone points to its root, which is not after it
        parent[i] = root_of(parent, i);
    for (uint32_t i = 1; i < segment_n; i++)
        neighbourhood[i] = parent[i] == i ? ++n : neighbourhood[parent[i]];
    return n;
}
