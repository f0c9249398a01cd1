#include "models/city.h"

#include <math.h>
#include <stdlib.h>

// Power at the mains with the driver; flux at 130 to 140 lm/W, of bulbs at 100 lm/W (facts, A and
// 0; efficacies are an estimate for 2020's luminaires).
const dd_luminaire_model dd_luminaire_models[DD_LUMINAIRE_KINDS] = {
    [DD_STREET_75] = {"LED-street-75", 75000, 10500},
    [DD_STREET_120] = {"LED-street-120", 120000, 16800},
    [DD_STREET_150] = {"LED-street-150", 150000, 21000},
    [DD_FLOOD_100] = {"LED-flood-100", 100000, 13000},
    [DD_FLOOD_200] = {"LED-flood-200", 200000, 26000},
    [DD_FLOOD_400] = {"LED-flood-400", 400000, 52000},
    [DD_BULB_5] = {"LED-bulb-5", 5000, 500},
    [DD_BULB_10] = {"LED-bulb-10", 10000, 1000},
};

const char *const dd_road_class_names[DD_ROAD_CLASSES] = {
    "none", "trunk", "primary", "secondary", "tertiary", "street", "internal",
};

float dd_distance_m(const dd_point *a, const dd_point *b) {
    float x = a->x - b->x, y = a->y - b->y;
    return sqrtf(x * x + y * y);
}

uint32_t dd_city_ward_at(const dd_city *city, const dd_point *place) {
    uint32_t nearest = 0;
    for (uint32_t i = 1; i < city->ward_n; i++) {
        float distance = dd_distance_m(place, &city->wards[i].centre);
        if (!nearest || distance < dd_distance_m(place, &city->wards[nearest].centre)) nearest = i;
    }
    return nearest;
}

void dd_city_fini(dd_city *city) {
    for (uint32_t i = 1; city->roads && i < city->road_n; i++) {
        free(city->roads[i].line_first); // line_size lies behind it
        free(city->roads[i].points);
    }
    free(city->roads);
    free(city->lamps);
    free(city->feeders);
    free(city->cabinets);
    free(city->segments);
    free(city->wards);
    free(city->strings);
    *city = (dd_city){0};
}
