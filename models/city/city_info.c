#include "models/city/city_info.h"

#include <jansson.h>
#include <stdlib.h>

static void count(json_t *table, const char *key, json_int_t more) {
    json_int_t now = json_integer_value(json_object_get(table, key));
    json_object_set_new(table, key, json_integer(now + more));
}

static json_t *count_lamps(const dd_city *city) {
    json_t *kinds = json_object(), *wards = json_object(), *lamps;
    uint64_t mw = 0;
    for (int i = 1; i < (int)city->catalogue.n; i++)
        count(kinds, city->catalogue.models[i].name, 0);
    for (uint32_t i = 1; i < city->ward_n; i++)
        count(wards, city->wards[i].name, 0);
    for (uint32_t i = 1; i < city->lamp_n; i++) {
        const dd_lamp *lamp = &city->lamps[i];
        count(kinds, city->catalogue.models[lamp->kind].name, 1);
        if (lamp->ward) count(wards, city->wards[lamp->ward].name, 1);
        mw += city->catalogue.models[lamp->kind].power_mw;
    }
    lamps = json_object();
    json_object_set_new(lamps, "count", json_integer(city->lamp_n - 1));
    json_object_set_new(lamps, "connected_kw", json_real((double)(mw / 10000) / 100));
    json_object_set_new(lamps, "kinds", kinds);
    json_object_set_new(lamps, "wards", wards);
    return lamps;
}

static json_t *count_roads(const dd_city *city) {
    json_t *roads = json_object(), *classes = json_object();
    json_object_set_new(roads, "count", json_integer(city->road_n - 1));
    double total = 0;
    for (int class = 1; class < DD_ROAD_CLASSES; class ++) {
        uint32_t n = 0, lamps = 0;
        double metres = 0;
        for (uint32_t i = 1; i < city->road_n; i++) {
            if (city->roads[i].class != (dd_road_class) class) continue;
            n++;
            lamps += city->roads[i].lamp_count;
            metres += city->roads[i].length_m;
        }
        json_t *row = json_object();
        json_object_set_new(row, "roads", json_integer(n));
        json_object_set_new(row, "km", json_real((double)(int64_t)(metres / 10) / 100));
        json_object_set_new(row, "luminaires", json_integer(lamps));
        json_object_set_new(classes, dd_road_class_names[class], row);
        total += metres;
    }
    json_object_set_new(roads, "km", json_real((double)(int64_t)(total / 10) / 100));
    json_object_set_new(roads, "classes", classes);
    return roads;
}

static json_t *count_segments(const dd_city *city) {
    json_t *segments = json_object(), *backhauls = json_object();
    uint32_t least = UINT32_MAX, most = 0;
    for (uint32_t i = 1; i < city->segment_n; i++) {
        uint32_t n = city->segments[i].lamp_count;
        if (n < least) least = n;
        if (n > most) most = n;
        count(backhauls, city->segments[i].backhaul, 1);
    }
    json_object_set_new(segments, "count", json_integer(city->segment_n - 1));
    json_object_set_new(segments, "smallest", json_integer(least));
    json_object_set_new(segments, "largest", json_integer(most));
    json_object_set_new(segments, "backhauls", backhauls);
    return segments;
}

static json_t *count_feeders(const dd_city *city) {
    json_t *feeders = json_object(), *ratings = json_object();
    double *kw = calloc(city->feeder_n, sizeof *kw), most = 0, longest = 0;
    for (uint32_t i = 1; kw && i < city->lamp_n; i++) {
        const dd_lamp *lamp = &city->lamps[i];
        kw[lamp->feeder] += city->catalogue.models[lamp->kind].power_mw / 1e6;
        if (kw[lamp->feeder] > most) most = kw[lamp->feeder];
        if (lamp->cable_m > longest) longest = lamp->cable_m;
    }
    free(kw);
    for (uint32_t i = 1; i < city->feeder_n; i++) {
        char rating[16];
        snprintf(rating, sizeof rating, "%u A", city->feeders[i].rated_a);
        count(ratings, rating, 1);
    }
    json_object_set_new(feeders, "count", json_integer(city->feeder_n - 1));
    json_object_set_new(feeders, "largest_kw", json_real((double)(int64_t)(most * 100) / 100));
    json_object_set_new(feeders, "longest_cable_m", json_integer((json_int_t)longest));
    json_object_set_new(feeders, "breakers", ratings);
    return feeders;
}

// Columns that a text takes: the bytes that do not continue a letter of UTF-8.
static int width(const char *text) {
    int columns = 0;
    for (; *text; text++)
        columns += ((unsigned char)*text & 0xC0) != 0x80;
    return columns;
}

static void print_table(FILE *file, const json_t *table) {
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)table, key, value) fprintf(
        file, "  %s%*s %6lld\n", key, 20 - width(key), "", (long long)json_integer_value(value));
}

static void print_classes(FILE *file, const json_t *classes) {
    const char *key;
    json_t *row;
    json_object_foreach((json_t *)classes, key, row)
        fprintf(file, "  %-10s %3lld roads  %6.2f km  %5lld luminaires\n", key,
                (long long)json_integer_value(json_object_get(row, "roads")),
                json_real_value(json_object_get(row, "km")),
                (long long)json_integer_value(json_object_get(row, "luminaires")));
}

static void print_text(FILE *file, const json_t *info) {
    const char *name;
    json_t *lamps, *roads, *segments, *feeders;
    if (json_unpack((json_t *)info, "{s:s, s:o, s:o, s:o, s:o}", "name", &name, "luminaires",
                    &lamps, "roads", &roads, "segments", &segments, "feeders", &feeders) != 0)
        return;
    fprintf(file, "%s: %lld luminaires, %.2f kW connected\n", name,
            (long long)json_integer_value(json_object_get(lamps, "count")),
            json_real_value(json_object_get(lamps, "connected_kw")));
    print_table(file, json_object_get(lamps, "kinds"));
    fprintf(file, "%lld roads, %.2f km of carriageway\n",
            (long long)json_integer_value(json_object_get(roads, "count")),
            json_real_value(json_object_get(roads, "km")));
    print_classes(file, json_object_get(roads, "classes"));
    fprintf(file, "%lld segments of %lld to %lld luminaires; backhaul:\n",
            (long long)json_integer_value(json_object_get(segments, "count")),
            (long long)json_integer_value(json_object_get(segments, "smallest")),
            (long long)json_integer_value(json_object_get(segments, "largest")));
    print_table(file, json_object_get(segments, "backhauls"));
    fprintf(file, "%lld feeders, the largest %.2f kW, the longest cable %lld m; breakers:\n",
            (long long)json_integer_value(json_object_get(feeders, "count")),
            json_real_value(json_object_get(feeders, "largest_kw")),
            (long long)json_integer_value(json_object_get(feeders, "longest_cable_m")));
    print_table(file, json_object_get(feeders, "breakers"));
    fputs("luminaires by ward (nearest centre, approximate):\n", file);
    print_table(file, json_object_get(lamps, "wards"));
}

bool dd_city_info(const dd_city *city, bool json, FILE *file, dd_error *error) {
    json_t *info = json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", city->name, "luminaires",
                             count_lamps(city), "roads", count_roads(city), "segments",
                             count_segments(city), "feeders", count_feeders(city));
    if (!info) return dd_fail(error, DD_OUTSIDE, "no memory for the figures; free some");
    if (json) json_dumpf(info, file, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
    if (json) fputc('\n', file);
    if (!json) print_text(file, info);
    json_decref(info);
    return true;
}
