// Where the things of an inventory are: from the file's coordinates to degrees on WGS84, whatever
// reference system it uses, and only what belongs to one city.
#pragma once

#include "models/city/import/inventory.h"

// A rectangle in degrees.
typedef struct dd_box {
    double west, south, east, north;
} dd_box;

typedef struct dd_places_def {
    const char *crs;   // "EPSG:3405"; NULL: the file's own, else WGS84
    const dd_box *box; // keep only what lies in it; NULL: all
    double utc_h;      // NAN: not known
} dd_places_def;

// Turns all places into degrees and keeps those in the box. DD_WRONG names a place that cannot be:
// no degrees and no reference system, off the system's area, or far from all others. `middle` is
// the middle of the lamps, or of the ways where there are none.
bool dd_places_settle(dd_inventory *inventory, const dd_places_def *def, dd_xy *middle,
                      dd_error *error);
