#include "models/city/city_plan.h"
#include "models/city/pole_grid.h"

#include <stdlib.h>

// A step that the mesh could take from a pole to a neighbour.
typedef struct dd_step {
    uint32_t weight_mm, a, b;
} dd_step;

typedef struct dd_steps {
    const dd_plan *plan;
    dd_step *list;
    uint32_t n, room;
    uint32_t from;
    bool failed;
} dd_steps;

// The tree that joins all poles, as lists of neighbours: those of pole i are near[first[i]] and on.
typedef struct dd_tree {
    uint32_t *first; // pole_n + 1 of them
    uint32_t *near;
} dd_tree;

// What one attempt at cutting the tree gave.
typedef struct dd_cut {
    uint32_t *parent, *order, *pending, *segment;
    uint32_t segment_n;
    uint32_t least, most; // sizes
    uint64_t unevenness;
} dd_cut;

// Another road's poles are behind the corner: the mesh, and the cable, should rather follow the
// road.
static const double CORNER_M = 15;

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory for the plan; free some");
}

static void add_step(void *context, uint32_t pole, double distance_m) {
    dd_steps *steps = context;
    const dd_pole *poles = steps->plan->poles;
    enum { STEPS_MAX = 1 << 26 }; // bounds the memory where poles stand in heaps
    if (pole <= steps->from || steps->failed) return;
    steps->failed = steps->n == STEPS_MAX;
    if (steps->failed) return;
    if (steps->n == steps->room) {
        uint32_t room = steps->room ? 2 * steps->room : 1024;
        dd_step *list = realloc(steps->list, room * sizeof *list);
        if (!list) steps->failed = true;
        if (!list) return;
        steps->list = list;
        steps->room = room;
    }
    double corner = poles[pole].road == poles[steps->from].road ? 0 : CORNER_M;
    steps->list[steps->n++] =
        (dd_step){(uint32_t)((distance_m + corner) * 1000 + 0.5), steps->from, pole};
}

static int by_weight(const void *a, const void *b) {
    const dd_step *x = a, *y = b;
    if (x->weight_mm != y->weight_mm) return x->weight_mm < y->weight_mm ? -1 : 1;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

static bool gather_steps(dd_steps *steps, dd_error *error) {
    const dd_plan *plan = steps->plan;
    dd_pole_grid grid;
    if (!dd_pole_grid_init(&grid, plan->pole_n, error)) return false;
    for (uint32_t i = 0; i < plan->pole_n; i++)
        dd_pole_grid_add(&grid, plan->poles, i);
    for (uint32_t i = 0; i < plan->pole_n; i++) {
        steps->from = i;
        dd_pole_grid_visit(&grid, plan->poles, plan->poles[i].place, plan->rules->hop_m, add_step,
                           steps);
    }
    dd_pole_grid_fini(&grid);
    if (steps->failed) return fail_memory(error);
    if (steps->n) qsort(steps->list, steps->n, sizeof *steps->list, by_weight);
    return true;
}

static uint32_t find(uint32_t *group, uint32_t i) {
    while (group[i] != i)
        i = group[i] = group[group[i]];
    return i;
}

// Kruskal: keeps, at the front of the list, the steps of the shortest forest.
static void keep_forest(dd_steps *steps, uint32_t *group) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < steps->plan->pole_n; i++)
        group[i] = i;
    for (uint32_t i = 0; i < steps->n; i++) {
        uint32_t a = find(group, steps->list[i].a), b = find(group, steps->list[i].b);
        if (a == b) continue;
        group[a] = b;
        steps->list[kept++] = steps->list[i];
    }
    steps->n = kept;
}

static bool make_tree(const dd_steps *steps, uint32_t pole_n, dd_tree *tree) {
    tree->first = calloc(pole_n + 2, sizeof *tree->first);
    tree->near = calloc(2 * (size_t)steps->n + 1, sizeof *tree->near);
    if (!tree->first || !tree->near) return false;
    for (uint32_t i = 0; i < steps->n; i++) {
        tree->first[steps->list[i].a + 2]++;
        tree->first[steps->list[i].b + 2]++;
    }
    for (uint32_t i = 1; i < pole_n + 2; i++)
        tree->first[i] += tree->first[i - 1];
    for (uint32_t i = 0; i < steps->n; i++) {
        tree->near[tree->first[steps->list[i].a + 1]++] = steps->list[i].b;
        tree->near[tree->first[steps->list[i].b + 1]++] = steps->list[i].a;
    }
    return true;
}

// Poles of the tree from `root` outward: parents before children. Returns how many.
static uint32_t walk(const dd_tree *tree, uint32_t root, dd_cut *cut) {
    uint32_t n = 0;
    cut->order[n++] = root;
    cut->parent[root] = root;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t pole = cut->order[i];
        for (uint32_t k = tree->first[pole]; k < tree->first[pole + 1]; k++) {
            uint32_t other = tree->near[k];
            if (other == cut->parent[pole]) continue;
            cut->parent[other] = pole;
            cut->order[n++] = other;
        }
    }
    return n;
}

static void close_segment(const dd_plan *plan, dd_cut *cut, uint32_t top) {
    uint32_t size = cut->pending[top], aim = plan->rules->segment_aim;
    cut->segment[top] = ++cut->segment_n;
    cut->pending[top] = 0;
    if (size < cut->least) cut->least = size;
    if (size > cut->most) cut->most = size;
    uint64_t off = size > aim ? size - aim : aim - size;
    cut->unevenness += off * off;
}

