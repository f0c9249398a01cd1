#define _POSIX_C_SOURCE 200809L
#include "models/city/map_derive.h"

#include "models/city/geojson.h"
#include "models/city/polyline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double TOLERANCE_M = 1.2;       // twice the extract's resolution
static const double WATER_TOLERANCE_M = 4;   // only drawn
static const double SHORTEST_SERVICE_M = 60; // below it a service way is somebody's drive
static const double SHORTEST_PATH_M = 80;

typedef struct dd_layer {
    const char *file;
    bool water;
} dd_layer;

static dd_way_class class_of(const dd_layer *layer, const char *name, double length_m) {
    static const struct {
        const char *name;
        dd_way_class class;
        bool water;
    } table[] = {
        {"primary", DD_WAY_PRIMARY, false},   {"secondary", DD_WAY_SECONDARY, false},
        {"tertiary", DD_WAY_TERTIARY, false}, {"minor", DD_WAY_STREET, false},
        {"service", DD_WAY_SERVICE, false},   {"path", DD_WAY_PATH, false},
        {"pedestrian", DD_WAY_PATH, false},   {"river", DD_WAY_RIVER, true},
        {"canal", DD_WAY_CANAL, true},        {"stream", DD_WAY_STREAM, true},
        {"lake", DD_WAY_WATER, true},
    };
    dd_way_class class = 0;
    for (size_t i = 0; i < DD_COUNT(table); i++)
        if (table[i].water == layer->water && strcmp(table[i].name, name) == 0)
            class = table[i].class;
    if (layer->water && strcmp(layer->file, "water.geojson") == 0) class = DD_WAY_WATER;
    if (class == DD_WAY_SERVICE && length_m < SHORTEST_SERVICE_M) class = 0;
    if (class == DD_WAY_PATH && length_m < SHORTEST_PATH_M) class = 0;
    return class;
}

static char *label(const json_t *properties, const char *key) {
    const char *text = json_string_value(json_object_get(properties, key));
    return text && *text ? strdup(text) : NULL;
}

static bool take_way(const dd_geojson *file, dd_way_class class, const json_t *coordinates,
                     dd_map *map, dd_error *error) {
    const json_t *properties = json_object_get(file->feature, "properties");
    const char *brunnel = json_string_value(json_object_get(properties, "brunnel"));
    dd_way *way = dd_map_add(map, error);
    if (!way) return false;
    way->class = class;
    way->name = label(properties, "name");
    way->ref = label(properties, "ref");
    way->oneway = json_number_value(json_object_get(properties, "oneway")) == 1;
    way->bridge = brunnel && strcmp(brunnel, "bridge") == 0;
    return class == DD_WAY_WATER ? dd_way_read_rings(way, file, coordinates, error)
                                 : dd_way_read_line(way, file, coordinates, error);
}

// A feature becomes one way, a multi-part one several.
static bool take_feature(const dd_layer *layer, const dd_geojson *file, dd_map *map,
                         dd_error *error) {
    const json_t *properties = json_object_get(file->feature, "properties");
    const json_t *geometry = json_object_get(file->feature, "geometry");
    const json_t *coordinates = json_object_get(geometry, "coordinates");
    const char *name, *type;
    if (!dd_geojson_string(file, properties, "class", &name, error)) return false;
    if (!dd_geojson_string(file, geometry, "type", &type, error)) return false;
    double length = json_number_value(json_object_get(properties, "length_m"));
    dd_way_class class = class_of(layer, name, length);
    if (!class) return true;
    if (strncmp(type, "Multi", 5) != 0) return take_way(file, class, coordinates, map, error);
    for (size_t i = 0; i < json_array_size(coordinates); i++)
        if (!take_way(file, class, json_array_get(coordinates, i), map, error)) return false;
    return true;
}

static bool take_layer(const char *folder, const dd_layer *layer, dd_map *map, dd_error *error) {
    char path[4096];
    dd_text text;
    dd_geojson file;
    snprintf(path, sizeof path, "%s/%s", folder, layer->file);
    if (!dd_text_read(path, &text, error)) return false;
    bool ok = dd_geojson_init(&file, text.bytes, text.size, path, error);
    while (ok) {
        ok = dd_geojson_next(&file, error);
        if (!file.feature) break;
        ok = ok && take_feature(layer, &file, map, error);
    }
    dd_geojson_fini(&file);
    dd_text_fini(&text);
    return ok;
}

static int by_place(const void *a, const void *b) {
    const dd_spot *x = a, *y = b;
    if (x->lon != y->lon) return x->lon < y->lon ? -1 : 1;
    return (x->lat > y->lat) - (x->lat < y->lat);
}

