// Luminaires that a city file brings along: features of type StreetlightModel, named after FIWARE's
// where it has a name, without a place ("geometry": null). Only name, technology, power and flux
// stand in the file; what else a model has follows from them as in models/light/catalogue.h.
#pragma once

#include "models/city/geojson.h"
#include "models/light/catalogue.h"

#include <stdio.h>

// A model by what lists of lamps tell. `flux_lm` 0: as bright as others of its technology and
// power. Other technologies than LED have no node and are as the built-in one nearest in power.
dd_luminaire_model dd_city_model_of(const char *name, dd_technology technology, double power_w,
                                    double flux_lm);

// The model that the current feature describes, in the catalogue. Errors name file and line.
bool dd_city_model_read(const dd_geojson *file, dd_catalogue *catalogue, dd_error *error);

// The properties that dd_city_model_read reads, without braces.
void dd_city_model_print(FILE *file, const dd_luminaire_model *model);
