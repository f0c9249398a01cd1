#include "models/city/plan/pole_tree.h"

#include "models/city/plan/pole_grid.h"

#include <stdlib.h>

// A step that the mesh could take from a pole to a neighbour.
typedef struct dd_step {
    uint32_t weight_mm, a, b;
} dd_step;

typedef struct dd_steps {
    const dd_pole *poles;
    uint32_t pole_n;
    dd_step *list;
    uint32_t n, room;
    uint32_t from;
    bool failed;
} dd_steps;

// Another road's poles are behind the corner: the mesh, and the cable, should rather follow the
// road.
static const double CORNER_M = 15;

// Bounds memory and time where poles stand in heaps: streets have some ten neighbours a pole.
static uint32_t most_steps(const dd_steps *steps) {
    return 1000000 + 64 * steps->pole_n;
}

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory for the plan; free some");
}

static void add_step(void *context, uint32_t pole, double distance_m) {
    dd_steps *steps = context;
    const dd_pole *poles = steps->poles;
    if (pole <= steps->from || steps->failed) return;
    steps->failed = steps->n == most_steps(steps);
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

static bool gather_steps(dd_steps *steps, double hop_m, dd_error *error) {
    dd_pole_grid grid;
    if (!dd_pole_grid_init(&grid, steps->pole_n, error)) return false;
    for (uint32_t i = 0; i < steps->pole_n; i++)
        dd_pole_grid_add(&grid, steps->poles, i);
    for (uint32_t i = 0; i < steps->pole_n && !steps->failed; i++) {
        steps->from = i;
        dd_pole_grid_visit(&grid, steps->poles, steps->poles[i].place, hop_m, add_step, steps);
    }
    dd_pole_grid_fini(&grid);
    if (steps->failed && steps->n == most_steps(steps))
        return dd_fail(
            error, DD_WRONG,
            "more than %u pairs of lamps within %.0f m of each other: they stand in heaps; "
            "are their coordinates rounded?",
            steps->n, hop_m);
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
    for (uint32_t i = 0; i < steps->pole_n; i++)
        group[i] = i;
    for (uint32_t i = 0; i < steps->n; i++) {
        uint32_t a = find(group, steps->list[i].a), b = find(group, steps->list[i].b);
        if (a == b) continue;
        group[a] = b;
        steps->list[kept++] = steps->list[i];
    }
    steps->n = kept;
}

static bool make_tree(const dd_steps *steps, uint32_t pole_n, dd_pole_tree *tree) {
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

bool dd_pole_tree_init(dd_pole_tree *tree, const dd_pole *poles, uint32_t n, double hop_m,
                       dd_error *error) {
    dd_steps steps = {.poles = poles, .pole_n = n};
    uint32_t *group = calloc(n + 1, sizeof *group);
    *tree = (dd_pole_tree){0};
    bool ok = (group || fail_memory(error)) && gather_steps(&steps, hop_m, error);
    if (ok) keep_forest(&steps, group);
    ok = ok && (make_tree(&steps, n, tree) || fail_memory(error));
    free(group);
    free(steps.list);
    if (!ok) dd_pole_tree_fini(tree);
    return ok;
}

void dd_pole_tree_fini(dd_pole_tree *tree) {
    free(tree->first);
    free(tree->near);
    *tree = (dd_pole_tree){0};
}
