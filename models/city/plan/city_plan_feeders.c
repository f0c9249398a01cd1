#include "models/city/plan/city_plan.h"

#include <stdlib.h>
#include <string.h>

static const double CROSSING_M = 20; // a cable rather follows its side of the road,
static const double CORNER_M = 15;   // and its road
static const double CABINET_M = 1.5; // beside the pole at the middle
static const double LEAD_M = 4;      // of cable from the cabinet's terminals to the ground
static const double FEEDER_W = 3 * 63 * 220 * 0.95; // what a three-phase breaker of 63 A carries

// The cable tree of one segment, by place in the segment's list of poles.
typedef struct dd_cable {
    const dd_plan *plan;
    dd_plan_segment *segment;
    uint32_t n, root;
    uint32_t feeder_n;
    double crossing_m;
    double *reach_m;  // of the pole from the tree while it grows; then from its parent
    uint32_t *parent; // the root is its own
    uint32_t *size;   // poles in the subtree
    uint32_t *order;  // the poles as they joined the tree, then the cables' way through them
    uint32_t *feeder; // of the branches that leave the root
    bool *in;
} dd_cable;

static const dd_pole *pole_of(const dd_cable *cable, uint32_t i) {
    return &cable->plan->poles[cable->segment->poles[i]];
}

static double stretch_m(const dd_cable *cable, uint32_t a, uint32_t b) {
    return dd_xy_distance(pole_of(cable, a)->place, pole_of(cable, b)->place);
}

// What it takes to lay the cable from `a`, in the tree, to `b`. The cables of both sides of the
// road start at the cabinet: there the crossing is made.
static double cost_m(const dd_cable *cable, uint32_t a, uint32_t b) {
    const dd_pole *x = pole_of(cable, a), *y = pole_of(cable, b);
    double cost = stretch_m(cable, a, b);
    if (x->road != y->road) return cost + CORNER_M;
    return x->side * y->side < 0 && a != cable->root ? cost + cable->crossing_m : cost;
}

// Prim's shortest tree from `root`; `order` lists the poles as they joined.
static void grow_tree(dd_cable *cable, uint32_t root, double crossing_m) {
    cable->root = root;
    cable->crossing_m = crossing_m;
    for (uint32_t i = 0; i < cable->n; i++) {
        cable->in[i] = i == root;
        cable->parent[i] = root;
        cable->reach_m[i] = cost_m(cable, root, i);
        cable->size[i] = 1;
    }
    cable->order[0] = root;
    for (uint32_t joined = 1; joined < cable->n; joined++) {
        uint32_t best = UINT32_MAX;
        for (uint32_t i = 0; i < cable->n; i++)
            if (!cable->in[i] && (best == UINT32_MAX || cable->reach_m[i] < cable->reach_m[best]))
                best = i;
        cable->in[best] = true;
        cable->order[joined] = best;
        for (uint32_t i = 0; i < cable->n; i++) {
            if (cable->in[i] || cost_m(cable, best, i) >= cable->reach_m[i]) continue;
            cable->reach_m[i] = cost_m(cable, best, i);
            cable->parent[i] = best;
        }
    }
    for (uint32_t i = cable->n; i-- > 1;)
        cable->size[cable->parent[cable->order[i]]] += cable->size[cable->order[i]];
}

static double depth_m(const dd_cable *cable, uint32_t pole) {
    double depth = 0;
    for (; pole != cable->root; pole = cable->parent[pole])
        depth += stretch_m(cable, pole, cable->parent[pole]);
    return depth;
}

static uint32_t farthest(const dd_cable *cable) {
    uint32_t end = cable->root;
    for (uint32_t i = 0; i < cable->n; i++)
        if (depth_m(cable, i) > depth_m(cable, end)) end = i;
    return end;
}

// The pole from which the farthest one is nearest along the tree: half-way along its longest path.
// Both sides of a road count as one here.
static uint32_t find_centre(dd_cable *cable) {
    grow_tree(cable, 0, 0);
    grow_tree(cable, farthest(cable), 0);
    uint32_t pole = farthest(cable);
    double half = depth_m(cable, pole) / 2;
    while (pole != cable->root && depth_m(cable, pole) > half)
        pole = cable->parent[pole];
    return pole;
}

// The next of a pole's branches after `last`, from small to large; UINT32_MAX when it was the last.
static uint32_t next_branch(const dd_cable *cable, uint32_t pole, uint32_t feeder, uint32_t last) {
    uint32_t next = UINT32_MAX;
    for (uint32_t i = 0; i < cable->n; i++) {
        if (i == cable->root || cable->parent[i] != pole) continue;
        if (pole == cable->root && cable->feeder[i] != feeder) continue;
        uint32_t size = cable->size[i];
        if (last != UINT32_MAX &&
            (size < cable->size[last] || (size == cable->size[last] && i <= last)))
            continue;
        if (next == UINT32_MAX || size < cable->size[next]) next = i;
    }
    return next;
}

