#include "models/city/city_model.h"

#include "models/city/map.h"

#include <math.h>
#include <string.h>

static const double MOST_W = 2000, MOST_LM = 500000;

static const dd_luminaire_model *nearest(dd_technology technology, double power_w) {
    const dd_luminaire_model *best = NULL;
    for (uint32_t i = 1; i < DD_LUMINAIRE_KINDS; i++) {
        const dd_luminaire_model *model = &dd_luminaire_models[i];
        if (model->technology != technology) continue;
        if (!best || fabs(model->power_mw / 1e3 - power_w) < fabs(best->power_mw / 1e3 - power_w))
            best = model;
    }
    return best;
}

dd_luminaire_model dd_city_model_of(const char *name, dd_technology technology, double power_w,
                                    double flux_lm) {
    dd_luminaire_model model = dd_luminaire_of_power(power_w);
    if (technology != DD_TECHNOLOGY_LED) {
        model = *nearest(technology, power_w);
        model.flux_lm = (uint32_t)lrint(model.flux_lm * (power_w * 1e3 / model.power_mw));
        model.power_mw = (uint32_t)lrint(power_w * 1e3);
    }
    if (flux_lm > 0) model.flux_lm = (uint32_t)lrint(flux_lm);
    snprintf(model.name, sizeof model.name, "%s", name);
    return model;
}

static bool take_technology(const dd_geojson *file, const json_t *properties,
                            dd_technology *technology, dd_error *error) {
    const char *text;
    if (!dd_geojson_string(file, properties, "lampTechnology", &text, error)) return false;
    for (int i = 1; i < DD_TECHNOLOGIES; i++)
        if (strcmp(dd_technology_names[i], text) == 0) *technology = (dd_technology)i;
    return *technology || dd_geojson_fail(file, error,
                                          "lampTechnology \"%.40s\" is unknown; use LED, HPS, CFL "
                                          "or MH",
                                          text);
}

bool dd_city_model_read(const dd_geojson *file, dd_catalogue *catalogue, dd_error *error) {
    const json_t *properties = json_object_get(file->feature, "properties");
    const char *name;
    dd_technology technology = 0;
    double power, flux;
    if (!dd_geojson_string(file, properties, "name", &name, error) ||
        !take_technology(file, properties, &technology, error) ||
        !dd_geojson_number(file, properties, "maxPowerConsumption", 0.1, MOST_W, &power, error) ||
        !dd_geojson_number(file, properties, "luminousFlux", 1, MOST_LM, &flux, error))
        return false;
    if (strlen(name) >= DD_MODEL_NAME_SIZE)
        return dd_geojson_fail(file, error, "the name \"%.60s\" is too long; use %d bytes", name,
                               DD_MODEL_NAME_SIZE - 1);
    if (dd_catalogue_find(catalogue, name))
        return dd_geojson_fail(file, error,
                               "there is a luminaire \"%s\" already; name it otherwise", name);
    dd_error why = {0};
    dd_luminaire_model model = dd_city_model_of(name, technology, power, flux);
    return dd_catalogue_add(catalogue, &model, &why) != 0 ||
           dd_geojson_fail(file, error, "%s", why.text);
}

void dd_city_model_print(FILE *file, const dd_luminaire_model *model) {
    fputs("\"name\":", file);
    dd_quoted_print(file, model->name);
    fprintf(file, ",\"lampTechnology\":\"%s\",\"maxPowerConsumption\":%.10g,\"luminousFlux\":%u",
            dd_technology_names[model->technology], model->power_mw / 1e3, model->flux_lm);
}
