#include "models/city/city_check.h"

#include "models/city/polyline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double ROAD_M = 15;   // from a luminaire to its road, at most
static const double SPOT_M = 1;    // between two luminaires, at least: twin arms are 1.6 m apart
static const double GAP_M = 100;   // between neighbours along a road, at most
static const double HOP_M = 120;   // a hop of the mesh, at most
static const double MAINS_V = 220; // facts, A2
enum { SEGMENT_LEAST = 60, SEGMENT_MOST = 120 };

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory to check the city; free some");
}

static void check_roads(const dd_city *city, dd_city_finding *finding) {
    uint32_t internal = 0, dark = 0;
    for (uint32_t i = 1; i < city->road_n; i++) {
        internal += city->roads[i].class == DD_ROAD_INTERNAL;
        dark += city->roads[i].lamp_count == 0;
    }
    finding->name = "roads";
    snprintf(finding->limit, sizeof finding->limit, "none without luminaires");
    snprintf(finding->measured, sizeof finding->measured, "%u main + %u internal, %u without",
             city->road_n - 1 - internal, internal, dark);
    finding->pass = dark == 0;
}

static void check_lamps(const dd_city *city, dd_city_finding *finding) {
    uint32_t odd = 0;
    for (uint32_t i = 1; i < city->lamp_n; i++) {
        const dd_lamp *lamp = &city->lamps[i], *before = &city->lamps[i - 1];
        bool same = i > 1 && before->feeder == lamp->feeder;
        uint32_t last = same ? before->pole : 0;
        bool next = lamp->pole == last + 1 || (same && lamp->pole == last);
        odd += !lamp->segment || !lamp->feeder || !next;
    }
    finding->name = "luminaires";
    snprintf(finding->limit, sizeof finding->limit, "all on a segment and a feeder, in order");
    snprintf(finding->measured, sizeof finding->measured, "%u, %u not so", city->lamp_n - 1, odd);
    finding->pass = odd == 0;
}

static double from_road_m(const dd_city *city, const dd_lamp *lamp) {
    const dd_road *road = &city->roads[lamp->road];
    double best = INFINITY, chainage;
    const dd_point *points = road->points + road->line_first[lamp->line];
    for (uint32_t i = 1; i < road->line_size[lamp->line]; i++) {
        dd_xy ends[2] = {{points[i - 1].x, points[i - 1].y}, {points[i].x, points[i].y}};
        dd_xy place = {lamp->place.x, lamp->place.y};
        best = fmin(best, dd_polyline_nearest(ends, 2, place, &chainage));
    }
    return best;
}

static void check_beside(const dd_city *city, dd_city_finding *finding) {
    double worst = 0;
    uint32_t at = 0;
    for (uint32_t i = 1; i < city->lamp_n; i++) {
        double distance = from_road_m(city, &city->lamps[i]);
        if (distance <= worst) continue;
        worst = distance;
        at = i;
    }
    finding->name = "beside its road";
    snprintf(finding->limit, sizeof finding->limit, "<= %.0f m", ROAD_M);
    snprintf(finding->measured, sizeof finding->measured, "at most %.1f m (%s)", worst,
             at ? city->lamps[at].id : "none");
    finding->pass = worst <= ROAD_M;
}

// A luminaire in some order: by road and line first, then by metres.
typedef struct dd_ranked {
    uint32_t lamp, road, line;
    float metres;
} dd_ranked;

static int by_rank(const void *a, const void *b) {
    const dd_ranked *x = a, *y = b;
    if (x->road != y->road) return x->road < y->road ? -1 : 1;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    if (x->metres != y->metres) return x->metres < y->metres ? -1 : 1;
    return (x->lamp > y->lamp) - (x->lamp < y->lamp);
}

// All luminaires along the roads, or simply from west to east. The caller frees them.
static dd_ranked *rank(const dd_city *city, bool along_roads) {
    dd_ranked *list = calloc(city->lamp_n, sizeof *list);
    for (uint32_t i = 1; list && i < city->lamp_n; i++) {
        const dd_lamp *lamp = &city->lamps[i];
        list[i - 1] = along_roads ? (dd_ranked){i, lamp->road, lamp->line, lamp->chainage_m}
                                  : (dd_ranked){i, 0, 0, lamp->place.x};
    }
    if (list) qsort(list, city->lamp_n - 1, sizeof *list, by_rank);
    return list;
}

static bool check_apart(const dd_city *city, dd_city_finding *finding, dd_error *error) {
    uint32_t n = city->lamp_n - 1, a = 0, b = 0;
    dd_ranked *east = rank(city, false);
    float least = INFINITY;
    if (!east) return fail_memory(error);
    for (uint32_t i = 0; i < n; i++) {
        const dd_point *place = &city->lamps[east[i].lamp].place;
        for (uint32_t k = i + 1; k < n; k++) {
            const dd_point *other = &city->lamps[east[k].lamp].place;
            if (other->x - place->x >= least) break;
            float distance = dd_distance_m(place, other);
            if (distance >= least) continue;
            least = distance;
            a = east[i].lamp;
            b = east[k].lamp;
        }
    }
    free(east);
    finding->name = "apart";
    snprintf(finding->limit, sizeof finding->limit, ">= %.0f m", SPOT_M);
    snprintf(finding->measured, sizeof finding->measured, "at least %.1f m (%s, %s)", (double)least,
             a ? city->lamps[a].id : "none", b ? city->lamps[b].id : "none");
    finding->pass = least >= SPOT_M;
    return true;
}

