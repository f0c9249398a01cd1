// The tables that the figures are listed in, one in each other file of this folder, and what their
// readers share.
#pragma once

#include "models/figure/figure.h"
#include "models/hub.h"

#include <math.h>

// They end with a NULL name.
extern const dd_figure dd_figures_light[];
extern const dd_figure dd_figures_mesh[];
extern const dd_figure dd_figures_lines[];
extern const dd_figure dd_figures_centre[];
extern const dd_figure dd_figures_citizens[];
extern const dd_figure dd_figures_shift[];
extern const dd_figure dd_figures_updates[];
extern const dd_figure dd_figures_crews[];
extern const dd_figure dd_figures_boards[];

static inline double dd_percent(double part, double whole) {
    return whole > 0 ? 100 * part / whole : NAN;
}
