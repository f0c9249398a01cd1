// Plane geometry of roads: polylines in metres. Nothing but the four operations and the square
// root, which IEEE 754 rounds correctly, so that every processor gives the same bits.
#pragma once

#include "engine/base.h"

typedef struct dd_xy {
    double x, y; // metres east, north
} dd_xy;

// A flat map around an origin: metres a degree by the series for WGS84 (NGA; at 10 degrees north
// within 1e-5 over 20 km), rounded to millimetres so that libm's last bit does not matter.
typedef struct dd_projection {
    double lon, lat;             // of the origin, degrees
    double m_per_lon, m_per_lat; // metres a degree
} dd_projection;

dd_projection dd_projection_at(double lon, double lat);
dd_xy dd_project(const dd_projection *projection, double lon, double lat);

double dd_xy_distance(dd_xy a, dd_xy b);
double dd_polyline_length(const dd_xy *points, uint32_t n);

// The place at a chainage (metres from the start, held within the line) and the unit vector of
// travel there. `n` is at least 2.
dd_xy dd_polyline_at(const dd_xy *points, uint32_t n, double chainage, dd_xy *direction);

// The distance from a place to the nearest point of the line, and that point's chainage.
double dd_polyline_nearest(const dd_xy *points, uint32_t n, dd_xy place, double *chainage);

// Douglas and Peucker's simplification: clears keep[i] where the line stays within `tolerance`
// metres without point i. Points whose keep is 2 stay in any case, as do both ends.
void dd_polyline_simplify(const dd_xy *points, uint32_t n, double tolerance, uint8_t *keep);
