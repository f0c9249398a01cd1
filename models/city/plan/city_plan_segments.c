#include "models/city/plan/city_plan.h"
#include "models/city/plan/pole_tree.h"

#include <stdlib.h>

// What one attempt at cutting the tree gave.
typedef struct dd_cut {
    uint32_t *parent, *order, *pending, *segment;
    uint32_t segment_n;
    uint32_t least, most; // sizes
    uint64_t unevenness;
} dd_cut;

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory for the plan; free some");
}

// Poles of the tree from `root` outward: parents before children. Returns how many.
static uint32_t walk(const dd_pole_tree *tree, uint32_t root, dd_cut *cut) {
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
static void gather_branches(const dd_plan *plan, const dd_pole_tree *tree, dd_cut *cut,
                            uint32_t pole) {
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
static void cut_tree(const dd_plan *plan, const dd_pole_tree *tree, uint32_t root, uint32_t target,
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
static bool try_targets(const dd_plan *plan, const dd_pole_tree *tree, uint32_t root,
                        uint32_t least, dd_cut *cut) {
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

static bool divide(const dd_plan *plan, const dd_pole_tree *tree, uint32_t root, dd_cut *cut,
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

static bool divide_all(dd_plan *plan, const dd_pole_tree *tree, dd_cut *cut, dd_error *error) {
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
    dd_pole_tree tree;
    size_t n = plan->pole_n;
    if (!dd_pole_tree_init(&tree, plan->poles, plan->pole_n, plan->rules->hop_m, error))
        return false;
    uint32_t *words = calloc(4 * n, sizeof *words);
    dd_cut cut = {words, words + n, words + 2 * n, words + 3 * n, 0, 0, 0, 0};
    bool ok = (words || fail_memory(error)) && divide_all(plan, &tree, &cut, error) &&
              dd_plan_list_segments(plan, cut.segment_n, error);
    free(words);
    dd_pole_tree_fini(&tree);
    return ok;
}
