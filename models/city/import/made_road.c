#include "models/city/import/made_road.h"

#include "models/city/plan/pole_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double STREET_STEP_M = 200; // between neighbours of one street
static const double ROW_STEP_M = 70;     // between neighbours whose streets are not known
static const double STRAIGHTEN_M = 13;   // both sides of a street make one line
static const double SINGLE_M = 20;       // the road of a lamp alone

// The lamps of one street, while lines are taken out of the tree that joins them.
typedef struct dd_rows {
    dd_made_roads *made;
    const dd_pole *poles;
    uint32_t base; // of these lamps among all
    dd_pole_tree tree;
    bool *done;
    uint32_t *order, *parent;
    double *reach_m;
    dd_xy *path;
    uint8_t *keep;
} dd_rows;

// The lamps that hang together with `start`, and how far each is along the tree. Returns how many.
static uint32_t walk(dd_rows *rows, uint32_t start) {
    uint32_t n = 0;
    rows->order[n++] = start;
    rows->parent[start] = start;
    rows->reach_m[start] = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t here = rows->order[i];
        for (uint32_t k = rows->tree.first[here]; k < rows->tree.first[here + 1]; k++) {
            uint32_t next = rows->tree.near[k];
            if (next == rows->parent[here] || rows->done[next]) continue;
            rows->parent[next] = here;
            rows->reach_m[next] = rows->reach_m[here] +
                                  dd_xy_distance(rows->poles[here].place, rows->poles[next].place);
            rows->order[n++] = next;
        }
    }
    return n;
}

static uint32_t farthest(const dd_rows *rows, uint32_t n) {
    uint32_t end = rows->order[0];
    for (uint32_t i = 1; i < n; i++)
        if (rows->reach_m[rows->order[i]] > rows->reach_m[end]) end = rows->order[i];
    return end;
}

// The longest way through the lamps that hang together with `start`, straightened. Returns its
// points, in `path`.
static uint32_t longest_way(dd_rows *rows, uint32_t start, uint32_t *members) {
    *members = walk(rows, farthest(rows, walk(rows, start)));
    uint32_t end = farthest(rows, *members), n = 0, kept = 0;
    for (uint32_t i = end;; i = rows->parent[i]) {
        rows->keep[n] = 1;
        rows->path[n++] = rows->poles[i].place;
        if (rows->parent[i] == i) break;
    }
    if (rows->reach_m[end] < 1) { // alone, or several in one place
        dd_xy place = rows->path[0];
        rows->path[0] = (dd_xy){place.x - SINGLE_M / 2, place.y};
        rows->path[1] = (dd_xy){place.x + SINGLE_M / 2, place.y};
        return 2;
    }
    dd_polyline_simplify(rows->path, n, STRAIGHTEN_M, rows->keep);
    for (uint32_t i = 0; i < n; i++)
        if (rows->keep[i]) rows->path[kept++] = rows->path[i];
    return kept;
}

// Takes one line out of what hangs together with `start`.
static void take_line(dd_rows *rows, uint32_t start) {
    dd_made_roads *made = rows->made;
    uint32_t members, n = longest_way(rows, start, &members), line = made->line_n++;
    memcpy(made->points + made->point_n, rows->path, n * sizeof *rows->path);
    made->point_n += n;
    made->line_first[made->line_n] = made->point_n;
    made->line_key[line] = rows->poles[start].road;
    for (uint32_t i = 0; i < members; i++) {
        uint32_t lamp = rows->order[i];
        double chainage;
        double far = dd_polyline_nearest(rows->path, n, rows->poles[lamp].place, &chainage);
        if (far >= DD_BESIDE_M - 0.5) continue; // a margin for rounding
        rows->done[lamp] = true;
        made->line_of[rows->base + lamp] = line;
    }
}

static bool take_rows(dd_rows *rows, uint32_t n, double step_m, dd_error *error) {
    if (!dd_pole_tree_init(&rows->tree, rows->poles, n, step_m, error)) return false;
    memset(rows->done, 0, n * sizeof *rows->done);
    for (uint32_t i = 0; i < n; i++)
        while (!rows->done[i])
            take_line(rows, i);
    dd_pole_tree_fini(&rows->tree);
    return true;
}

static bool make_rows(dd_made_roads *made, const dd_pole *poles, uint32_t n, dd_rows *rows,
                      dd_error *error) {
    for (uint32_t first = 0, end = 0; first < n; first = end) {
        while (end < n && poles[end].road == poles[first].road)
            end++;
        rows->poles = poles + first;
        rows->base = first;
        rows->made = made;
        double step = poles[first].road ? STREET_STEP_M : ROW_STEP_M;
        if (!take_rows(rows, end - first, step, error)) return false;
    }
    return true;
}

bool dd_made_roads_init(dd_made_roads *made, const dd_pole *poles, uint32_t n, dd_error *error) {
    dd_rows rows = {0};
    size_t room = (size_t)n + 2;
    *made = (dd_made_roads){.points = calloc(2 * room, sizeof *made->points),
                            .line_first = calloc(room, sizeof *made->line_first),
                            .line_key = calloc(room, sizeof *made->line_key),
                            .line_of = calloc(room, sizeof *made->line_of)};
    rows.done = calloc(room, sizeof *rows.done);
    rows.keep = calloc(room, 1);
    rows.reach_m = calloc(room, sizeof *rows.reach_m);
    rows.path = calloc(room, sizeof *rows.path);
    uint32_t *words = calloc(2 * room, sizeof *words);
    bool ok = made->points && made->line_first && made->line_key && made->line_of && rows.done &&
              rows.keep && rows.reach_m && rows.path && words;
    if (!ok) dd_fail(error, DD_OUTSIDE, "no memory for the roads; free some");
    if (ok) {
        rows.order = words;
        rows.parent = words + room;
        ok = make_rows(made, poles, n, &rows, error);
    }
    free(rows.done);
    free(rows.keep);
    free(rows.reach_m);
    free(rows.path);
    free(words);
    if (!ok) dd_made_roads_fini(made);
    return ok;
}

void dd_made_roads_fini(dd_made_roads *made) {
    free(made->points);
    free(made->line_first);
    free(made->line_key);
    free(made->line_of);
    *made = (dd_made_roads){0};
}