static bool check_spacing(const dd_city *city, dd_city_finding *finding, dd_error *error) {
    uint32_t gaps = 0, at = 0;
    dd_ranked *along = rank(city, true);
    double sum = 0, widest = 0;
    if (!along) return fail_memory(error);
    for (uint32_t i = 1; i + 1 < city->lamp_n; i++) {
        const dd_ranked *x = &along[i - 1], *y = &along[i];
        double gap = y->metres - x->metres;
        if (x->road != y->road || x->line != y->line || gap < 1) continue;
        sum += gap;
        gaps++;
        if (gap <= widest) continue;
        widest = gap;
        at = y->lamp;
    }
    free(along);
    finding->name = "spacing";
    snprintf(finding->limit, sizeof finding->limit, "gaps along a road <= %.0f m", GAP_M);
    snprintf(finding->measured, sizeof finding->measured, "mean %.1f m, at most %.1f m (%s)",
             gaps ? sum / gaps : 0, widest, at ? city->lamps[at].id : "none");
    finding->pass = widest <= GAP_M;
    return true;
}

// Whether a lamp of another segment is within a hop of the one at place `i` from west to east.
static bool has_neighbour(const dd_city *city, const dd_ranked *east, uint32_t i) {
    const dd_lamp *lamp = &city->lamps[east[i].lamp];
    for (int step = -1; step <= 1; step += 2) {
        for (uint32_t k = i + (uint32_t)step; k < city->lamp_n - 1; k += (uint32_t)step) {
            const dd_lamp *other = &city->lamps[east[k].lamp];
            if (fabs((double)other->place.x - (double)lamp->place.x) > HOP_M) break;
            if (other->segment != lamp->segment &&
                dd_distance_m(&lamp->place, &other->place) <= HOP_M)
                return true;
        }
    }
    return false;
}

// A segment may be small where its mesh can join no other.
static bool check_sizes(const dd_city *city, dd_city_finding *finding, dd_error *error) {
    uint32_t least = UINT32_MAX, most = 0, small = 0;
    dd_ranked *east = rank(city, false);
    bool *crowded = calloc(city->segment_n, sizeof *crowded), ok = east && crowded;
    for (uint32_t i = 0; ok && i + 1 < city->lamp_n; i++) {
        uint32_t segment = city->lamps[east[i].lamp].segment;
        if (crowded[segment] || city->segments[segment].lamp_count >= SEGMENT_LEAST) continue;
        crowded[segment] = has_neighbour(city, east, i);
    }
    for (uint32_t i = 1; ok && i < city->segment_n; i++) {
        uint32_t n = city->segments[i].lamp_count;
        if (n < least) least = n;
        if (n > most) most = n;
        small += crowded[i];
    }
    free(east);
    free(crowded);
    finding->name = "segment sizes";
    snprintf(finding->limit, sizeof finding->limit, "%d to %d luminaires, fewer only out of reach",
             SEGMENT_LEAST, SEGMENT_MOST);
    snprintf(finding->measured, sizeof finding->measured, "%u to %u in %u segments, %u too small",
             least, most, city->segment_n - 1, small);
    finding->pass = small == 0 && most <= SEGMENT_MOST;
    return ok || fail_memory(error);
}

// What a segment's mesh needs: hops from the controller to its farthest luminaire, how many cannot
// be reached, and the widest gap that some hop must bridge.
typedef struct dd_reach {
    uint32_t hops, lost;
    float gap_m;
} dd_reach;

// Breadth first from the controller with hops of at most HOP_M.
static void count_hops(const dd_city *city, const dd_segment *segment, uint32_t *hops,
                       uint32_t *queue, dd_reach *reach) {
    const dd_lamp *lamps = &city->lamps[segment->first_lamp];
    uint32_t n = segment->lamp_count, end = 0;
    for (uint32_t i = 0; i < n; i++) {
        hops[i] = dd_distance_m(&segment->place, &lamps[i].place) <= HOP_M;
        if (hops[i]) queue[end++] = i;
    }
    for (uint32_t at = 0; at < end; at++) {
        for (uint32_t i = 0; i < n; i++) {
            const dd_point *from = &lamps[queue[at]].place;
            if (hops[i] || dd_distance_m(from, &lamps[i].place) > HOP_M) continue;
            hops[i] = hops[queue[at]] + 1;
            queue[end++] = i;
        }
    }
    reach->lost += n - end;
    if (end && hops[queue[end - 1]] > reach->hops) reach->hops = hops[queue[end - 1]];
}

