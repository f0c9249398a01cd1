// Any city: the inventory of a city made from what others have of it, be it a list of lamps (CSV),
// GeoJSON, FIWARE's entities or OpenStreetMap. What the file says is kept; what it lacks is taken
// from defaults.h and made by the planner, and said.
#pragma once

#include "models/city/import/places.h"
#include "models/city/text.h"

typedef struct dd_import_def {
    const char *name; // of the city; NULL: the file's own, or the file's name
    dd_places_def places;
} dd_import_def;

// What was made of a file. dd_import_fini ends it.
typedef struct dd_import {
    dd_text city; // the inventory; dd_city_read takes it
    bool ours;    // the file was one already, and `city` is a copy
    dd_notes notes;
    char name[200];
    uint32_t lamp_n, placed_n; // luminaires, and how many of them were placed here
    uint32_t road_n, made_road_n;
    uint32_t ward_n, segment_n, feeder_n, model_n;
    uint32_t small_segment_n; // of fewer than 10 luminaires
    double kw;                // all at full light
    double utc_h;
    bool utc_assumed; // from the longitude
    bool all_roads;   // the file does not say what is lit: all roads are
    bool kept;        // the file's own segments were kept
} dd_import;

// Reads `path`, by its name and its first bytes, and makes a city of it. DD_WRONG names file, line
// or entity, and what to do.
bool dd_city_import(const char *path, const dd_import_def *def, dd_import *import, dd_error *error);

// The same of a text in memory (CSV or JSON), for tests and fuzzers; `path` stands for it in
// messages.
bool dd_city_import_text(const dd_text *text, const char *path, const dd_import_def *def,
                         dd_import *import, dd_error *error);

void dd_import_fini(dd_import *import);
