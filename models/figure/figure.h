// Figures of the city at a moment, by name, for scenarios and the summary.
#pragma once

#include "models/world.h"

typedef struct dd_figure {
    const char *name; // "mesh.delivered"
    const char *unit; // "" for a plain number
    const char *what;
    double (*read)(dd_world *world); // NaN when there is nothing to measure yet
} dd_figure;

// The figure at a place in their list, from 0; NULL behind the last.
const dd_figure *dd_figure_at(size_t place);

// The figure of that name, or NULL and an error that suggests the nearest.
const dd_figure *dd_figure_find(const char *name, dd_error *error);
