#define _DEFAULT_SOURCE // mkdtemp
#include "models/city/map_derive.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/map-XXXXXX";
static dd_map map;
static dd_error error;

static void put(const char *name, const char *features) {
    char path[64], text[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(text, sizeof text, "{\"type\":\"FeatureCollection\",\"features\":[%s]}", features);
    dd_text file = {text, strlen(text)};
    cr_assert(dd_text_write(path, &file, &error), "%s", error.text);
}

#define ROAD(class, more, points)                                                                  \
    "{\"type\":\"Feature\",\"properties\":{\"class\":\"" class "\"" more "},"                      \
                                                               "\"geometry\":{\"type\":"           \
                                                               "\"LineString\",\"coordinates\":"   \
                                                               "[" points "]}}"

// Three roads that meet in [106.371,10.24], which lies on a straight line of the first; and a yard.
static void make_extract(void) {
    cr_assert(mkdtemp(folder));
    put("roads.geojson",
        ROAD(
            "primary", ",\"name\":\"Đồng Khởi\",\"oneway\":1.0,\"brunnel\":\"bridge\"",
            "[106.37,10.24],[106.3705,10.240001],[106.371,10.24],[106.372,10.24]") "," ROAD("minor",
                                                                                            ",\"ref"
                                                                                            "\":"
                                                                                            "\"884"
                                                                                            "\"",
                                                                                            "[106."
                                                                                            "371,"
                                                                                            "10.24]"
                                                                                            ",[106."
                                                                                            "371,"
                                                                                            "10."
                                                                                            "241]") "," ROAD("service",
                                                                                                             ",\"length_m\":59.0",
                                                                                                             "[106.371,10.24],[106.3715,10.24]"));
    put("water.geojson",
        "{\"type\":\"Feature\",\"properties\":{\"class\":\"lake\"},\"geometry\":{\"type\":"
        "\"MultiPolygon\",\"coordinates\":[[[[0,0],[0,1],[1,1],[1,0],[0,0]],[[0.2,0.2],[0.8,0.2],"
        "[0.8,0.8],[0.2,0.2]]],[[[2,2],[3,2],[3,3],[2,2]]]]}}");
    put("waterway.geojson", ROAD("river", "", "[106,10],[106.1,10]"));
}

static void remove_extract(void) {
    char command[80];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
    dd_map_fini(&map);
}

TestSuite(map, .init = make_extract, .fini = remove_extract);

Test(map, keeps_where_ways_meet_and_drops_what_is_straight) {
    cr_assert(dd_map_derive(folder, &map, &error), "%s", error.text);
    const dd_way *road = dd_map_find(&map, "way-0001"), *side = dd_map_find(&map, "way-0002");
    cr_assert(road && side);
    cr_expect_null(dd_map_find(&map, "way-0003"), "a yard shorter than 60 m");
    cr_expect_eq(road->spot_n, 3, "the point 0.1 m off the line goes, the junction stays");
    cr_expect_eq(road->spots[1].lon, 106371000);
    cr_expect_eq(side->spots[0].lon, 106371000);
    cr_expect_str_eq(road->name, "Đồng Khởi");
    cr_expect(road->oneway && road->bridge && !side->oneway);
    cr_expect_str_eq(side->ref, "884");
    cr_expect_eq(side->class, DD_WAY_STREET);
}

Test(map, areas_come_apart_and_turn_as_geojson_wants) {
    cr_assert(dd_map_derive(folder, &map, &error), "%s", error.text);
    const dd_way *lake = dd_map_find(&map, "water-001");
    cr_assert(lake);
    cr_expect_eq(lake->ring_n, 2);
    cr_expect_eq(lake->spots[1].lon, 1000000, "the outer ring runs anticlockwise");
    cr_expect_eq(lake->spots[lake->ring_ends[0] + 1].lat, 800000, "the hole runs clockwise");
    cr_expect_eq(dd_map_find(&map, "water-002")->ring_n, 1);
    cr_expect_eq(dd_map_find(&map, "water-003")->class, DD_WAY_RIVER);
}

Test(map, is_read_as_it_was_written) {
    dd_text first, second;
    dd_map again;
    cr_assert(dd_map_derive(folder, &map, &error), "%s", error.text);
    cr_assert(dd_map_format(&map, &first, &error));
    cr_assert(dd_map_parse(&first, "first", &again, &error), "%s", error.text);
    cr_assert(dd_map_format(&again, &second, &error));
    cr_expect_str_eq(first.bytes, second.bytes);
    cr_expect(strstr(first.bytes, "© OpenMapTiles © OpenStreetMap contributors"));
    dd_map_fini(&again);
    dd_text_fini(&first);
    dd_text_fini(&second);
}

Test(map, names_the_layer_that_is_missing) {
    char path[64];
    snprintf(path, sizeof path, "%s/waterway.geojson", folder);
    remove(path);
    cr_expect_not(dd_map_derive(folder, &map, &error));
    cr_expect(strstr(error.text, path), "%s", error.text);
}

Test(map, names_the_class_that_it_does_not_know) {
    dd_text text = {0};
    char bad[] = "{\"type\":\"FeatureCollection\",\"features\":[\n{\"type\":\"Feature\",\"id\":"
                 "\"way-1\",\"properties\":{\"class\":\"motorway\"},\"geometry\":{}}]}";
    text = (dd_text){bad, strlen(bad)};
    cr_expect_not(dd_map_parse(&text, "bad", &map, &error));
    cr_expect(strstr(error.text, "bad:2:") && strstr(error.text, "motorway"), "%s", error.text);
}
