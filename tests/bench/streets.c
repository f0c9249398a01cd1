#include "tests/bench/streets.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ABREAST = 128, // streets in a column
    COLUMN_M = 3300,
    ID_SIZE = 16, // of "L-1000000"
    IDS_PER_STREET = 4,
};

static dd_point point_at(double x, double y) {
    return (dd_point){
        .lon = 106.37 + x / 109500, .lat = 10.24 + y / 110600, .x = (float)x, .y = (float)y};
}

static char *name(dd_city *city, const char *prefix, uint32_t number) {
    char *id = city->strings + city->strings_size;
    city->strings_size += ID_SIZE;
    snprintf(id, ID_SIZE, "%s-%u", prefix, number);
    return id;
}

// Two poles on from one to the next, until the controller, between the middle poles, is as near.
static uint16_t parent_of(uint32_t lamp_n, uint32_t lamp) {
    int away = 2 * (int)lamp - (int)(lamp_n + 1); // from the middle, in half spacings
    if (away >= -4 && away <= 4) return 0;
    return (uint16_t)(away < 0 ? lamp + 2 : lamp - 2);
}

static void add_lamps(dd_streets *it, uint32_t s, uint32_t n, double x, double y) {
    dd_city *city = &it->city;
    for (uint32_t i = 1; i <= n; i++) {
        uint32_t lamp = city->lamp_n++;
        it->parents[lamp] = parent_of(n, i);
        city->lamps[lamp] = (dd_lamp){.id = name(city, "L", lamp),
                                      .place = point_at(x + DD_STREET_SPACING_M * i, y),
                                      .road = s,
                                      .segment = s,
                                      .feeder = s,
                                      .ward = 1,
                                      .pole = i,
                                      .cable_m = (float)(DD_STREET_SPACING_M * i),
                                      .height_m = 8,
                                      .phase = (uint8_t)(i % 3),
                                      .kind = DD_STREET_75,
                                      .chainage_m = (float)(DD_STREET_SPACING_M * i)};
    }
}

static void add_street(dd_streets *it, uint32_t s, uint32_t n) {
    static char fibre[] = "fibre";
    dd_city *city = &it->city;
    double x = (s - 1) / ABREAST * COLUMN_M, y = (s - 1) % ABREAST * DD_STREET_APART_M;
    double length = DD_STREET_SPACING_M * (n + 1);
    dd_point middle = point_at(x + length / 2, y);
    it->points[2 * s] = point_at(x, y);
    it->points[2 * s + 1] = point_at(x + length, y);
    city->roads[s] = (dd_road){.id = name(city, "R", s),
                               .class = DD_ROAD_STREET,
                               .ward = 1,
                               .lamp_count = n,
                               .line_count = 1,
                               .line_first = &it->line_first,
                               .line_size = &it->line_size,
                               .points = &it->points[2 * s],
                               .length_m = (float)length};
    city->roads[s].name = city->roads[s].id;
    city->cabinets[s] = (dd_cabinet){.id = name(city, "C", s), .place = middle, .segment = s};
    city->feeders[s] =
        (dd_feeder){.id = name(city, "F", s), .cabinet = s, .segment = s, .rated_a = 25};
    city->segments[s] = (dd_segment){.id = name(city, "S", s),
                                     .place = middle,
                                     .cabinet = s,
                                     .road = s,
                                     .ward = 1,
                                     .first_lamp = city->lamp_n,
                                     .lamp_count = n,
                                     .backhaul = fibre};
    add_lamps(it, s, n, x, y);
}

static bool take_room(dd_streets *it, uint32_t lamp_n, uint32_t street_n) {
    dd_city *city = &it->city;
    city->roads = calloc(street_n + 1, sizeof *city->roads);
    city->feeders = calloc(street_n + 1, sizeof *city->feeders);
    city->cabinets = calloc(street_n + 1, sizeof *city->cabinets);
    city->segments = calloc(street_n + 1, sizeof *city->segments);
    city->wards = calloc(2, sizeof *city->wards);
    city->lamps = calloc(lamp_n + 1, sizeof *city->lamps);
    city->strings = calloc(lamp_n + (size_t)street_n * IDS_PER_STREET, ID_SIZE);
    it->points = calloc(2 * (street_n + 1), sizeof *it->points);
    it->parents = calloc(lamp_n + 1, sizeof *it->parents);
    return city->roads && city->feeders && city->cabinets && city->segments && city->wards &&
           city->lamps && city->strings && it->points && it->parents;
}

bool dd_streets_make(dd_streets *it, uint32_t lamp_n, dd_error *error) {
    static char city_name[] = "Streets", ward_id[] = "ward-1";
    uint32_t street_n = (lamp_n + DD_STREET_LAMPS - 1) / DD_STREET_LAMPS;
    *it = (dd_streets){.line_size = 2};
    if (!take_room(it, lamp_n, street_n)) {
        dd_streets_fini(it);
        return dd_fail(error, DD_OUTSIDE, "no memory for %u lamps", lamp_n);
    }
    dd_city *city = &it->city;
    city->name = city_name;
    city->utc_offset_h = 7;
    city->wards[1] = (dd_ward){.id = ward_id, .name = ward_id, .centre = point_at(0, 0)};
    city->ward_n = 2;
    city->road_n = city->feeder_n = city->cabinet_n = city->segment_n = street_n + 1;
    city->lamp_n = 1;
    for (uint32_t s = 1; s <= street_n; s++) {
        uint32_t left = lamp_n - (city->lamp_n - 1);
        add_street(it, s, left < DD_STREET_LAMPS ? left : DD_STREET_LAMPS);
    }
    return true;
}

void dd_streets_fini(dd_streets *it) {
    free(it->city.roads);
    free(it->city.feeders);
    free(it->city.cabinets);
    free(it->city.segments);
    free(it->city.wards);
    free(it->city.lamps);
    free(it->city.strings);
    free(it->points);
    free(it->parents);
    *it = (dd_streets){0};
}
