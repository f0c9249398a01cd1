#include "models/city/plan/pole_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS = 1 << 16 };
static const double CELL_M = 32;

bool dd_pole_grid_init(dd_pole_grid *grid, uint32_t room, dd_error *error) {
    *grid = (dd_pole_grid){calloc(CELLS, sizeof(uint32_t)), calloc(room, sizeof(uint32_t)), room};
    if (grid->first && grid->next) return true;
    dd_pole_grid_fini(grid);
    return dd_fail(error, DD_OUTSIDE, "no memory for the plan; free some");
}

void dd_pole_grid_clear(dd_pole_grid *grid) {
    memset(grid->first, 0, CELLS * sizeof *grid->first);
}

static uint32_t cell(int64_t column, int64_t row) {
    uint64_t mixed = (uint64_t)column * 0x9E3779B97F4A7C15u ^ (uint64_t)row * 0xC2B2AE3D27D4EB4Fu;
    return (uint32_t)(mixed >> 40) % CELLS;
}

static int64_t step(double metres) {
    return (int64_t)floor(metres / CELL_M);
}

void dd_pole_grid_add(dd_pole_grid *grid, const dd_pole *poles, uint32_t pole) {
    uint32_t *first = &grid->first[cell(step(poles[pole].place.x), step(poles[pole].place.y))];
    grid->next[pole] = *first;
    *first = pole + 1;
}

void dd_pole_grid_visit(const dd_pole_grid *grid, const dd_pole *poles, dd_xy place,
                        double within_m, dd_pole_visit *visit, void *context) {
    int64_t left = step(place.x - within_m), right = step(place.x + within_m);
    int64_t bottom = step(place.y - within_m), top = step(place.y + within_m);
    for (int64_t x = left; x <= right; x++) {
        for (int64_t y = bottom; y <= top; y++) {
            for (uint32_t i = grid->first[cell(x, y)]; i; i = grid->next[i - 1]) {
                dd_xy other = poles[i - 1].place;
                if (step(other.x) != x || step(other.y) != y) continue; // shares the hash only
                double distance = dd_xy_distance(other, place);
                if (distance < within_m) visit(context, i - 1, distance);
            }
        }
    }
}

static void mark(void *context, uint32_t pole, double distance_m) {
    (void)pole, (void)distance_m;
    *(bool *)context = true;
}

bool dd_pole_grid_any(const dd_pole_grid *grid, const dd_pole *poles, dd_xy place,
                      double within_m) {
    bool any = false;
    dd_pole_grid_visit(grid, poles, place, within_m, mark, &any);
    return any;
}

void dd_pole_grid_fini(dd_pole_grid *grid) {
    free(grid->first);
    free(grid->next);
    *grid = (dd_pole_grid){0};
}
