#include "models/city/city_list.h"

#include <stdlib.h>
#include <string.h>

static void list_roads(const dd_city *city, const uint32_t *lamps, FILE *out) {
    for (uint32_t i = 1; i < city->road_n; i++) {
        const dd_road *road = &city->roads[i];
        fprintf(out, "%-10s %5u lamps  %-10s %s%s\n", road->id, lamps[i],
                dd_road_class_names[road->class], road->name,
                road->approximate ? " (approximate)" : "");
    }
}

static void list_segments(const dd_city *city, const uint32_t *lamps, FILE *out) {
    for (uint32_t i = 1; i < city->segment_n; i++)
        fprintf(out, "%-10s %5u lamps  %-10s %s\n", city->segments[i].id, lamps[i],
                city->segments[i].backhaul, city->roads[city->segments[i].road].name);
}

static void list_feeders(const dd_city *city, const uint32_t *lamps, FILE *out) {
    for (uint32_t i = 1; i < city->feeder_n; i++) {
        const dd_segment *segment = &city->segments[city->feeders[i].segment];
        fprintf(out, "%-10s %5u lamps  %-10s %s\n", city->feeders[i].id, lamps[i], segment->id,
                city->roads[segment->road].name);
    }
}

static void list_wards(const dd_city *city, const uint32_t *lamps, FILE *out) {
    for (uint32_t i = 1; i < city->ward_n; i++)
        fprintf(out, "%-18s %5u lamps  %-8s %s\n", city->wards[i].id, lamps[i],
                city->wards[i].commune ? "commune" : "ward", city->wards[i].name);
}

static void list_lamps(const dd_city *city, const uint32_t *lamps, FILE *out) {
    (void)lamps; // a lamp has none of its own
    for (uint32_t i = 1; i < city->lamp_n; i++) {
        const dd_lamp *lamp = &city->lamps[i];
        fprintf(out, "%-10s %-16s %-6s %-6s %s\n", lamp->id,
                city->catalogue.models[lamp->kind].name, city->segments[lamp->segment].id,
                city->feeders[lamp->feeder].id, city->roads[lamp->road].name);
    }
}

static const char *const words[] = {"roads", "segments", "feeders", "wards", "lamps", NULL};

static uint32_t owner(const dd_lamp *lamp, int word) {
    const uint32_t owners[] = {lamp->road, lamp->segment, lamp->feeder, lamp->ward, 0};
    return owners[word];
}

bool dd_city_list(const dd_city *city, const char *what, FILE *out, dd_error *error) {
    static void (*const list[])(const dd_city *, const uint32_t *, FILE *) = {
        list_roads, list_segments, list_feeders, list_wards, list_lamps};
    const uint32_t counts[] = {city->road_n, city->segment_n, city->feeder_n, city->ward_n, 1};
    int word = 0;
    while (words[word] && strcmp(words[word], what) != 0)
        word++;
    if (!words[word])
        return dd_fail_unknown(error, "list of", what, words,
                               "there are roads, segments, feeders, wards and lamps");
    uint32_t *lamps = calloc(counts[word], sizeof *lamps);
    if (!lamps) return dd_fail(error, DD_OUTSIDE, "no memory for a list");
    for (uint32_t i = 1; i < city->lamp_n; i++)
        lamps[owner(&city->lamps[i], word)]++;
    list[word](city, lamps, out);
    free(lamps);
    return true;
}
