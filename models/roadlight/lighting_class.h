// Classes of road lighting by luminance: EN 13201-2:2003, the ME series (facts A5). Glare (TI) is
// not computed.
#pragma once

#include "models/city/city.h"

typedef enum dd_lighting_class {
    DD_ME_NONE, // below the lowest
    DD_ME6,
    DD_ME5,
    DD_ME4B,
    DD_ME4A,
    DD_ME3C,
    DD_ME3B,
    DD_ME3A,
    DD_ME2,
    DD_ME1,
    DD_LIGHTING_CLASSES
} dd_lighting_class;

extern const char *const dd_lighting_class_names[DD_LIGHTING_CLASSES]; // "none", "ME6", ...

typedef struct dd_lighting_limits {
    double luminance;    // mean, cd/m2, maintained
    double overall;      // least over mean, Uo
    double longitudinal; // least over most along a lane, Ul
} dd_lighting_limits;

extern const dd_lighting_limits dd_lighting_class_limits[DD_LIGHTING_CLASSES];

bool dd_lighting_meets(dd_lighting_class class, double luminance, double overall,
                       double longitudinal);

// The best class that is met, or DD_ME_NONE.
dd_lighting_class dd_lighting_class_met(double luminance, double overall, double longitudinal);

// What a road of a class should have: an estimate after EN 13201-1; Vietnam's own table (QCVN
// 07-7) could not be had.
dd_lighting_class dd_lighting_class_of_road(dd_road_class class);
