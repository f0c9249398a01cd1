#include "models/city/plan/city_plan.h"

#include <math.h>

static const double BANK_M = 1.5;
static const double FILL_M = 2;
static const double RISE_OVER_M = 250;

static bool is_ring_end(const dd_way *way, uint32_t spot) {
    for (uint32_t i = 0; i < way->ring_n; i++)
        if (way->ring_ends[i] == spot) return true;
    return false;
}

// From a place to the line, or the shore, of a water.
static double distance_to(const dd_plan *plan, const dd_way *way, dd_xy place) {
    double best = INFINITY, chainage;
    for (uint32_t i = 1; i < way->spot_n; i++) {
        if (is_ring_end(way, i)) continue; // no shore from one ring to the next
        const dd_spot *a = &way->spots[i - 1], *b = &way->spots[i];
        dd_xy edge[2] = {dd_project(&plan->projection, a->lon / 1e6, a->lat / 1e6),
                         dd_project(&plan->projection, b->lon / 1e6, b->lat / 1e6)};
        double distance = dd_polyline_nearest(edge, 2, place, &chainage);
        if (distance < best) best = distance;
    }
    return best;
}

bool dd_plan_ground(const dd_plan *plan, dd_xy place, double *ground_m) {
    double nearest = INFINITY;
    for (uint32_t i = 0; plan->map && i < plan->map->way_n; i++) { // no map, no water known
        const dd_way *way = &plan->map->ways[i];
        if (way->class < DD_WAY_RIVER) continue;
        double distance = distance_to(plan, way, place);
        if (distance < nearest) nearest = distance;
    }
    double risen = nearest < RISE_OVER_M ? nearest / RISE_OVER_M : 1;
    *ground_m = floor((BANK_M + (FILL_M - BANK_M) * risen) * 100 + 0.5) / 100;
    return isfinite(nearest);
}