// The cable visits the smaller branches first and comes back from them, so that it need not come
// back from the largest. Returns how many poles `order` holds then.
static uint32_t visit(dd_cable *cable, uint32_t pole, uint32_t feeder, uint32_t n) {
    uint32_t branch = UINT32_MAX;
    while ((branch = next_branch(cable, pole, feeder, branch)) != UINT32_MAX) {
        cable->order[n++] = branch;
        n = visit(cable, branch, feeder, n);
    }
    return n;
}

// Shares the root's branches out, the largest first, each to the feeder with least. Returns the
// poles on the fullest.
static uint32_t share_branches(dd_cable *cable) {
    uint32_t load[DD_PLAN_FEEDERS] = {1}, feeders = cable->feeder_n, fullest = 0;
    for (uint32_t i = 0; i < cable->n; i++)
        cable->in[i] = false;
    for (;;) {
        uint32_t largest = UINT32_MAX, least = 0;
        for (uint32_t i = 0; i < cable->n; i++) {
            if (i == cable->root || cable->in[i] || cable->parent[i] != cable->root) continue;
            if (largest == UINT32_MAX || cable->size[i] > cable->size[largest]) largest = i;
        }
        if (largest == UINT32_MAX) break;
        for (uint32_t k = 1; k < feeders; k++)
            if (load[k] < load[least]) least = k;
        load[least] += cable->size[largest];
        cable->feeder[largest] = least;
        cable->in[largest] = true;
    }
    for (uint32_t k = 0; k < feeders; k++)
        if (load[k] > fullest) fullest = load[k];
    return fullest;
}

// Metres of cable from one pole to the next of the order, back and forth along the tree.
static double way_m(const dd_cable *cable, uint32_t from, uint32_t to) {
    if (from == cable->root) return depth_m(cable, to);
    double way = stretch_m(cable, to, cable->parent[to]);
    for (; from != cable->parent[to]; from = cable->parent[from])
        way += stretch_m(cable, from, cable->parent[from]);
    return way;
}

// Numbers the poles of `order` from `first` to before `end` along one feeder's cable, which has
// come `lead_m` to the root.
static void number_poles(dd_cable *cable, dd_plan *plan, uint32_t feeder, double lead_m,
                         uint32_t first, uint32_t end) {
    double cable_m = lead_m;
    for (uint32_t i = first; i < end; i++) {
        uint32_t here = cable->order[i], before = i == first ? cable->root : cable->order[i - 1];
        if (here != cable->root) cable_m += way_m(cable, before, here);
        dd_pole *pole = &plan->poles[cable->segment->poles[here]];
        pole->feeder = feeder;
        pole->number = i - first + 1;
        pole->cable_m = cable_m;
        pole->parent = cable->segment->poles[cable->parent[here]];
    }
}

// The root's branches make the feeders when they can be shared out somewhat evenly; else one way
// through all poles is cut into equal parts.
static void lay_feeders(dd_cable *cable, dd_plan *plan) {
    uint32_t feeders = cable->feeder_n, n = 1, first = 0;
    bool even = share_branches(cable) <= cable->n * 7 / 10;
    if (!even) memset(cable->feeder, 0, cable->n * sizeof *cable->feeder);
    cable->order[0] = cable->root;
    for (uint32_t k = 0; k < feeders; k++) {
        n = visit(cable, cable->root, k, n);
        if (even) number_poles(cable, plan, k, LEAD_M, first, n);
        first = n;
    }
    for (uint32_t k = 0; !even && k < feeders; k++)
        number_poles(cable, plan, k, LEAD_M, cable->n * k / feeders, cable->n * (k + 1) / feeders);
}

// As many feeders as the rules want, or more for a heavy load, but each with a pole.
static uint32_t feeders_for(const dd_plan *plan, const dd_plan_segment *segment) {
    uint32_t n = plan->rules->segment_feeders;
    double load_w = 0, most_w = FEEDER_W / plan->rules->breaker_margin;
    for (uint32_t i = 0; i < segment->pole_n; i++) {
        const dd_pole *pole = &plan->poles[segment->poles[i]];
        for (uint32_t k = 0; k < pole->arm_n; k++)
            load_w += plan->models[pole->arms[k].kind].power_mw / 1000.0;
    }
    while (n < DD_PLAN_FEEDERS && load_w > n * most_w)
        n++;
    return n < segment->pole_n ? n : segment->pole_n;
}

static void place_cabinet(dd_cable *cable, const dd_plan *plan) {
    const dd_pole *pole = pole_of(cable, cable->root);
    const dd_plan_line *line = &plan->lines[pole->arms[0].line];
    dd_xy direction;
    dd_polyline_at(line->points, line->n, pole->arms[0].chainage_m, &direction);
    cable->segment->centre = cable->segment->poles[cable->root];
    cable->segment->line = pole->arms[0].line;
    cable->segment->chainage_m = pole->arms[0].chainage_m;
    cable->segment->place =
        (dd_xy){pole->place.x + direction.x * CABINET_M, pole->place.y + direction.y * CABINET_M};
}

