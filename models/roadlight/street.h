// A carriageway laid out straight, as lighting engineers see it: its luminaires by where they stand
// along its axis and how far beside it, and its lanes.
#pragma once

#include "models/city/city.h"
#include "models/roadlight/optics.h"
#include "models/settings.h"

typedef struct dd_street_lamp {
    uint32_t lamp;   // of the city
    double x;        // along the axis, m
    double y;        // of the lantern, left of the axis, m
    double facing;   // 1: its front is to the left, -1: to the right
    double height_m; // over the road
    dd_optics optics;
} dd_street_lamp;

typedef struct dd_street {
    dd_street_lamp *lamps; // by x
    uint32_t lamp_n;
    double half_width_m; // of the carriageway, from its axis
    uint32_t lane_n;
} dd_street;

// Lays out polyline `line` of a road. False when memory is short.
bool dd_street_make(dd_street *street, const dd_city *city, const dd_settings *settings,
                    uint32_t road, uint32_t line, dd_error *error);
void dd_street_fini(dd_street *street);

// Horizontal illuminance at a place, by superposition; flux[i] is lamps[i]'s, lm.
double dd_street_illuminance(const dd_street *street, const double *flux, double x, double y);
