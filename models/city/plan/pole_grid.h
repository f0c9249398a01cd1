// Poles by place: a hashed grid of cells, to find a pole's neighbours quickly.
#pragma once

#include "models/city/plan/city_plan.h"

typedef struct dd_pole_grid {
    uint32_t *first; // by cell: pole + 1, or 0
    uint32_t *next;  // by pole
    uint32_t room;
} dd_pole_grid;

bool dd_pole_grid_init(dd_pole_grid *grid, uint32_t room, dd_error *error);
void dd_pole_grid_clear(dd_pole_grid *grid);
void dd_pole_grid_add(dd_pole_grid *grid, const dd_pole *poles, uint32_t pole);

// Whether a pole stands nearer than `within_m` to a place.
bool dd_pole_grid_any(const dd_pole_grid *grid, const dd_pole *poles, dd_xy place, double within_m);

// Calls `visit` for every pole nearer than `within_m`.
typedef void dd_pole_visit(void *context, uint32_t pole, double distance_m);
void dd_pole_grid_visit(const dd_pole_grid *grid, const dd_pole *poles, dd_xy place,
                        double within_m, dd_pole_visit *visit, void *context);

void dd_pole_grid_fini(dd_pole_grid *grid);
