#include "models/crew/depot.h"
#include "models/city/polyline.h"

#include <math.h>

// Estimates: a lorry carries what a day needs, the depot what a month does.
static const uint16_t carried[DD_SPARES] = {
    [DD_SPARE_MODULE] = 4,    [DD_SPARE_DRIVER] = 6, [DD_SPARE_NODE] = 4,
    [DD_SPARE_PHOTOCELL] = 2, [DD_SPARE_CABLE] = 2,  [DD_SPARE_BREAKER] = 2,
    [DD_SPARE_CONTACTOR] = 1, [DD_SPARE_METER] = 1,  [DD_SPARE_CONTROLLER] = 1,
    [DD_SPARE_MODEM] = 1};
static const uint16_t kept[DD_SPARES] = {
    [DD_SPARE_MODULE] = 40,    [DD_SPARE_DRIVER] = 60, [DD_SPARE_NODE] = 40,
    [DD_SPARE_PHOTOCELL] = 20, [DD_SPARE_CABLE] = 20,  [DD_SPARE_BREAKER] = 12,
    [DD_SPARE_CONTACTOR] = 8,  [DD_SPARE_METER] = 4,   [DD_SPARE_CONTROLLER] = 4,
    [DD_SPARE_MODEM] = 6};

static dd_xy middle_of(const dd_city *city) {
    double x = 0, y = 0;
    for (uint32_t i = 1; i < city->lamp_n; i++) {
        x += city->lamps[i].place.x;
        y += city->lamps[i].place.y;
    }
    uint32_t n = city->lamp_n > 1 ? city->lamp_n - 1 : 1;
    return (dd_xy){x / n, y / n};
}

void dd_depot_open(dd_depot *depot, const dd_world *world) {
    const dd_settings *settings = &world->def.settings;
    const dd_city *city = world->city;
    dd_projection projection = dd_projection_at(city->origin.lon, city->origin.lat);
    bool given = settings->crew_depot_lon != 0 || settings->crew_depot_lat != 0;
    *depot = (dd_depot){
        .place = given ? dd_project(&projection, settings->crew_depot_lon, settings->crew_depot_lat)
                       : middle_of(city)};
    for (int spare = 1; spare < DD_SPARES; spare++)
        depot->stock[spare] = depot->full[spare] =
            (uint16_t)lrint(fmin(kept[spare] * settings->crew_stock, UINT16_MAX));
}

void dd_depot_load(dd_depot *depot, uint16_t kit[static DD_SPARES]) {
    for (int spare = 1; spare < DD_SPARES; spare++) {
        int wanted = carried[spare] - kit[spare];
        if (wanted > depot->stock[spare]) wanted = depot->stock[spare];
        if (wanted <= 0) continue;
        kit[spare] = (uint16_t)(kit[spare] + wanted);
        depot->stock[spare] = (uint16_t)(depot->stock[spare] - wanted);
    }
}

void dd_depot_resupply(dd_depot *depot, int64_t day, int64_t every) {
    if (day / every == depot->supplied / every) return;
    depot->supplied = day;
    for (int spare = 1; spare < DD_SPARES; spare++)
        if (depot->stock[spare] < depot->full[spare]) depot->stock[spare] = depot->full[spare];
}
