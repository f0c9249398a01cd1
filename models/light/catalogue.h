// Kinds of luminaires by catalogue: what a data sheet says of each. The project's own, those of
// before 2020, those that a city file brings along, and those of a scenario.
#pragma once

#include "engine/base.h"

typedef enum dd_technology {
    DD_TECHNOLOGY_LED = 1,
    DD_TECHNOLOGY_HPS,    // high-pressure sodium on a magnetic ballast
    DD_TECHNOLOGY_CFL,    // compact fluorescent
    DD_TECHNOLOGY_HALIDE, // metal halide
    DD_TECHNOLOGIES,
} dd_technology;

extern const char *const dd_technology_names[DD_TECHNOLOGIES]; // "LED", ...; [0] is none

// How a node tells the gear what light to give.
typedef enum dd_control {
    DD_CONTROL_SWITCH,      // on and off only
    DD_CONTROL_DALI_LOG,    // IEC 62386-102, logarithmic curve, the factory default
    DD_CONTROL_DALI_LINEAR, // IEC 62386-207, linear curve
    DD_CONTROL_0_10V,       // analogue, 1 V and below is the minimum
    DD_CONTROLS,
} dd_control;

extern const char *const dd_control_names[DD_CONTROLS];

enum { DD_MODEL_NAME_SIZE = 40, DD_MODELS_MAX = 128 };

// Figures at the mains, gear included. Which are facts and which estimates: catalogue.c.
typedef struct dd_luminaire_model {
    char name[DD_MODEL_NAME_SIZE]; // "LED-street-75", as in the city file's refStreetlightModel
    uint32_t power_mw;             // at 100 %
    uint32_t flux_lm;              // of the luminaire at 100 %, new
    uint8_t technology;            // dd_technology
    uint8_t control;               // dd_control
    bool node;                     // has a node of its own; else it burns while it is supplied
    uint16_t minimum_pm;           // physical minimum: below it the gear holds it
    uint16_t power_1_pm;           // power at 1 % of light, share of the nominal
    uint32_t standby_mw;           // dark, mains on
    uint16_t power_factor_pm;      // at full load ...
    uint16_t power_factor_20_pm;   // ... and at 20 % of it
    uint16_t filter_ma;            // reactive current of its input's capacitor, alone, at 220 V
    uint16_t inrush_a;             // peak of the current when the mains come, A ...
    uint16_t inrush_us;            // ... and its width at half the peak
    uint16_t undervoltage_dv;      // below this it goes out; tenths of a volt
    uint32_t start_ms;             // from the command to first light
    uint16_t warm_s;               // from first light to full
    uint16_t restrike_s;           // a hot lamp that went out waits so long
    uint32_t decay_per_gh;         // TM-21's a, in 1e-9 per hour of burning
    uint16_t clo_pm;               // constant light output: holds this share of the flux, 0: none
    uint16_t rise_dk;              // gear above ambient at full power, tenths of a kelvin
    uint16_t derate_dc;            // gear at this temperature begins to reduce, tenths of a °C
    // Failures of its gear and light source, per hour of burning; light/lifetime.h.
    uint32_t infant_ppm;      // share that fails early ...
    uint32_t infant_h;        // ... within so many hours
    uint32_t constant_per_gh; // in 1e-9 per hour
    uint32_t wearout_h;       // Weibull's scale ...
    uint16_t wearout_pm;      // ... and shape, thousandths
} dd_luminaire_model;

// The built-in models, by number. A city's and a scenario's own follow.
typedef enum dd_luminaire_kind {
    DD_STREET_75 = 1,
    DD_STREET_120,
    DD_STREET_150,
    DD_FLOOD_100,
    DD_FLOOD_200,
    DD_FLOOD_400,
    DD_BULB_5,
    DD_BULB_10,
    DD_PROJECT_KINDS, // those of the 2020 project lie before
    DD_HPS_150 = DD_PROJECT_KINDS,
    DD_HPS_250,
    DD_HPS_400,
    DD_HALIDE_250,
    DD_HALIDE_400,
    DD_HALIDE_1000,
    DD_CFL_20,
    DD_CFL_40,
    DD_LUMINAIRE_KINDS
} dd_luminaire_kind;

extern const dd_luminaire_model dd_luminaire_models[DD_LUMINAIRE_KINDS]; // [0] is none

// What stood on the pole before 2020, by what stands there now (estimate: equal light on the road
// or more); a model that is none of the project's has nothing before it, 0.
dd_luminaire_kind dd_luminaire_before(uint8_t kind);

// A growing list of models: the built-in ones first, at their numbers.
typedef struct dd_catalogue {
    uint32_t n; // [1 .. n)
    dd_luminaire_model models[DD_MODELS_MAX];
} dd_catalogue;

void dd_catalogue_init(dd_catalogue *catalogue);

// The number of the model with that name, 0: none.
uint32_t dd_catalogue_find(const dd_catalogue *catalogue, const char *name);

// Adds a model, or replaces the one of its name. 0 and an error when its name or figures cannot be,
// or there is no room.
uint32_t dd_catalogue_add(dd_catalogue *catalogue, const dd_luminaire_model *model,
                          dd_error *error);

// An LED street luminaire of any power, with figures as the project's have: for lists of lamps that
// give only watts.
dd_luminaire_model dd_luminaire_of_power(double power_w);
