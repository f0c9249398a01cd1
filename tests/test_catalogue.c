// What is known of luminaires by model: figures by name, and a list that grows.
#include "models/light/model_figures.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

// Every figure of every model lies in its range, and comes back as it was given.
Test(catalogue, figures_come_back) {
    dd_error error;
    for (int kind = 1; kind < DD_LUMINAIRE_KINDS; kind++)
        for (const dd_model_figure *f = dd_model_figures; f->name; f++) {
            const dd_luminaire_model *model = &dd_luminaire_models[kind];
            dd_luminaire_model copy = {.name = "another"};
            double value = dd_model_get(model, f);
            cr_expect(value >= f->least && value <= f->most, "%s: %s", model->name, f->name);
            cr_expect(dd_model_set(&copy, f->name, value, &error), "%s", error.text);
            cr_expect(eq(dbl, dd_model_get(&copy, f), value), "%s: %s", model->name, f->name);
        }
}

// All figures set, a model is the other: none is missing in the table.
Test(catalogue, figures_are_all_there_is) {
    for (int kind = 1; kind < DD_LUMINAIRE_KINDS; kind++) {
        dd_luminaire_model copy;
        memset(&copy, 0, sizeof copy);
        memcpy(copy.name, dd_luminaire_models[kind].name, sizeof copy.name);
        for (const dd_model_figure *f = dd_model_figures; f->name; f++)
            cr_assert(
                dd_model_set(&copy, f->name, dd_model_get(&dd_luminaire_models[kind], f), NULL));
        cr_expect(zero(int, memcmp(&copy, &dd_luminaire_models[kind], sizeof copy)));
    }
}

Test(catalogue, figures_in_their_units) {
    dd_luminaire_model model = dd_luminaire_models[DD_STREET_75];
    cr_assert(dd_model_set(&model, "power_w", 90.5, NULL));
    cr_assert(dd_model_set(&model, "minimum", 5, NULL));
    cr_assert(dd_model_set(&model, "undervoltage_v", 150, NULL));
    cr_assert(dd_model_set_word(&model, "control", "0-10V", NULL));
    cr_assert(dd_model_set_word(&model, "technology", "MH", NULL));
    cr_expect(eq(u32, model.power_mw, 90500));
    cr_expect(eq(u16, model.minimum_pm, 50));
    cr_expect(eq(u16, model.undervoltage_dv, 1500));
    cr_expect(eq(u8, model.control, DD_CONTROL_0_10V));
    cr_expect(eq(u8, model.technology, DD_TECHNOLOGY_HALIDE));
}

Test(catalogue, wrong_figures_are_told) {
    dd_luminaire_model model = dd_luminaire_models[DD_STREET_75];
    dd_error error;
    cr_expect(not(dd_model_set(&model, "power_W", 75, &error)));
    cr_expect(strstr(error.text, "power_w") != NULL, "%s", error.text);
    cr_expect(not(dd_model_set(&model, "power_w", 2001, &error)));
    cr_expect(strstr(error.text, "0.5 to 2000 W") != NULL, "%s", error.text);
    cr_expect(not(dd_model_set(&model, "power_w", NAN, &error)));
    cr_expect(not(dd_model_set(&model, "node", 0.5, &error)));
    cr_expect(not(dd_model_set_word(&model, "control", "dali_linea", &error)));
    cr_expect(strstr(error.text, "dali_linear") != NULL, "%s", error.text);
    cr_expect(not(dd_model_set_word(&model, "power_w", "much", &error)));
    cr_expect(zero(int, memcmp(&model, &dd_luminaire_models[DD_STREET_75], sizeof model)));
}

// --- The list ---

Test(catalogue, grows_and_replaces) {
    dd_catalogue catalogue;
    dd_error error;
    dd_catalogue_init(&catalogue);
    dd_luminaire_model model = dd_luminaire_of_power(90);
    cr_expect(eq(u32, dd_catalogue_add(&catalogue, &model, &error), DD_LUMINAIRE_KINDS));
    model.power_mw = 91000;
    cr_expect(eq(u32, dd_catalogue_add(&catalogue, &model, &error), DD_LUMINAIRE_KINDS));
    cr_expect(eq(u32, dd_catalogue_find(&catalogue, "LED-90"), DD_LUMINAIRE_KINDS));
    cr_expect(eq(u32, catalogue.models[DD_LUMINAIRE_KINDS].power_mw, 91000));
    while (catalogue.n < DD_MODELS_MAX) {
        snprintf(model.name, sizeof model.name, "another-%u", catalogue.n);
        cr_assert(ne(u32, dd_catalogue_add(&catalogue, &model, &error), 0));
    }
    strcpy(model.name, "one too many");
    cr_expect(zero(u32, dd_catalogue_add(&catalogue, &model, &error)));
}

// What no gear can be is refused, whoever has made it up.
Test(catalogue, refuses_what_cannot_be) {
    dd_catalogue catalogue;
    dd_error error;
    dd_catalogue_init(&catalogue);
    dd_luminaire_model good = dd_luminaire_of_power(90), bad[8];
    for (size_t i = 0; i < DD_COUNT(bad); i++)
        bad[i] = good;
    bad[0].name[0] = 0;
    bad[1].power_mw = 0;
    bad[2].technology = DD_TECHNOLOGIES;
    bad[3].technology = 0;
    bad[4].control = DD_CONTROLS;
    bad[5].power_factor_20_pm = 1001;
    bad[6].power_factor_pm = 0;
    bad[7].minimum_pm = 1001;
    for (size_t i = 0; i < DD_COUNT(bad); i++)
        cr_expect(zero(u32, dd_catalogue_add(&catalogue, &bad[i], &error)), "%zu", i);
    cr_expect(eq(u32, catalogue.n, DD_LUMINAIRE_KINDS));
}
