#include "models/city/import/luminaires.h"

#include "models/city/city_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct dd_chooser {
    dd_inventory *inventory;
    dd_catalogue *catalogue;
    uint32_t *kind_of; // by word: the catalogue's number of the model with that id, 0: none
    bool described;    // the file describes models
    double step_w;     // wattages are rounded to it; 0: not
} dd_chooser;

// Wattages that the project's own street luminaires have, and those of before.
static uint32_t built_in(double power_w, dd_technology technology, double flux_lm) {
    static const uint32_t kinds[] = {DD_STREET_75,  DD_STREET_120, DD_STREET_150,  DD_BULB_5,
                                     DD_BULB_10,    DD_HPS_150,    DD_HPS_250,     DD_HPS_400,
                                     DD_HALIDE_250, DD_HALIDE_400, DD_HALIDE_1000, DD_CFL_20,
                                     DD_CFL_40};
    for (size_t i = 0; flux_lm <= 0 && i < DD_COUNT(kinds); i++) {
        const dd_luminaire_model *model = &dd_luminaire_models[kinds[i]];
        if (model->technology == technology && model->power_mw == lrint(power_w * 1e3))
            return kinds[i];
    }
    return 0;
}

// The catalogue's number of a luminaire of those figures, added when it is new; 0 without room.
static uint32_t kind_by_figures(dd_chooser *chooser, double power_w, dd_technology technology,
                                double flux_lm) {
    char name[DD_MODEL_NAME_SIZE];
    if (chooser->step_w > 0)
        power_w = fmax(1, floor(power_w / chooser->step_w + 0.5)) * chooser->step_w;
    power_w = floor(power_w * 10 + 0.5) / 10;
    if (chooser->step_w > 0) flux_lm = 0;
    uint32_t kind = built_in(power_w, technology, flux_lm);
    if (kind) return kind;
    if (flux_lm > 0)
        snprintf(name, sizeof name, "%s-%g-%.0flm", dd_technology_names[technology], power_w,
                 flux_lm);
    else
        snprintf(name, sizeof name, "%s-%g", dd_technology_names[technology], power_w);
    dd_luminaire_model model = dd_city_model_of(name, technology, power_w, flux_lm);
    kind = dd_catalogue_find(chooser->catalogue, name);
    if (kind && chooser->catalogue->models[kind].power_mw == model.power_mw) return kind;
    if (kind) // the file's own model has this name, but is another
        snprintf(model.name, sizeof model.name, "%.32s W", name);
    return dd_catalogue_add(chooser->catalogue, &model, NULL);
}

static bool choose_model(dd_chooser *chooser, dd_found_lamp *lamp, dd_error *error) {
    dd_inventory *inventory = chooser->inventory;
    const char *name = dd_inventory_text(inventory, lamp->model);
    uint32_t kind = chooser->kind_of[lamp->model];
    if (!kind) kind = dd_catalogue_find(chooser->catalogue, name);
    if (!kind && !chooser->described) return true; // a type's name that nothing explains
    if (!kind)
        return dd_inventory_fail(inventory, lamp->where, error,
                                 "the model \"%.60s\" is described nowhere in the file; add a "
                                 "StreetlightModel of that id, or correct the reference",
                                 name);
    double own_w = chooser->catalogue->models[kind].power_mw / 1e3;
    if (lamp->power_w > 0 && fabs(lamp->power_w - own_w) > 0.05)
        dd_inventory_note(inventory, DD_NOTE_MODEL_POWER, lamp->where);
    lamp->kind = kind;
    return true;
}