// The branches that hang on a pole join its segment, the smallest first, while they fit; a branch
// that does not fit becomes a segment.
static void gather_branches(const dd_plan *plan, const dd_tree *tree, dd_cut *cut, uint32_t pole) {
    for (;;) {
        uint32_t smallest = UINT32_MAX;
        for (uint32_t k = tree->first[pole]; k < tree->first[pole + 1]; k++) {
            uint32_t other = tree->near[k];
            if (other == cut->parent[pole] || cut->segment[other] || !cut->pending[other]) continue;
            if (smallest == UINT32_MAX || cut->pending[other] < cut->pending[smallest])
                smallest = other;
        }
        if (smallest == UINT32_MAX) return;
        if (cut->pending[pole] + cut->pending[smallest] > plan->rules->segment_most) {
            close_segment(plan, cut, smallest);
            continue;
        }
        cut->pending[pole] += cut->pending[smallest];
        cut->pending[smallest] = 0;
    }
}

// Cuts the tree at `root` from its leaves inward into pieces of at least `target` luminaires.
static void cut_tree(const dd_plan *plan, const dd_tree *tree, uint32_t root, uint32_t target,
                     dd_cut *cut) {
    uint32_t n = walk(tree, root, cut);
    for (uint32_t i = n; i-- > 0;) {
        uint32_t pole = cut->order[i];
        cut->segment[pole] = 0;
        cut->pending[pole] = plan->poles[pole].arm_n;
        gather_branches(plan, tree, cut, pole);
        if (cut->pending[pole] >= target || i == 0) close_segment(plan, cut, pole);
    }
    for (uint32_t i = 1; i < n; i++) {
        uint32_t pole = cut->order[i];
        if (!cut->segment[pole]) cut->segment[pole] = cut->segment[cut->parent[pole]];
    }
}

// Tries many targets and keeps the most even division whose sizes are allowed. False when there is
// none.
static bool try_targets(const dd_plan *plan, const dd_tree *tree, uint32_t root, uint32_t least,
                        dd_cut *cut) {
    const dd_rules *rules = plan->rules;
    uint32_t best_target = 0, segment_n = cut->segment_n;
    uint64_t best = UINT64_MAX;
    for (uint32_t target = least; target <= rules->segment_most; target++) {
        cut->segment_n = segment_n;
        cut->least = UINT32_MAX;
        cut->most = 0;
        cut->unevenness = 0;
        cut_tree(plan, tree, root, target, cut);
        if (cut->least < least || cut->most > rules->segment_most) continue;
        if (cut->unevenness >= best) continue;
        best = cut->unevenness;
        best_target = target;
    }
    cut->segment_n = segment_n;
    if (best_target) cut_tree(plan, tree, root, best_target, cut);
    return best_target != 0;
}

static bool divide(const dd_plan *plan, const dd_tree *tree, uint32_t root, dd_cut *cut,
                   dd_error *error) {
    const dd_rules *rules = plan->rules;
    if (try_targets(plan, tree, root, rules->segment_least, cut)) return true;
    if (rules->segment_small && try_targets(plan, tree, root, 1, cut)) return true;
    return dd_fail(error, DD_WRONG,
                   "the %u poles that the mesh can reach from road \"%s\" do not divide into "
                   "segments of %u to %u luminaires; connect that road, or widen \"segments\"",
                   walk(tree, root, cut), rules->roads[plan->poles[root].road].name,
                   rules->segment_least, rules->segment_most);
}

static bool divide_all(dd_plan *plan, const dd_tree *tree, dd_cut *cut, dd_error *error) {
    bool *seen = calloc(plan->pole_n, sizeof *seen);
    bool ok = seen != NULL || fail_memory(error);
    for (uint32_t i = 0; ok && i < plan->pole_n; i++) {
        if (seen[i]) continue;
        ok = divide(plan, tree, i, cut, error);
        uint32_t n = walk(tree, i, cut);
        for (uint32_t k = 0; ok && k < n; k++) {
            seen[cut->order[k]] = true;
            plan->poles[cut->order[k]].segment = cut->segment[cut->order[k]] - 1;
        }
    }
    free(seen);
    return ok;
}

bool dd_plan_list_segments(dd_plan *plan, uint32_t segment_n, dd_error *error) {
    plan->segments = calloc(segment_n, sizeof *plan->segments);
    plan->segment_n = plan->segments ? segment_n : 0;
    if (!plan->segments) return fail_memory(error);
    for (uint32_t i = 0; i < plan->pole_n; i++)
        plan->segments[plan->poles[i].segment].pole_n++;
    for (uint32_t i = 0; i < plan->segment_n; i++) {
        dd_plan_segment *segment = &plan->segments[i];
        segment->poles = calloc(segment->pole_n, sizeof *segment->poles);
        if (!segment->poles) return fail_memory(error);
        segment->pole_n = 0;
    }
    for (uint32_t i = 0; i < plan->pole_n; i++) {
        dd_plan_segment *segment = &plan->segments[plan->poles[i].segment];
        segment->poles[segment->pole_n++] = i;
        segment->lamp_n += plan->poles[i].arm_n;
    }
    return true;
}

bool dd_plan_segments(dd_plan *plan, dd_error *error) {
    dd_steps steps = {.plan = plan};
    dd_tree tree = {0};
    uint32_t *words = calloc(4 * (size_t)plan->pole_n, sizeof *words), n = plan->pole_n;
    bool ok = words || fail_memory(error);
    ok = ok && gather_steps(&steps, error);
    if (ok) keep_forest(&steps, words);
    ok = ok && (make_tree(&steps, n, &tree) || fail_memory(error));
    dd_cut cut = {words, words + n, words + 2 * (size_t)n, words + 3 * (size_t)n, 0, 0, 0, 0};
    ok = ok && divide_all(plan, &tree, &cut, error) &&
         dd_plan_list_segments(plan, cut.segment_n, error);
    free(words);
    free(steps.list);
    free(tree.first);
    free(tree.near);
    return ok;
}
