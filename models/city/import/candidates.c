#include "models/city/import/candidates.h"

#include "models/city/import/made_road.h"
#include "models/city/plan/line_index.h"

#include <math.h>
#include <stdlib.h>

enum { JOIN_MOST = 3000 };
static const double PATH_M = 8; // a road this much farther than a path beside it has the lamp

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory for the city; free some");
}

// --- Ways into groups

typedef struct dd_way_rank {
    uint32_t name, way;
    dd_road_class class;
    bool lit, usual;
} dd_way_rank;

static int by_name(const void *a, const void *b) {
    const dd_way_rank *x = a, *y = b;
    if (x->name != y->name) return x->name < y->name ? -1 : 1;
    if (x->class != y->class) return x->class < y->class ? -1 : 1;
    if (x->lit != y->lit) return x->lit > y->lit ? -1 : 1;
    if (x->usual != y->usual) return x->usual > y->usual ? -1 : 1;
    return (x->way > y->way) - (x->way < y->way);
}

static bool same_group(const dd_way_rank *x, const dd_way_rank *y) {
    return x->name && x->name == y->name && x->class == y->class && x->lit == y->lit &&
           x->usual == y->usual;
}

static bool take_piece(const dd_inventory *inventory, const dd_found_way *way,
                       dd_plan_piece *piece) {
    piece->oneway = way->oneway;
    piece->spots = calloc(way->n, sizeof *piece->spots);
    for (uint32_t i = 0; piece->spots && i < way->n; i++) {
        dd_xy p = inventory->vertices[way->first + i];
        dd_spot spot = {(int32_t)floor(p.x * 1e6 + 0.5), (int32_t)floor(p.y * 1e6 + 0.5)};
        const dd_spot *last = piece->n ? &piece->spots[piece->n - 1] : NULL;
        if (!last || last->lon != spot.lon || last->lat != spot.lat)
            piece->spots[piece->n++] = spot;
    }
    return piece->spots != NULL;
}

// The lines of one group, whose ways are ranks[0 .. n).
static bool join_group(const dd_inventory *inventory, const dd_way_rank *ranks, uint32_t n,
                       dd_candidates *candidates, dd_error *error) {
    dd_plan_piece *pieces = calloc(n, sizeof *pieces);
    bool ok = pieces != NULL;
    for (uint32_t i = 0; ok && i < n; i++)
        ok = take_piece(inventory, &inventory->ways[ranks[i].way], &pieces[i]);
    if (!ok) fail_memory(error);
    uint32_t most = n > JOIN_MOST ? 1 : n; // joining takes the square of their number
    for (uint32_t i = 0; ok && i < n; i += most)
        ok = dd_plan_join(&candidates->all, candidates->group_n, pieces + i, most, error);
    for (uint32_t i = 0; pieces && i < n; i++)
        free(pieces[i].spots);
    free(pieces);
    return ok;
}

static bool add_group(const dd_inventory *inventory, const dd_way_rank *ranks, uint32_t n,
                      dd_candidates *candidates, dd_error *error) {
    const dd_found_way *way = &inventory->ways[ranks[0].way];
    if (!dd_inventory_room((void **)&candidates->groups, candidates->group_n,
                           sizeof *candidates->groups, error) ||
        !join_group(inventory, ranks, n, candidates, error))
        return false;
    candidates->groups[candidates->group_n++] =
        (dd_way_group){way->name, way->class, way->lit, way->usual};
    return true;
}

bool dd_candidates_init(dd_candidates *candidates, const dd_inventory *inventory,
                        const dd_projection *projection, dd_error *error) {
    *candidates = (dd_candidates){.all = {.projection = *projection}};
    dd_way_rank *ranks = calloc(inventory->way_n + 1, sizeof *ranks);
    uint32_t n = 0;
    if (!ranks) return fail_memory(error);
    for (uint32_t i = 0; i < inventory->way_n; i++) {
        const dd_found_way *way = &inventory->ways[i];
        if (way->n >= 2) ranks[n++] = (dd_way_rank){way->name, i, way->class, way->lit, way->usual};
    }
    qsort(ranks, n, sizeof *ranks, by_name);
    bool ok = true;
    for (uint32_t first = 0, end = 0; ok && first < n; first = end) {
        end = first + 1;
        while (end < n && same_group(&ranks[first], &ranks[end]))
            end++;
        ok = add_group(inventory, ranks + first, end - first, candidates, error);
    }
    free(ranks);
    return ok;
}

void dd_candidates_fini(dd_candidates *candidates) {
    free(candidates->groups);
    dd_plan_fini(&candidates->all);
}

// --- Lamps at lines

int dd_standing_by_line(const void *a, const void *b) {
    const dd_standing *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    if (x->chainage_m != y->chainage_m) return x->chainage_m < y->chainage_m ? -1 : 1;
    return (x->lamp > y->lamp) - (x->lamp < y->lamp);
}

bool dd_candidates_stand(const dd_candidates *candidates, const dd_inventory *inventory,
                         dd_standing *standing, dd_error *error) {
    dd_line_index index;
    dd_line_kind *kinds = calloc(candidates->group_n + 1, sizeof *kinds);
    if (!kinds) return fail_memory(error);
    for (uint32_t i = 0; i < candidates->group_n; i++)
        kinds[i] = (dd_line_kind){candidates->groups[i].name,
                                  candidates->groups[i].class == DD_ROAD_INTERNAL ? PATH_M : 0};
    bool ok = dd_line_index_init(&index, &candidates->all, DD_BESIDE_M - 0.5, error);
    for (uint32_t i = 0; ok && i < inventory->lamp_n; i++) {
        const dd_found_lamp *lamp = &inventory->lamps[i];
        dd_xy place = dd_project(&candidates->all.projection, lamp->place.x, lamp->place.y);
        dd_line_match match = dd_line_index_find(&index, place, lamp->road, kinds);
        standing[i] = (dd_standing){i, match.line, match.chainage_m};
    }
    if (ok) dd_line_index_fini(&index);
    free(kinds);
    if (ok) qsort(standing, inventory->lamp_n, sizeof *standing, dd_standing_by_line);
    return ok;
}