// False when the catalogue is full.
static bool choose_all(dd_chooser *chooser) {
    dd_inventory *inventory = chooser->inventory;
    for (uint32_t i = 0; i < inventory->lamp_n; i++) {
        dd_found_lamp *lamp = &inventory->lamps[i];
        if (lamp->kind || lamp->power_w <= 0) continue;
        dd_technology technology = lamp->technology ? lamp->technology : DD_TECHNOLOGY_LED;
        if (!kind_by_figures(chooser, lamp->power_w, technology, lamp->flux_lm)) return false;
    }
    for (uint32_t i = 0; i < inventory->lamp_n; i++) {
        dd_found_lamp *lamp = &inventory->lamps[i];
        if (lamp->kind || lamp->power_w <= 0) continue;
        dd_technology technology = lamp->technology ? lamp->technology : DD_TECHNOLOGY_LED;
        lamp->kind = kind_by_figures(chooser, lamp->power_w, technology, lamp->flux_lm);
        double power = chooser->catalogue->models[lamp->kind].power_mw / 1e3;
        if (fabs(power - lamp->power_w) > 0.051)
            dd_inventory_note(inventory, DD_NOTE_ROUNDED, lamp->where);
    }
    return true;
}

// The models that the file describes. One without a power says nothing of use: its lamps say
// theirs.
static bool add_described(dd_chooser *chooser, dd_error *error) {
    dd_inventory *inventory = chooser->inventory;
    for (uint32_t i = 0; i < inventory->unit_n; i++) {
        const dd_found_unit *unit = &inventory->units[i];
        if (unit->kind != DD_ID_MODEL) continue;
        chooser->described = true;
        double power = unit->model.power_mw / 1e3;
        if (chooser->kind_of[unit->id])
            return dd_inventory_fail(inventory, unit->where, error,
                                     "the model \"%.60s\" stands here a second time; keep one",
                                     dd_inventory_text(inventory, unit->id));
        if (power <= 0)
            return dd_inventory_fail(inventory, unit->where, error,
                                     "the model \"%.60s\" has no power; add maxPowerConsumption",
                                     unit->model.name);
        dd_luminaire_model model =
            dd_city_model_of(unit->model.name, unit->model.technology, power, unit->model.flux_lm);
        uint32_t kind = dd_catalogue_find(chooser->catalogue, model.name);
        if (kind) snprintf(model.name, sizeof model.name, "model %u", i + 1); // two of one name
        kind = dd_catalogue_add(chooser->catalogue, &model, error);
        if (!kind) return dd_fail_in(error, inventory->file);
        chooser->kind_of[unit->id] = kind;
    }
    return true;
}

bool dd_luminaires_choose(dd_inventory *inventory, dd_catalogue *catalogue, dd_error *error) {
    static const double steps_w[] = {0, 1, 5, 10, 20, 50, 100};
    dd_chooser chooser = {.inventory = inventory, .catalogue = catalogue};
    chooser.kind_of = calloc(inventory->words.id_n, sizeof *chooser.kind_of);
    if (!chooser.kind_of) return dd_fail(error, DD_OUTSIDE, "no memory for the lamps; free some");
    bool ok = add_described(&chooser, error), chosen = false;
    for (uint32_t i = 0; ok && i < inventory->lamp_n; i++)
        if (inventory->lamps[i].model) ok = choose_model(&chooser, &inventory->lamps[i], error);
    uint32_t before = catalogue->n;
    for (size_t i = 0; ok && !chosen && i < DD_COUNT(steps_w); i++) {
        catalogue->n = before;
        chooser.step_w = steps_w[i];
        chosen = choose_all(&chooser);
    }
    free(chooser.kind_of);
    if (ok && !chosen)
        ok = dd_fail(error, DD_WRONG, "%s: more than %d models and wattages; use fewer",
                     inventory->file, DD_MODELS_MAX - 1);
    for (uint32_t i = 0; ok && i < inventory->lamp_n; i++) {
        const dd_found_lamp *lamp = &inventory->lamps[i];
        if (lamp->kind && !catalogue->models[lamp->kind].node)
            dd_inventory_note(inventory, DD_NOTE_NO_NODE, lamp->where);
    }
    return ok;
}
