#include "models/city/city.h"

#include "models/city/polyline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

uint32_t dd_city_middle_lamp(const dd_city *city, uint32_t road) {
    double x = 0, y = 0;
    uint32_t n = 0, best = 0;
    for (uint32_t i = 1; i < city->lamp_n; i++) {
        if (city->lamps[i].road != road) continue;
        x += (double)city->lamps[i].place.x;
        y += (double)city->lamps[i].place.y;
        n++;
    }
    dd_point middle = {.x = (float)(x / n), .y = (float)(y / n)};
    for (uint32_t i = 1; i < city->lamp_n; i++)
        if (city->lamps[i].road == road &&
            (!best || dd_distance_m(&city->lamps[i].place, &middle) <
                          dd_distance_m(&city->lamps[best].place, &middle)))
            best = i;
    return best;
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

// --- a city laid out many times

typedef struct dd_copier {
    const dd_city *from;
    dd_city *to;
    uint32_t copy; // from 0
    float east_m, north_m;
    double lon, lat; // the same in degrees
    char *pool;      // where the next text goes
} dd_copier;

static const float APART_M = 5000; // no radio reaches from copy to copy

// Copies after the first carry a prefix, so that a scenario for one city runs on many.
static char *copy_id(dd_copier *copier, const char *id) {
    char *copy = copier->pool;
    if (copier->copy)
        copier->pool += sprintf(copier->pool, "c%u.%s", copier->copy + 1, id) + 1;
    else
        copier->pool += sprintf(copier->pool, "%s", id) + 1;
    return copy;
}

// Names are shared by all copies.
static char *share(const dd_copier *copier, const char *text) {
    return copier->to->strings + (text - copier->from->strings);
}

static dd_point moved(const dd_copier *copier, dd_point p) {
    return (dd_point){p.lon + copier->lon, p.lat + copier->lat, p.x + copier->east_m,
                      p.y + copier->north_m};
}

static bool copy_road(dd_copier *copier, const dd_road *from, dd_road *to) {
    uint32_t n = from->line_count, points = 0;
    for (uint32_t i = 0; i < n; i++)
        points += from->line_size[i];
    *to = *from;
    to->id = copy_id(copier, from->id);
    to->name = share(copier, from->name);
    to->ward += copier->copy * (copier->from->ward_n - 1);
    to->line_first = calloc(2 * (size_t)n, sizeof *to->line_first);
    to->points = calloc(points, sizeof *to->points);
    if (!to->line_first || !to->points) return false;
    to->line_size = to->line_first + n;
    memcpy(to->line_first, from->line_first, n * sizeof *to->line_first);
    memcpy(to->line_size, from->line_size, n * sizeof *to->line_size);
    for (uint32_t i = 0; i < points; i++)
        to->points[i] = moved(copier, from->points[i]);
    return true;
}

static void copy_lamps(dd_copier *copier) {
    const dd_city *from = copier->from;
    uint32_t copy = copier->copy;
    for (uint32_t i = 1; i < from->lamp_n; i++) {
        dd_lamp *lamp = &copier->to->lamps[copy * (from->lamp_n - 1) + i];
        *lamp = from->lamps[i];
        lamp->id = copy_id(copier, lamp->id);
        lamp->place = moved(copier, lamp->place);
        lamp->road += copy * (from->road_n - 1);
        lamp->segment += copy * (from->segment_n - 1);
        lamp->feeder += copy * (from->feeder_n - 1);
        lamp->ward += copy * (from->ward_n - 1);
    }
}

static void copy_supply(dd_copier *copier) {
    const dd_city *from = copier->from;
    uint32_t copy = copier->copy;
    for (uint32_t i = 1; i < from->feeder_n; i++) {
        dd_feeder *feeder = &copier->to->feeders[copy * (from->feeder_n - 1) + i];
        *feeder = from->feeders[i];
        feeder->id = copy_id(copier, feeder->id);
        feeder->cabinet += copy * (from->cabinet_n - 1);
        feeder->segment += copy * (from->segment_n - 1);
    }
    for (uint32_t i = 1; i < from->cabinet_n; i++) {
        dd_cabinet *cabinet = &copier->to->cabinets[copy * (from->cabinet_n - 1) + i];
        *cabinet = from->cabinets[i];
        cabinet->id = copy_id(copier, cabinet->id);
        cabinet->place = moved(copier, cabinet->place);
        cabinet->segment += copy * (from->segment_n - 1);
    }
}

static void copy_segments(dd_copier *copier) {
    const dd_city *from = copier->from;
    uint32_t copy = copier->copy;
    for (uint32_t i = 1; i < from->segment_n; i++) {
        dd_segment *segment = &copier->to->segments[copy * (from->segment_n - 1) + i];
        *segment = from->segments[i];
        segment->id = copy_id(copier, segment->id);
        segment->backhaul = share(copier, segment->backhaul);
        segment->place = moved(copier, segment->place);
        segment->cabinet += copy * (from->cabinet_n - 1);
        segment->road += copy * (from->road_n - 1);
        segment->ward += copy * (from->ward_n - 1);
        if (segment->lamp_count) segment->first_lamp += copy * (from->lamp_n - 1);
    }
}

static bool copy_all(dd_copier *copier) {
    const dd_city *from = copier->from;
    for (uint32_t i = 1; i < from->road_n; i++) {
        dd_road *road = &copier->to->roads[copier->copy * (from->road_n - 1) + i];
        if (!copy_road(copier, &from->roads[i], road)) return false;
    }
    copy_lamps(copier);
    copy_supply(copier);
    copy_segments(copier);
    for (uint32_t i = 1; i < from->ward_n; i++) {
        dd_ward *ward = &copier->to->wards[copier->copy * (from->ward_n - 1) + i];
        *ward = from->wards[i];
        ward->id = copy_id(copier, ward->id);
        ward->name = share(copier, ward->name);
        ward->centre = moved(copier, ward->centre);
    }
    return true;
}

// How far a city reaches from west to east and from south to north, m.
static void measure(const dd_city *city, float *width_m, float *height_m) {
    dd_point least = {.x = INFINITY, .y = INFINITY}, most = {.x = -INFINITY, .y = -INFINITY};
    for (uint32_t i = 1; i < city->road_n; i++) {
        const dd_road *road = &city->roads[i];
        uint32_t last = road->line_count - 1;
        for (uint32_t k = 0; k < road->line_first[last] + road->line_size[last]; k++) {
            dd_point p = road->points[k];
            least = (dd_point){.x = fminf(least.x, p.x), .y = fminf(least.y, p.y)};
            most = (dd_point){.x = fmaxf(most.x, p.x), .y = fmaxf(most.y, p.y)};
        }
    }
    *width_m = most.x - least.x;
    *height_m = most.y - least.y;
}

static size_t size_of_ids(const dd_city *city) {
    size_t size = 0;
    for (uint32_t i = 1; i < city->road_n; i++)
        size += strlen(city->roads[i].id) + 1;
    for (uint32_t i = 1; i < city->lamp_n; i++)
        size += strlen(city->lamps[i].id) + 1;
    for (uint32_t i = 1; i < city->feeder_n; i++)
        size += strlen(city->feeders[i].id) + 1;
    for (uint32_t i = 1; i < city->cabinet_n; i++)
        size += strlen(city->cabinets[i].id) + 1;
    for (uint32_t i = 1; i < city->segment_n; i++)
        size += strlen(city->segments[i].id) + 1;
    for (uint32_t i = 1; i < city->ward_n; i++)
        size += strlen(city->wards[i].id) + 1;
    return size;
}

// The names, which all copies share, stand first in the pool, at the places that they have in the
// pool of the one city; the ids follow.
static bool make_room(const dd_city *city, uint32_t copies, dd_city *product, char **ids) {
    uint32_t things = city->road_n + city->lamp_n + city->feeder_n + city->cabinet_n +
                      city->segment_n + city->ward_n;
    size_t names = city->strings_size, prefixes = (size_t)things * 8;
    product->strings_size = names + copies * (size_of_ids(city) + prefixes);
    product->strings = malloc(product->strings_size);
    product->road_n = copies * (city->road_n - 1) + 1;
    product->lamp_n = copies * (city->lamp_n - 1) + 1;
    product->feeder_n = copies * (city->feeder_n - 1) + 1;
    product->cabinet_n = copies * (city->cabinet_n - 1) + 1;
    product->segment_n = copies * (city->segment_n - 1) + 1;
    product->ward_n = copies * (city->ward_n - 1) + 1;
    product->roads = calloc(product->road_n, sizeof *product->roads);
    product->lamps = calloc(product->lamp_n, sizeof *product->lamps);
    product->feeders = calloc(product->feeder_n, sizeof *product->feeders);
    product->cabinets = calloc(product->cabinet_n, sizeof *product->cabinets);
    product->segments = calloc(product->segment_n, sizeof *product->segments);
    product->wards = calloc(product->ward_n, sizeof *product->wards);
    if (!product->strings) return false;
    memcpy(product->strings, city->strings, names);
    *ids = product->strings + names;
    return product->roads && product->lamps && product->feeders && product->cabinets &&
           product->segments && product->wards;
}

bool dd_city_multiply(const dd_city *city, uint32_t copies, dd_city *product, dd_error *error) {
    *product = (dd_city){
        .origin = city->origin, .utc_offset_h = city->utc_offset_h, .catalogue = city->catalogue};
    if (copies < 1 || copies > 10000)
        return dd_fail(error, DD_WRONG, "%u copies of the city; ask for 1 to 10000", copies);
    dd_copier copier = {.from = city, .to = product};
    uint32_t columns = (uint32_t)ceil(sqrt(copies));
    float width, height;
    measure(city, &width, &height);
    dd_projection projection = dd_projection_at(city->origin.lon, city->origin.lat);
    bool ok = make_room(city, copies, product, &copier.pool);
    if (ok) product->name = share(&copier, city->name);
    for (; ok && copier.copy < copies; copier.copy++) {
        copier.east_m = (float)(copier.copy % columns) * (width + APART_M);
        copier.north_m = (float)(copier.copy / columns) * (height + APART_M);
        copier.lon = copier.east_m / projection.m_per_lon;
        copier.lat = copier.north_m / projection.m_per_lat;
        ok = copy_all(&copier);
    }
    if (ok) return true;
    dd_city_fini(product);
    return dd_fail(error, DD_OUTSIDE, "no memory for %u copies of the city; ask for fewer", copies);
}
