#define _POSIX_C_SOURCE 200809L
#include "models/city/map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const dd_way_class_names[DD_WAY_CLASSES] = {
    "none", "primary", "secondary", "tertiary", "street", "service",
    "path", "river",   "canal",     "stream",   "water",
};

static bool fail_memory(dd_error *error) {
    return dd_fail(error, DD_OUTSIDE, "no memory for the map; free some");
}

dd_way *dd_map_add(dd_map *map, dd_error *error) {
    bool full = (map->way_n & (map->way_n - 1)) == 0; // grows at powers of two
    if (full) {
        uint32_t room = map->way_n ? 2 * map->way_n : 1;
        dd_way *ways = realloc(map->ways, room * sizeof *ways);
        if (!ways) {
            fail_memory(error);
            return NULL;
        }
        map->ways = ways;
    }
    dd_way *way = &map->ways[map->way_n++];
    *way = (dd_way){0};
    return way;
}

const dd_way *dd_map_find(const dd_map *map, const char *id) {
    for (uint32_t i = 0; i < map->way_n; i++)
        if (strcmp(map->ways[i].id, id) == 0) return &map->ways[i];
    return NULL;
}

void dd_map_fini(dd_map *map) {
    for (uint32_t i = 0; i < map->way_n; i++) {
        free(map->ways[i].name);
        free(map->ways[i].ref);
        free(map->ways[i].spots);
        free(map->ways[i].ring_ends);
    }
    free(map->ways);
    *map = (dd_map){0};
}

// --- reading

static bool read_class(const dd_geojson *file, const json_t *properties, dd_way *way,
                       dd_error *error) {
    const char *name;
    if (!dd_geojson_string(file, properties, "class", &name, error)) return false;
    for (int i = 1; i < DD_WAY_CLASSES; i++)
        if (strcmp(dd_way_class_names[i], name) == 0) way->class = (dd_way_class)i;
    if (way->class) return true;
    return dd_geojson_fail(file, error,
                           "class \"%.40s\" is unknown; use one of the map's: primary "
                           "secondary tertiary street service path river canal "
                           "stream water",
                           name);
}

static bool read_label(const dd_geojson *file, const json_t *properties, const char *key,
                       char **label, dd_error *error) {
    const char *text;
    if (!json_object_get(properties, key)) return true;
    if (!dd_geojson_string(file, properties, key, &text, error)) return false;
    *label = strdup(text);
    return *label || fail_memory(error);
}

bool dd_way_read_line(dd_way *way, const dd_geojson *file, const json_t *line, dd_error *error) {
    size_t n = json_array_size(line);
    if (n < 2 || n > 1000000)
        return dd_geojson_fail(file, error, "a line of %zu points; give at least 2", n);
    dd_spot *spots = realloc(way->spots, (way->spot_n + n) * sizeof *spots);
    if (!spots) return fail_memory(error);
    way->spots = spots;
    for (size_t i = 0; i < n; i++) {
        double lon, lat;
        if (!dd_geojson_position(file, json_array_get(line, i), &lon, &lat, error)) return false;
        way->spots[way->spot_n++] =
            (dd_spot){(int32_t)floor(lon * 1e6 + 0.5), (int32_t)floor(lat * 1e6 + 0.5)};
    }
    return true;
}

bool dd_way_read_rings(dd_way *way, const dd_geojson *file, const json_t *rings, dd_error *error) {
    size_t n = json_array_size(rings);
    way->ring_ends = calloc(n ? n : 1, sizeof *way->ring_ends);
    if (!way->ring_ends) return fail_memory(error);
    for (size_t i = 0; i < n; i++) {
        if (!dd_way_read_line(way, file, json_array_get(rings, i), error)) return false;
        way->ring_ends[way->ring_n++] = way->spot_n;
    }
    return true;
}

static bool read_way(const dd_geojson *file, dd_map *map, dd_error *error) {
    const json_t *properties = json_object_get(file->feature, "properties"), *coordinates;
    const char *id;
    dd_way *way = dd_map_add(map, error);
    if (!way || !dd_geojson_string(file, file->feature, "id", &id, error)) return false;
    if (strlen(id) >= sizeof way->id)
        return dd_geojson_fail(file, error, "the id \"%.40s\" is too long; use 15 bytes", id);
    strcpy(way->id, id);
    way->oneway = json_is_true(json_object_get(properties, "oneway"));
    way->bridge = json_is_true(json_object_get(properties, "bridge"));
    if (!read_class(file, properties, way, error) ||
        !read_label(file, properties, "name", &way->name, error) ||
        !read_label(file, properties, "ref", &way->ref, error))
        return false;
    bool area = way->class == DD_WAY_WATER;
    if (!dd_geojson_coordinates(file, area ? "Polygon" : "LineString", &coordinates, error))
        return false;
    return area ? dd_way_read_rings(way, file, coordinates, error)
                : dd_way_read_line(way, file, coordinates, error);
}