// The vertices that more than one point of the roads uses, sorted: there ways meet.
static dd_spot *junctions(const dd_map *map, uint32_t *n, dd_error *error) {
    size_t total = 0;
    for (uint32_t i = 0; i < map->way_n; i++)
        total += map->ways[i].spot_n;
    dd_spot *all = calloc(total + 1, sizeof *all);
    if (!all) {
        dd_fail(error, DD_OUTSIDE, "no memory for the map; free some");
        return NULL;
    }
    total = 0;
    for (uint32_t i = 0; i < map->way_n; i++)
        for (uint32_t k = 0; k < map->ways[i].spot_n; k++)
            all[total++] = map->ways[i].spots[k];
    qsort(all, total, sizeof *all, by_place);
    *n = 0;
    for (size_t i = 1; i < total; i++) {
        bool meets = by_place(&all[i - 1], &all[i]) == 0;
        if (meets && (*n == 0 || by_place(&all[*n - 1], &all[i]) != 0)) all[(*n)++] = all[i];
    }
    return all;
}

// Simplifies spots[first, end) in place and returns the new end.
static uint32_t simplify(dd_spot *spots, uint32_t first, uint32_t end, uint32_t target,
                         double tolerance, const dd_spot *fixed, uint32_t fixed_n) {
    uint32_t n = end - first;
    dd_projection projection = dd_projection_at(spots[first].lon / 1e6, spots[first].lat / 1e6);
    dd_xy *points = calloc(n, sizeof *points);
    uint8_t *keep = calloc(n, 1);
    for (uint32_t i = 0; points && keep && i < n; i++) {
        dd_spot *spot = &spots[first + i];
        points[i] = dd_project(&projection, spot->lon / 1e6, spot->lat / 1e6);
        keep[i] = bsearch(spot, fixed, fixed_n, sizeof *fixed, by_place) ? 2 : 1;
    }
    if (points && keep) dd_polyline_simplify(points, n, tolerance, keep);
    for (uint32_t i = 0; points && keep && i < n; i++)
        if (keep[i]) spots[target++] = spots[first + i];
    free(points);
    free(keep);
    return target;
}

// GeoJSON's rule (RFC 7946, 3.1.6): an area's outer ring runs anticlockwise, its holes clockwise.
static void orient(dd_spot *spots, uint32_t n, bool anticlockwise) {
    int64_t area = 0;
    for (uint32_t i = 1; i < n; i++)
        area += (int64_t)(spots[i - 1].lon - spots[0].lon) * (spots[i].lat - spots[0].lat) -
                (int64_t)(spots[i].lon - spots[0].lon) * (spots[i - 1].lat - spots[0].lat);
    if ((area > 0) == anticlockwise) return;
    for (uint32_t i = 0; i < n / 2; i++) {
        dd_spot other = spots[i];
        spots[i] = spots[n - 1 - i];
        spots[n - 1 - i] = other;
    }
}

static void simplify_way(dd_way *way, const dd_spot *fixed, uint32_t fixed_n) {
    if (way->class != DD_WAY_WATER) {
        double tolerance = way->class >= DD_WAY_RIVER ? WATER_TOLERANCE_M : TOLERANCE_M;
        way->spot_n = simplify(way->spots, 0, way->spot_n, 0, tolerance, fixed, fixed_n);
        return;
    }
    uint32_t first = 0, target = 0;
    for (uint32_t i = 0; i < way->ring_n; i++) {
        uint32_t end = way->ring_ends[i];
        // The ring's first vertex is its last as well; the middle one is held so that a ring
        // cannot collapse.
        dd_spot middle = way->spots[first + (end - first) / 2];
        target = simplify(way->spots, first, end, target, WATER_TOLERANCE_M, &middle, 1);
        uint32_t start = i ? way->ring_ends[i - 1] : 0;
        orient(way->spots + start, target - start, i == 0);
        way->ring_ends[i] = target;
        first = end;
    }
    way->spot_n = target;
}

bool dd_map_derive(const char *folder, dd_map *map, dd_error *error) {
    static const dd_layer layers[] = {
        {"roads.geojson", false}, {"water.geojson", true}, {"waterway.geojson", true}};
    *map = (dd_map){0};
    uint32_t fixed_n = 0, roads = 0, waters = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < DD_COUNT(layers); i++)
        ok = take_layer(folder, &layers[i], map, error);
    dd_spot *fixed = ok ? junctions(map, &fixed_n, error) : NULL;
    for (uint32_t i = 0; fixed && i < map->way_n; i++) {
        dd_way *way = &map->ways[i];
        simplify_way(way, fixed, fixed_n);
        if (way->class < DD_WAY_RIVER)
            snprintf(way->id, sizeof way->id, "way-%04u", ++roads);
        else
            snprintf(way->id, sizeof way->id, "water-%03u", ++waters);
    }
    free(fixed);
    if (!fixed) dd_map_fini(map);
    return fixed != NULL;
}
