#include "models/city/city_draw.h"

#include <math.h>

enum { WIDTH = 1600, MARGIN = 40 };

// The view: where a place on earth lies on the sheet.
typedef struct view {
    double west, north;      // degrees
    double x_scale, y_scale; // sheet units a degree
    int height;
} view;

static view fit(const dd_city *city) {
    double west = 180, east = -180, south = 90, north = -90;
    for (uint32_t i = 1; i < city->lamp_n; i++) {
        const dd_point *place = &city->lamps[i].place;
        west = fmin(west, place->lon);
        east = fmax(east, place->lon);
        south = fmin(south, place->lat);
        north = fmax(north, place->lat);
    }
    view v = {.west = west, .north = north};
    double degree = cos((south + north) / 2 * (3.14159265358979323846 / 180));
    v.x_scale = (WIDTH - 2 * MARGIN) / fmax(east - west, 1e-6);
    v.y_scale = v.x_scale / degree;
    v.height = (int)((north - south) * v.y_scale) + 2 * MARGIN;
    return v;
}

static void put_place(FILE *out, const view *v, double lon, double lat, char before) {
    fprintf(out, "%c%.1f %.1f", before, MARGIN + (lon - v->west) * v->x_scale,
            MARGIN + (v->north - lat) * v->y_scale);
}

static void put_way(FILE *out, const view *v, const dd_way *way) {
    uint32_t spot = 0;
    for (uint32_t ring = 0; ring < (way->ring_n ? way->ring_n : 1); ring++) {
        uint32_t end = way->ring_n ? way->ring_ends[ring] : way->spot_n;
        for (char before = 'M'; spot < end; spot++, before = 'L')
            put_place(out, v, way->spots[spot].lon / 1e6, way->spots[spot].lat / 1e6, before);
    }
    if (way->ring_n) fputc('Z', out);
}

static void put_ways(FILE *out, const view *v, const dd_map *map, dd_way_class class,
                     const char *style) {
    fprintf(out, "<path %s d=\"", style);
    for (uint32_t i = 0; i < map->way_n; i++)
        if (map->ways[i].class == class) put_way(out, v, &map->ways[i]);
    fputs("\"/>\n", out);
}

static void put_map(FILE *out, const view *v, const dd_map *map) {
    static const char *const styles[DD_WAY_CLASSES] = {
        [DD_WAY_WATER] = "fill=\"#0c1c30\" fill-rule=\"evenodd\"",
        [DD_WAY_RIVER] = "fill=\"none\" stroke=\"#0c1c30\" stroke-width=\"3\"",
        [DD_WAY_CANAL] = "fill=\"none\" stroke=\"#0c1c30\" stroke-width=\"1.5\"",
        [DD_WAY_PRIMARY] = "fill=\"none\" stroke=\"#2a3040\" stroke-width=\"2.5\"",
        [DD_WAY_SECONDARY] = "fill=\"none\" stroke=\"#262c3a\" stroke-width=\"2\"",
        [DD_WAY_TERTIARY] = "fill=\"none\" stroke=\"#222734\" stroke-width=\"1.5\"",
        [DD_WAY_STREET] = "fill=\"none\" stroke=\"#181c26\" stroke-width=\"1\""};
    // Waters lie under the roads.
    for (int class = DD_WAY_CLASSES - 1; class > 0; class --)
        if (styles[class]) put_ways(out, v, map, (dd_way_class) class, styles[class]);
}

// All lamps of a kind, if any, as one path of points: a round stroke without length is a dot.
static void put_lamps(FILE *out, const view *v, const dd_city *city, uint8_t kind,
                      const char *style, double size) {
    bool any = false;
    for (uint32_t i = 1; i < city->lamp_n; i++) {
        if (city->lamps[i].kind != kind) continue;
        if (!any) fprintf(out, "<path %s stroke-width=\"%.1f\" d=\"", style, size);
        any = true;
        put_place(out, v, city->lamps[i].place.lon, city->lamps[i].place.lat, 'M');
        fputs("h0", out);
    }
    if (any) fputs("\"/>\n", out);
}

// Light is drawn in three layers: a wide halo, a glow, and the lamp itself.
static void put_light(FILE *out, const view *v, const dd_city *city) {
    static const struct {
        const char *style;
        double size;
    } layers[] = {{"stroke=\"#ff9a3c\" stroke-opacity=\"0.06\"", 2.6},
                  {"stroke=\"#ffcf7a\" stroke-opacity=\"0.2\"", 1},
                  {"stroke=\"#fff6e0\"", 0.2}};
    for (size_t layer = 0; layer < DD_COUNT(layers); layer++)
        for (uint8_t kind = 1; kind < city->catalogue.n; kind++) {
            double glow = 3 + sqrt(city->catalogue.models[kind].flux_lm) / 18;
            put_lamps(out, v, city, kind, layers[layer].style, glow * layers[layer].size);
        }
}

bool dd_city_draw(const dd_city *city, const dd_map *map, FILE *out, dd_error *error) {
    view v = fit(city);
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
            "font-family=\"Inter, sans-serif\" stroke-linecap=\"round\">\n"
            "<title>%s by night: %u luminaires</title>\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#05070c\"/>\n",
            WIDTH, v.height, city->name, city->lamp_n - 1);
    put_map(out, &v, map);
    put_light(out, &v, city);
    fprintf(out,
            "<text x=\"%d\" y=\"%d\" fill=\"#8d97a8\" font-size=\"15\">%s · %s</text>\n</svg>\n",
            12, v.height - 12, city->name, DD_MAP_ATTRIBUTION);
    return !ferror(out) || dd_fail(error, DD_OUTSIDE, "the picture cannot be written");
}
