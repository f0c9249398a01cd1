// The depot: where crews set out from and where spares are kept.
#pragma once

#include "models/city/polyline.h"
#include "models/crew/remedy.h"
#include "models/world.h"

typedef struct dd_depot {
    dd_xy place; // metres from the city's origin
    uint16_t stock[DD_SPARES];
    uint16_t full[DD_SPARES]; // what the supplier fills it up to
    int64_t supplied;         // day, of simulated time, of his last visit
} dd_depot;

// Full, in the middle of the city's lamps or where the settings say.
void dd_depot_open(dd_depot *depot, const dd_world *world);

// Fills a vehicle's kit up to what it carries, as far as the stock allows.
void dd_depot_load(dd_depot *depot, uint16_t kit[static DD_SPARES]);

// The supplier comes every so many days, and brings what is missing: called on a day of simulated
// time, it makes good the visits since the last call.
void dd_depot_resupply(dd_depot *depot, int64_t day, int64_t every);
