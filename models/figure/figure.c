#include "models/figure/figure.h"
#include "models/figure/figure_table.h"

#include <assert.h>
#include <string.h>

enum { FIGURES_MAX = 200 }; // more than there are

static const dd_figure *const tables[] = {
    dd_figures_light, dd_figures_mesh,    dd_figures_lines, dd_figures_centre, dd_figures_citizens,
    dd_figures_shift, dd_figures_updates, dd_figures_crews, dd_figures_boards};

const dd_figure *dd_figure_at(size_t place) {
    for (size_t i = 0; i < DD_COUNT(tables); i++)
        for (const dd_figure *it = tables[i]; it->name; it++)
            if (place-- == 0) return it;
    return NULL;
}

const dd_figure *dd_figure_find(const char *name, dd_error *error) {
    const char *names[FIGURES_MAX + 1] = {NULL};
    const dd_figure *it;
    for (size_t i = 0; (it = dd_figure_at(i)); i++) {
        if (strcmp(it->name, name) == 0) return it;
        assert(i < FIGURES_MAX);
        names[i] = it->name;
    }
    dd_fail_unknown(error, "figure", name, names, "'domdom help figures' lists them");
    return NULL;
}
