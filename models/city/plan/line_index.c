#include "models/city/plan/line_index.h"

#include <math.h>
#include <stdlib.h>

enum { ENTRIES_MAX = 1 << 26 };
static const double CELL_M = 64;
static const double OWN_STREET_M = 10; // another street's line must be so much nearer

typedef struct dd_line_entry {
    int32_t column, row;
    uint32_t line;
} dd_line_entry;

typedef struct dd_entries {
    dd_line_entry *list;
    uint32_t n, room;
} dd_entries;

static int32_t cell(double metres) {
    return (int32_t)floor(metres / CELL_M);
}

static bool add(dd_entries *entries, int32_t column, int32_t row, uint32_t line) {
    // Neighbouring steps touch the same cells: the last few are enough to look at.
    for (uint32_t i = 1; i <= 6 && i <= entries->n; i++) {
        const dd_line_entry *last = &entries->list[entries->n - i];
        if (last->column == column && last->row == row && last->line == line) return true;
    }
    if (entries->n == entries->room) {
        uint32_t room = entries->room ? 2 * entries->room : 1024;
        dd_line_entry *list =
            room <= ENTRIES_MAX ? realloc(entries->list, room * sizeof *list) : NULL;
        if (!list) return false;
        entries->list = list;
        entries->room = room;
    }
    entries->list[entries->n++] = (dd_line_entry){column, row, line};
    return true;
}

// Every cell within reach of a line, which is walked in steps of half a cell.
static bool add_line(dd_entries *entries, const dd_plan_line *line, uint32_t number,
                     double within_m) {
    for (uint32_t i = 1; i < line->n; i++) {
        dd_xy a = line->points[i - 1], b = line->points[i];
        uint32_t steps = (uint32_t)(dd_xy_distance(a, b) / (CELL_M / 2)) + 1;
        double reach = within_m + CELL_M / 4;
        for (uint32_t k = 0; k < steps; k++) {
            double part = (k + 0.5) / steps;
            dd_xy p = {a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part};
            for (int32_t column = cell(p.x - reach); column <= cell(p.x + reach); column++)
                for (int32_t row = cell(p.y - reach); row <= cell(p.y + reach); row++)
                    if (!add(entries, column, row, number)) return false;
        }
    }
    return true;
}

static int by_cell(const void *a, const void *b) {
    const dd_line_entry *x = a, *y = b;
    if (x->column != y->column) return x->column < y->column ? -1 : 1;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

bool dd_line_index_init(dd_line_index *index, const dd_plan *plan, double within_m,
                        dd_error *error) {
    dd_entries entries = {0};
    bool ok = true;
    for (uint32_t i = 0; ok && i < plan->line_n; i++)
        ok = add_line(&entries, &plan->lines[i], i, within_m);
    *index = (dd_line_index){plan->lines, entries.list, entries.n, within_m};
    if (entries.n) qsort(entries.list, entries.n, sizeof *entries.list, by_cell);
    if (ok) return true;
    dd_line_index_fini(index);
    return dd_fail(error, DD_OUTSIDE,
                   "no memory for so many roads; cut the file to a city with --box");
}

void dd_line_index_fini(dd_line_index *index) {
    free(index->entries);
    *index = (dd_line_index){0};
}

// The first entry of the cell that holds a place.
static uint32_t cell_of(const dd_line_index *index, dd_xy place, dd_line_entry *here) {
    *here = (dd_line_entry){cell(place.x), cell(place.y), 0};
    uint32_t low = 0, high = index->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (by_cell(&index->entries[middle], here) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_in(const dd_line_index *index, uint32_t i, const dd_line_entry *here) {
    return i < index->n && index->entries[i].column == here->column &&
           index->entries[i].row == here->row;
}

dd_line_match dd_line_index_find(const dd_line_index *index, dd_xy place, uint32_t name,
                                 const dd_line_kind *kinds) {
    dd_line_match best = {.line = UINT32_MAX};
    double best_m = INFINITY;
    dd_line_entry here;
    for (uint32_t i = cell_of(index, place, &here); is_in(index, i, &here); i++) {
        uint32_t number = index->entries[i].line;
        const dd_plan_line *line = &index->lines[number];
        const dd_line_kind *kind = &kinds[line->road];
        double chainage;
        double distance = dd_polyline_nearest(line->points, line->n, place, &chainage);
        if (distance > index->within_m) continue;
        double rank = distance + kind->handicap_m - (name && name == kind->name ? OWN_STREET_M : 0);
        if (rank >= best_m) continue;
        best_m = rank;
        best = (dd_line_match){number, distance, chainage};
    }
    return best;
}

bool dd_line_index_other(const dd_line_index *index, dd_xy place, uint32_t road, double within_m) {
    dd_line_entry here;
    double chainage;
    for (uint32_t i = cell_of(index, place, &here); is_in(index, i, &here); i++) {
        const dd_plan_line *line = &index->lines[index->entries[i].line];
        if (line->road != road &&
            dd_polyline_nearest(line->points, line->n, place, &chainage) < within_m)
            return true;
    }
    return false;
}