static void plan_cables(dd_cable *cable, dd_plan *plan) {
    grow_tree(cable, find_centre(cable), CROSSING_M);
    cable->feeder_n = cable->segment->feeder_n = feeders_for(plan, cable->segment);
    lay_feeders(cable, plan);
    place_cabinet(cable, plan);
    uint32_t *ordered = cable->feeder; // of no more use as such
    for (uint32_t i = 0; i < cable->n; i++)
        ordered[i] = cable->segment->poles[cable->order[i]];
    memcpy(cable->segment->poles, ordered, cable->n * sizeof *ordered);
}

static uint32_t nearest_to(const dd_cable *cable, dd_xy place) {
    uint32_t nearest = 0;
    for (uint32_t i = 1; i < cable->n; i++)
        if (dd_xy_distance(pole_of(cable, i)->place, place) <
            dd_xy_distance(pole_of(cable, nearest)->place, place))
            nearest = i;
    return nearest;
}

// The way of one given feeder, whose poles are `whole`'s from `first` to before `end`.
static void lay_given(dd_cable *cable, dd_plan *plan, dd_plan_segment *whole, uint32_t first,
                      uint32_t end) {
    uint32_t *poles = whole->poles + first, n = end - first, *ordered = cable->feeder;
    dd_plan_segment one = {.poles = poles, .pole_n = n};
    cable->segment = &one;
    cable->n = n;
    grow_tree(cable, nearest_to(cable, whole->place), CROSSING_M);
    cable->feeder_n = 1;
    memset(cable->feeder, 0, n * sizeof *cable->feeder);
    cable->order[0] = cable->root;
    visit(cable, cable->root, 0, 1);
    // It comes by way of the pole at the cabinet.
    double lead_m = LEAD_M + dd_xy_distance(plan->poles[whole->centre].place,
                                            pole_of(cable, cable->root)->place);
    number_poles(cable, plan, plan->poles[poles[0]].feeder, lead_m, 0, n);
    for (uint32_t i = 0; i < n; i++)
        ordered[i] = poles[cable->order[i]];
    memcpy(poles, ordered, n * sizeof *poles);
}

// Sorts the poles by feeder, each in the order it had; the pole nearest the cabinet is the centre.
static void keep_feeders(dd_cable *cable, dd_plan *plan) {
    dd_plan_segment *segment = cable->segment;
    uint32_t n = segment->pole_n, *sorted = cable->feeder, at = 0;
    segment->centre = segment->poles[nearest_to(cable, segment->place)];
    segment->line = plan->poles[segment->centre].arms[0].line;
    segment->chainage_m = plan->poles[segment->centre].arms[0].chainage_m;
    for (uint32_t k = 0; k < segment->feeder_n; k++)
        for (uint32_t i = 0; i < n; i++)
            if (plan->poles[segment->poles[i]].feeder == k) sorted[at++] = segment->poles[i];
    memcpy(segment->poles, sorted, n * sizeof *sorted);
    for (uint32_t first = 0, end = 0; first < n; first = end) { // cable->n is one feeder's here
        uint32_t feeder = plan->poles[segment->poles[first]].feeder;
        while (end < n && plan->poles[segment->poles[end]].feeder == feeder)
            end++;
        lay_given(cable, plan, segment, first, end);
    }
}

static bool lay_cables(dd_plan *plan, dd_plan_segment *segment, dd_error *error) {
    uint32_t n = segment->pole_n;
    dd_cable cable = {.plan = plan, .segment = segment, .n = n};
    uint32_t *words = calloc(4 * (size_t)n, sizeof *words);
    cable.reach_m = calloc(n, sizeof *cable.reach_m);
    cable.in = calloc(n, sizeof *cable.in);
    bool ok = words && cable.reach_m && cable.in;
    if (ok) {
        cable.parent = words;
        cable.size = words + n;
        cable.order = words + 2 * (size_t)n;
        cable.feeder = words + 3 * (size_t)n;
        if (segment->given)
            keep_feeders(&cable, plan);
        else
            plan_cables(&cable, plan);
    }
    free(words);
    free(cable.reach_m);
    free(cable.in);
    return ok || dd_fail(error, DD_OUTSIDE, "no memory for the plan; free some");
}

// Segments are numbered along the roads of the rules.
static int by_road(const void *a, const void *b) {
    const dd_plan_segment *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    if (x->chainage_m != y->chainage_m) return x->chainage_m < y->chainage_m ? -1 : 1;
    return (x->centre > y->centre) - (x->centre < y->centre);
}

bool dd_plan_feeders(dd_plan *plan, dd_error *error) {
    for (uint32_t i = 0; i < plan->segment_n; i++)
        if (!lay_cables(plan, &plan->segments[i], error)) return false;
    qsort(plan->segments, plan->segment_n, sizeof *plan->segments, by_road);
    for (uint32_t i = 0, feeders = 0; i < plan->segment_n; i++) {
        dd_plan_segment *segment = &plan->segments[i];
        segment->first_feeder = feeders;
        feeders += segment->feeder_n;
        for (uint32_t k = 0; k < segment->pole_n; k++)
            plan->poles[segment->poles[k]].segment = i;
    }
    return true;
}