// Prim: the longest step of the tree that joins the controller and all luminaires.
static void measure_gap(const dd_city *city, const dd_segment *segment, float *nearest,
                        dd_reach *reach) {
    const dd_lamp *lamps = &city->lamps[segment->first_lamp];
    uint32_t n = segment->lamp_count;
    for (uint32_t i = 0; i < n; i++)
        nearest[i] = dd_distance_m(&segment->place, &lamps[i].place);
    for (uint32_t joined = 0; joined < n; joined++) {
        uint32_t next = UINT32_MAX;
        for (uint32_t i = 0; i < n; i++)
            if (nearest[i] >= 0 && (next == UINT32_MAX || nearest[i] < nearest[next])) next = i;
        if (nearest[next] > reach->gap_m) reach->gap_m = nearest[next];
        nearest[next] = -1;
        for (uint32_t i = 0; i < n; i++) {
            float distance = dd_distance_m(&lamps[next].place, &lamps[i].place);
            if (nearest[i] >= 0 && distance < nearest[i]) nearest[i] = distance;
        }
    }
}

static bool check_reach(const dd_city *city, dd_city_finding *finding, dd_error *error) {
    dd_reach reach = {0};
    uint32_t *words = calloc(2 * (size_t)city->lamp_n, sizeof *words);
    float *nearest = calloc(city->lamp_n, sizeof *nearest);
    for (uint32_t i = 1; words && nearest && i < city->segment_n; i++) {
        if (!city->segments[i].lamp_count) continue;
        count_hops(city, &city->segments[i], words, words + city->lamp_n, &reach);
        measure_gap(city, &city->segments[i], nearest, &reach);
    }
    bool ok = words && nearest;
    free(words);
    free(nearest);
    finding->name = "reach";
    snprintf(finding->limit, sizeof finding->limit, "all within hops of %.0f m", HOP_M);
    snprintf(finding->measured, sizeof finding->measured,
             "%u out of reach, at most %u hops, widest gap %.1f m", reach.lost, reach.hops,
             (double)reach.gap_m);
    finding->pass = reach.lost == 0;
    return ok || fail_memory(error);
}

static bool check_feeders(const dd_city *city, dd_city_finding *finding, dd_error *error) {
    uint32_t(*load_mw)[3] = calloc(city->feeder_n, sizeof *load_mw), at = 0;
    double worst = 0;
    if (!load_mw) return fail_memory(error);
    for (uint32_t i = 1; i < city->lamp_n; i++) {
        const dd_lamp *lamp = &city->lamps[i];
        load_mw[lamp->feeder][lamp->phase] += city->catalogue.models[lamp->kind].power_mw;
    }
    for (uint32_t i = 1; i < city->feeder_n; i++) {
        for (int phase = 0; phase < 3; phase++) {
            double share = load_mw[i][phase] / 1000.0 / MAINS_V / city->feeders[i].rated_a;
            if (share <= worst) continue;
            worst = share;
            at = i;
        }
    }
    free(load_mw);
    finding->name = "feeder loads";
    snprintf(finding->limit, sizeof finding->limit, "<= 80 %% of the breaker");
    snprintf(finding->measured, sizeof finding->measured, "at most %.0f %% (%s)", worst * 100,
             at ? city->feeders[at].id : "none");
    finding->pass = worst <= 0.8;
    return true;
}

static void check_wards(const dd_city *city, dd_city_finding *finding) {
    uint32_t communes = 0, dark = 0;
    for (uint32_t i = 1; i < city->ward_n; i++) {
        bool lit = false;
        for (uint32_t k = 1; k < city->lamp_n && !lit; k++)
            lit = city->lamps[k].ward == i;
        communes += city->wards[i].commune;
        dark += !lit;
    }
    finding->name = "wards";
    snprintf(finding->limit, sizeof finding->limit, "none without luminaires");
    snprintf(finding->measured, sizeof finding->measured, "%u wards + %u communes, %u without",
             city->ward_n - 1 - communes, communes, dark);
    finding->pass = dark == 0;
}

bool dd_city_check(const dd_city *city, dd_city_finding findings[DD_CITY_FINDINGS],
                   uint32_t *failed, dd_error *error) {
    memset(findings, 0, DD_CITY_FINDINGS * sizeof *findings);
    check_lamps(city, &findings[0]);
    check_roads(city, &findings[1]);
    check_wards(city, &findings[2]);
    check_beside(city, &findings[3]);
    if (!check_sizes(city, &findings[4], error) || !check_apart(city, &findings[5], error) ||
        !check_spacing(city, &findings[6], error) || !check_reach(city, &findings[7], error) ||
        !check_feeders(city, &findings[8], error))
        return false;
    *failed = 0;
    for (int i = 0; i < DD_CITY_FINDINGS; i++)
        *failed += !findings[i].pass;
    return true;
}
