// The figures of a luminaire model by name, each in a unit that a data sheet uses: for scenarios
// (`luminaire{ name = "..", power_w = 90 }`) and settings ("luminaire.LED-street-75.power_w").
#pragma once

#include "models/light/catalogue.h"

typedef struct dd_model_figure {
    const char *name; // "power_w"
    double least, most;
    const char *unit, *what;
    const char *const *words; // what the numbers from 0 mean, `most` + 1 of them; NULL: a quantity
    double scale;             // stored: value times this, rounded
    size_t offset, size;      // where, in dd_luminaire_model
} dd_model_figure;

extern const dd_model_figure dd_model_figures[]; // ends with a NULL name

// The figure of that name, or NULL and an error that suggests the nearest.
const dd_model_figure *dd_model_figure_find(const char *name, dd_error *error);

// A figure of a model, in the figure's unit.
double dd_model_get(const dd_luminaire_model *model, const dd_model_figure *figure);

// Gives a model a figure; false and an error when there is none of that name, or it is out of
// range. Figures that only make sense together are checked by dd_catalogue_add.
bool dd_model_set(dd_luminaire_model *model, const char *figure, double value, dd_error *error);

// The same for a figure that is said by a word: technology, control.
bool dd_model_set_word(dd_luminaire_model *model, const char *figure, const char *word,
                       dd_error *error);
