// The light on a road, which is what the money is for: horizontal illuminance, luminance and its
// uniformities on the grid of EN 13201-3 between luminaires, as the lamps stand and burn. Luminance
// is q0 times illuminance (facts A5), so that a surface shines alike to all sides: no r-table, no
// observer, no glare; an engineering estimate.
#pragma once

#include "models/city/city.h"
#include "models/roadlight/lighting_class.h"
#include "models/settings.h"

// Flux that a lamp of the city gives now, lm.
typedef double (*dd_flux_of)(const void *context, uint32_t lamp);

typedef struct dd_road_light {
    uint32_t field_n; // stretches between neighbouring luminaires; 0: nothing to measure
    double length_m;  // of them all
    // Means over the fields, by their lengths.
    double e_av_lx;            // horizontal illuminance
    double l_av;               // luminance, cd/m2
    double u0;                 // overall uniformity of luminance
    double ul;                 // longitudinal, of the worst lane
    double u0_least, ul_least; // of the worst field
    dd_lighting_class wanted;  // by the road's class
    dd_lighting_class met;     // by the means
    double met_share;          // of the length, whose fields have what is wanted; %
} dd_road_light;

// Of a road. False when memory is short.
bool dd_road_light_measure(dd_road_light *light, const dd_city *city, const dd_settings *settings,
                           uint32_t road, dd_flux_of flux, const void *context, dd_error *error);

// Of several roads together, by their lengths. The class that is wanted is the first's.
void dd_road_light_add(dd_road_light *sum, const dd_road_light *more);