static void measure_box(dd_map *map) {
    map->least = (dd_spot){INT32_MAX, INT32_MAX};
    map->most = (dd_spot){INT32_MIN, INT32_MIN};
    for (uint32_t i = 0; i < map->way_n; i++) {
        for (uint32_t k = 0; k < map->ways[i].spot_n; k++) {
            dd_spot s = map->ways[i].spots[k];
            if (s.lon < map->least.lon) map->least.lon = s.lon;
            if (s.lat < map->least.lat) map->least.lat = s.lat;
            if (s.lon > map->most.lon) map->most.lon = s.lon;
            if (s.lat > map->most.lat) map->most.lat = s.lat;
        }
    }
}

bool dd_map_parse(const dd_text *text, const char *name, dd_map *map, dd_error *error) {
    dd_geojson file;
    *map = (dd_map){0};
    bool ok = dd_geojson_init(&file, text->bytes, text->size, name, error);
    while (ok) {
        ok = dd_geojson_next(&file, error);
        if (!file.feature) break;
        ok = ok && read_way(&file, map, error);
    }
    dd_geojson_fini(&file);
    if (ok) measure_box(map);
    if (!ok) dd_map_fini(map);
    return ok;
}

bool dd_map_read(const char *path, dd_map *map, dd_error *error) {
    dd_text text;
    *map = (dd_map){0};
    if (!dd_text_read(path, &text, error)) return false;
    bool ok = dd_map_parse(&text, path, map, error);
    dd_text_fini(&text);
    return ok;
}

// --- writing

void dd_spot_print(FILE *file, dd_spot spot) {
    int64_t part[2] = {spot.lon, spot.lat};
    for (int i = 0; i < 2; i++) {
        int64_t size = part[i] < 0 ? -part[i] : part[i];
        fprintf(file, "%c%s%lld.%06lld", i ? ',' : '[', part[i] < 0 ? "-" : "",
                (long long)(size / 1000000), (long long)(size % 1000000));
    }
    fputc(']', file);
}

void dd_quoted_print(FILE *file, const char *text) {
    fputc('"', file);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') fputc('\\', file);
        if (c < 0x20)
            fprintf(file, "\\u%04x", c);
        else
            fputc(c, file);
    }
    fputc('"', file);
}

static void print_line(FILE *file, const dd_spot *spots, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        fputc(i ? ',' : '[', file);
        dd_spot_print(file, spots[i]);
    }
    fputc(']', file);
}

static void print_way(FILE *file, const dd_way *way) {
    fprintf(file, "{\"type\":\"Feature\",\"id\":\"%s\",\"properties\":{\"class\":\"%s\"", way->id,
            dd_way_class_names[way->class]);
    if (way->name) {
        fputs(",\"name\":", file);
        dd_quoted_print(file, way->name);
    }
    if (way->ref) {
        fputs(",\"ref\":", file);
        dd_quoted_print(file, way->ref);
    }
    if (way->oneway) fputs(",\"oneway\":true", file);
    if (way->bridge) fputs(",\"bridge\":true", file);
    fprintf(file, "},\"geometry\":{\"type\":\"%s\",\"coordinates\":",
            way->ring_n ? "Polygon" : "LineString");
    if (way->ring_n) fputc('[', file);
    for (uint32_t i = 0, at = 0; i < way->ring_n; at = way->ring_ends[i++]) {
        if (i) fputc(',', file);
        print_line(file, way->spots + at, way->ring_ends[i] - at);
    }
    if (way->ring_n)
        fputc(']', file);
    else
        print_line(file, way->spots, way->spot_n);
    fputs("}}", file);
}

bool dd_map_format(const dd_map *map, dd_text *text, dd_error *error) {
    *text = (dd_text){0};
    FILE *file = open_memstream(&text->bytes, &text->size);
    if (!file) return fail_memory(error);
    fprintf(file,
            "{\"type\":\"FeatureCollection\",\"name\":\"Bến Tre: roads and waters\",\n"
            "\"attribution\":\"%s\",\"licence\":\"%s\",\n\"features\":[\n",
            DD_MAP_ATTRIBUTION, DD_MAP_LICENCE);
    for (uint32_t i = 0; i < map->way_n; i++) {
        print_way(file, &map->ways[i]);
        fputs(i + 1 < map->way_n ? ",\n" : "\n", file);
    }
    fputs("]}\n", file);
    return fclose(file) == 0 || fail_memory(error);
}
