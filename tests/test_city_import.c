#define _DEFAULT_SOURCE // chdir, mkdtemp
#include "models/city/city.h"
#include "models/city/city_check.h"
#include "models/city/import/import.h"
#include "models/controller/core/core.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static dd_import import;
static dd_city city;
static dd_error error;
static dd_import_def def = {.places = {.utc_h = NAN}};

static void enter(void) {
    const char *root = getenv("DOMDOM_SOURCE");
    if (root) cr_assert_eq(chdir(root), 0);
}

static void forget(void) {
    dd_city_fini(&city);
    dd_import_fini(&import);
}

TestSuite(city_import, .init = enter, .fini = forget);

static bool import_text(const char *text, const char *name) {
    dd_text file = {(char *)text, strlen(text)};
    forget();
    bool ok = dd_city_import_text(&file, name, &def, &import, &error) &&
              dd_city_parse(import.city.bytes, import.city.size, "made", &city, &error);
    return ok;
}

static void takes(const char *text) {
    cr_assert(import_text(text, "list"), "%s", error.text);
}

static void takes_file(const char *path) {
    forget();
    cr_assert(dd_city_import(path, &def, &import, &error), "%s", error.text);
    cr_assert(dd_city_parse(import.city.bytes, import.city.size, path, &city, &error), "%s",
              error.text);
}

// The file is refused with a message that holds all the words.
static void refuses(const char *text, const char *a, const char *b) {
    cr_expect_not(import_text(text, "list"), "%s", text);
    cr_expect_eq(error.status, DD_WRONG);
    cr_expect(strncmp(error.text, "list", 4) == 0 && strstr(error.text, a) && strstr(error.text, b),
              "\"%s\" and \"%s\" are not in: %s", a, b, error.text);
    cr_expect_null(import.city.bytes);
}

static const dd_lamp *lamp(const char *id) {
    for (uint32_t i = 1; i < city.lamp_n; i++)
        if (strcmp(city.lamps[i].id, id) == 0) return &city.lamps[i];
    cr_assert_fail("no lamp %s", id);
    return NULL;
}

static double watts(const char *id) {
    return city.catalogue.models[lamp(id)->kind].power_mw / 1e3;
}

static const char *road_of(const char *id) {
    return city.roads[lamp(id)->road].name;
}

// --- lists

Test(city_import, a_list_becomes_a_city) {
    takes("id,lat,lon,Power (W),Height,Street\n"
          "a,10.03,105.78,75,8,Lê Lợi\n"
          "b,10.03,105.7803,62.5,9.5,Lê Lợi\n"
          "c,10.035,105.7803,,,\"Nguyễn Huệ, \"\"A\"\"\"\n");
    cr_expect_eq(city.lamp_n - 1, 3);
    cr_expect_eq(watts("a"), 75);
    cr_expect_eq(watts("b"), 62.5);
    cr_expect_float_eq(lamp("b")->height_m, 9.5f, 0.01f);
    cr_expect_str_eq(road_of("a"), "Lê Lợi");
    cr_expect_str_eq(road_of("c"), "Nguyễn Huệ, \"A\"");
    cr_expect_float_eq(lamp("a")->place.lon, 105.78, 1e-6);
    cr_expect_float_eq(lamp("a")->place.lat, 10.03, 1e-6);
    cr_expect_eq(import.notes.of[DD_NOTE_NO_POWER].count, 1);
    cr_expect_str_eq(import.notes.of[DD_NOTE_NO_POWER].first, "line 4");
    cr_expect_eq(city.utc_offset_h, 7);
    cr_expect(import.utc_assumed);
    cr_expect_float_eq(import.kw, (75 + 62.5 + 75) / 1000, 1e-9);
}

Test(city_import, semicolons_go_with_decimal_commas) {
    takes("Kinh độ;Vĩ độ;Công suất\r\n105,7801;10,0302;0,12 kW\r\n105,7803;10,0302;150 W\r\n");
    cr_expect_float_eq(lamp("L-0001")->place.lon, 105.7801, 1e-6);
    cr_expect_eq(watts("L-0001"), 120);
    cr_expect_eq(watts("L-0002"), 150);
}

Test(city_import, latitude_before_longitude_is_noticed) {
    takes("x,y\n10.03,105.78\n10.03,105.7803\n");
    cr_expect_float_eq(lamp("L-0001")->place.lat, 10.03, 1e-6);
    cr_expect_eq(import.notes.of[DD_NOTE_SWAPPED].count, 2);
    refuses("lat,lon\n10.03,105.78\n105.78,10.03\n", "list:3:", "exchanged");
    def.places.utc_h = 1; // Europe: nothing but the zone tells
    refuses("lat,lon\n8.54,47.37\n8.55,47.38\n", "longitude 47.3", "UTC+1");
}

Test(city_import, rows_without_a_place_are_left_out) {
    takes("id,lat,lon,w\na,10.03,105.78,75\nb,,,75\n\n,,,\nc,10.03,105.7802,75\n");
    cr_expect_eq(city.lamp_n - 1, 2);
    cr_expect_eq(import.notes.of[DD_NOTE_NO_PLACE].count, 1);
}

Test(city_import, bad_lists_are_refused_with_line_and_remedy) {
    refuses("", "list:1:", "latitude and longitude");
    refuses("hello\n", "list:1:", "lat and lon");
    refuses("lat,power\n10,75\n", "the longitude", "lat and lon");
    refuses("lat,lon\n10.03,here\n", "list:2:", "\"here\"");
    refuses("lat,lon,w\n10.03,105.78,0\n", "list:2:", "0 W cannot be");
    refuses("lat,lon,w\n10.03,105.78,-5\n", "list:2:", "-5 W cannot be");
    refuses("lat,lon,w\n10.03,105.78,75000\n", "list:2:", "75000 W cannot be");
    refuses("lat,lon,w\n10.03,105.78,bright\n", "list:2:", "\"bright\"");
    refuses("id,lat,lon\na,10.03,105.78\na,10.03,105.79\n",
            "list:3:", "\"a\" is that of the lamp at line 2");
    refuses("lat,lon\n10.03,105.78\n10.03,105.7801\n21.02,105.8\n", "list:4:", "1216 km");
    refuses("lat,lon\n0,0\n10.03,105.7801\n10.03,105.78\n", "list:2:", "--box");
    refuses("x,y\n585434,1109000\n", "list:2:", "--crs EPSG:n");
    refuses("lat,lon,w\n10.03,105.78,75\n10.03,105.7", "list:3:", "truncated");
    refuses("lat,lon,name\n10.03,105.78,\"x\n10.03,105.79,y\n", "list:2:", "never closed");
    refuses("lat,lon,road\n10.03,105.78,\xC3\x28\n", "list:2:", "UTF-8");
    refuses("lat,lon,road\n10.03,105.78,\xED\xA0\x80\n", "list:2:", "UTF-8");
    refuses("lat,lon\n", "no lamps", "right file");
}

// A street's name with the separator in it moves all that follows.
Test(city_import, rows_wider_than_the_headers_are_refused) {
    takes("id,lat,lon,watt\na,10.03,105.78,75,,\nb,10.03,105.7803,75\n");
    refuses("street,lat,lon,watt\nLe Loi,10.03,105.78,75\nLe Loi, 1,10.03,105.78,75\n",
            "list:3:", "5 cells, but 4 headers");
}

Test(city_import, a_zero_byte_is_no_text) {
    dd_text text = {(char *)"lat,lon\n10,1\0\n", 14};
    cr_expect_not(dd_city_import_text(&text, "list", &def, &import, &error));
    cr_expect(strstr(error.text, "list:2:") && strstr(error.text, "zero byte"), "%s", error.text);
}

// --- wattages

static char *list_of(uint32_t n, const char *head, const char *format, ...) {
    char *text = calloc(n + 1, 120), *at = text;
    va_list arguments;
    va_start(arguments, format);
    va_end(arguments);
    at += sprintf(at, "%s\n", head);
    for (uint32_t i = 0; i < n; i++)
        at += sprintf(at, format, 10.03 + i / 50 * 0.002, 105.78 + i % 50 * 0.0003, i);
    return text;
}

Test(city_import, any_wattage_has_a_luminaire) {
    char *text = list_of(60, "lat,lon,w", "%.6f,%.6f,3%u.5\n");
    takes(text);
    cr_expect_eq(import.model_n, 60);
    cr_expect_eq(import.notes.of[DD_NOTE_ROUNDED].count, 0);
    free(text);
    text = list_of(400, "lat,lon,w", "%.6f,%.6f,1%03u\n"); // 1000 to 1399 W: too many models
    takes(text);
    cr_expect_leq(city.catalogue.n, DD_MODELS_MAX);
    cr_expect_gt(import.notes.of[DD_NOTE_ROUNDED].count, 300);
    double kw = 0;
    for (int i = 0; i < 400; i++)
        kw += (1000 + i) / 1e3;
    cr_expect_float_eq(import.kw, kw, 1);
    free(text);
}

Test(city_import, lamps_that_are_no_leds_have_no_nodes) {
    takes("lat,lon,w,lamp type\n10.03,105.78,169,High Pressure Sodium\n10.03,105.7803,70,HPS\n"
          "10.03,105.7806,75,LED\n10.03,105.7809,75,gaslight\n");
    cr_expect_eq(lamp("L-0001")->kind, DD_HPS_150);
    cr_expect_not(city.catalogue.models[lamp("L-0002")->kind].node);
    cr_expect_eq(lamp("L-0003")->kind, DD_STREET_75);
    cr_expect_eq(import.notes.of[DD_NOTE_NO_NODE].count, 2);
    cr_expect_eq(import.notes.of[DD_NOTE_TECHNOLOGY].count, 1);
}

// --- segments

// The limits of a controller, whatever was imported.
static void within_limits(void) {
    uint32_t *feeders = calloc(city.segment_n, sizeof *feeders);
    for (uint32_t i = 1; i < city.feeder_n; i++)
        feeders[city.feeders[i].segment]++;
    for (uint32_t i = 1; i < city.segment_n; i++) {
        cr_expect(city.segments[i].lamp_count >= 1 &&
                  city.segments[i].lamp_count <= DD_SEGMENT_LAMPS_MAX);
        cr_expect(feeders[i] >= 1 && feeders[i] <= DD_CORE_FEEDERS);
    }
    free(feeders);
}

Test(city_import, segments_are_planned_within_their_limits) {
    dd_city_finding findings[DD_CITY_FINDINGS];
    uint32_t failed;
    char *text = list_of(1000, "lat,lon,id", "%.6f,%.6f,p%u\n");
    takes(text);
    within_limits();
    cr_expect_eq(city.lamp_n - 1, 1000);
    cr_assert(dd_city_check(&city, findings, &failed, &error));
    for (int i = 0; i < DD_CITY_FINDINGS; i++)
        cr_expect(findings[i].pass, "%s: %s", findings[i].name, findings[i].measured);
    free(text);
}

Test(city_import, complete_segments_and_feeders_are_kept) {
    takes("id,lat,lon,segment,cabinet,feeder\n"
          "1,10.03,105.78,1,C1,1\n2,10.03,105.7803,1,C1,1\n3,10.03,105.7806,1,C1,2\n"
          "4,10.04,105.78,2,C2,1\n5,10.04,105.7803,2,C2,1\n");
    cr_expect(import.kept);
    cr_expect_eq(city.segment_n - 1, 2);
    cr_expect_eq(city.feeder_n - 1, 3);
    cr_expect_eq(lamp("1")->segment, lamp("3")->segment);
    cr_expect_eq(lamp("1")->feeder, lamp("2")->feeder);
    cr_expect_neq(lamp("1")->feeder, lamp("3")->feeder);
    cr_expect_neq(lamp("1")->feeder, lamp("4")->feeder); // of another cabinet
    const dd_segment *first = &city.segments[lamp("1")->segment];
    cr_expect_str_eq(city.cabinets[first->cabinet].id, "C1");
    cr_expect_str_eq(first->id, "S-1"); // "1" is a lamp's
}

Test(city_import, a_cabinet_alone_makes_a_segment) {
    takes("lat,lon,cabinet\n10.03,105.78,C1\n10.03,105.7803,C2\n10.03,105.7806,C1\n");
    cr_expect(import.kept);
    cr_expect_eq(city.segment_n - 1, 2);
    cr_expect_eq(lamp("L-0001")->segment, lamp("L-0003")->segment);
    const dd_segment *first = &city.segments[lamp("L-0001")->segment];
    cr_expect_str_eq(city.cabinets[first->cabinet].id, "C1");
    cr_expect_str_eq(first->id, "S-C1");
}

Test(city_import, lines_that_are_no_roads_are_left_out) {
    takes("{\"type\":\"FeatureCollection\",\"features\":[\n{\"type\":\"Feature\",\"geometry\":{"
          "\"type\":\"LineString\",\"coordinates\":[[105.78,10.03],[105.79,10.03]]},"
          "\"properties\":{\"class\":\"river\"}},{\"type\":\"Feature\",\"geometry\":{\"type\":"
          "\"Point\","
          "\"coordinates\":[105.78,10.03]},\"properties\":{}}]}");
    cr_expect_eq(import.notes.of[DD_NOTE_SHAPES].count, 1);
    cr_expect_str_eq(import.notes.of[DD_NOTE_SHAPES].first, "line 2");
    cr_expect_eq(import.made_road_n, 1);
}

Test(city_import, incomplete_segments_are_made_anew) {
    takes("lat,lon,segment\n10.03,105.78,S1\n10.03,105.7803,\n10.03,105.7806,S2\n");
    cr_expect_not(import.kept);
    cr_expect_eq(import.notes.of[DD_NOTE_GROUPS_INCOMPLETE].count, 1);
    char *text = list_of(251, "lat,lon,segment", "%.6f,%.6f,S1\n");
    takes(text);
    cr_expect_not(import.kept);
    cr_expect_eq(import.notes.of[DD_NOTE_GROUPS_LARGE].count, 1);
    within_limits();
    free(text);
    text = list_of(250, "lat,lon,segment", "%.6f,%.6f,S1\n");
    takes(text);
    cr_expect(import.kept);
    cr_expect_eq(city.segments[1].lamp_count, 250);
    free(text);
    takes("lat,lon,segment,feeder\n10.03,105.78,S,1\n10.03,105.781,S,2\n10.03,105.782,S,3\n"
          "10.03,105.783,S,4\n10.03,105.784,S,5\n");
    cr_expect(import.kept);
    cr_expect_eq(import.notes.of[DD_NOTE_FEEDERS].count, 1);
    within_limits();
}

Test(city_import, heavy_segments_have_more_feeders) {
    char *text = list_of(110, "lat,lon,w,segment", "%.6f,%.6f,400,S\n");
    takes(text);
    within_limits();
    cr_expect_gt(city.feeder_n - 1, 2);
    free(text);
}

Test(city_import, lamps_on_one_mast_stand_apart) {
    takes("lat,lon\n10.03,105.78\n10.03,105.78\n10.03,105.7803\n");
    cr_expect_float_eq(dd_distance_m(&lamp("L-0001")->place, &lamp("L-0002")->place), 1.6f, 0.15f);
    cr_expect_eq(import.notes.of[DD_NOTE_SAME_PLACE].count, 1);
    char *text = list_of(13, "lat,lon,x", "10.03,105.78,%.1f%.0f%u\n");
    refuses(text, "list:2:", "13 lamps at 105.78");
    free(text);
}

// --- reference systems

Test(city_import, vn2000_is_transformed) {
    // EPSG:3405 is UTM 48N on VN-2000: near this place some 200 m from the same numbers on WGS84.
    def.places.crs = "EPSG:3405";
    takes("x,y,w\n585434,1109000,75\n585464,1109000,75\n");
    double vn_lon = lamp("L-0001")->place.lon, vn_lat = lamp("L-0001")->place.lat;
    def.places.crs = "32648";
    takes("x,y,w\n585434,1109000,75\n585464,1109000,75\n");
    const dd_point *same = &lamp("L-0001")->place;
    cr_expect_float_eq(same->lat, 10.0315, 0.001);
    double north = (vn_lat - same->lat) * 110600, east = (vn_lon - same->lon) * 109600;
    cr_expect(hypot(north, east) > 100 && hypot(north, east) < 300, "%.1f m", hypot(north, east));
    // Vietnamese surveyors call the northing X.
    def.places.crs = "EPSG:3405";
    takes("X,Y\n1109000,585434\n1109000,585464\n");
    cr_expect_float_eq(lamp("L-0001")->place.lon, vn_lon, 1e-6);
    cr_expect_gt(import.notes.of[DD_NOTE_SWAPPED].count, 0);
}

Test(city_import, unfit_reference_systems_are_named) {
    def.places.crs = "EPSG:99999";
    refuses("x,y\n585434,1109000\n", "EPSG:99999", "VN-2000");
    def.places.crs = "EPSG:2154"; // France
    refuses("x,y\n105.78,10.03\n", "list:2:", "another --crs");
}

Test(city_import, a_file_may_name_its_reference_system) {
    takes("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"geometry\":{"
          "\"type\":"
          "\"Point\",\"coordinates\":[585434,1109000]},\"properties\":{\"watts\":60}}],\"crs\":{"
          "\"type\":"
          "\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::32648\"}}}");
    cr_expect_float_eq(lamp("L-0001")->place.lat, 10.0315, 0.001);
    cr_expect_eq(watts("L-0001"), 60);
}

// --- GeoJSON and FIWARE

Test(city_import, points_and_lines) {
    takes_file("tests/cities/import/points.geojson");
    cr_expect_str_eq(road_of("1"), "Trần Phú");
    cr_expect_eq(city.roads[lamp("1")->road].class, DD_ROAD_PRIMARY);
    cr_expect_eq(watts("2"), 60);
    cr_expect_str_eq(city.wards[1].name, "An Hội");
    cr_expect_eq(import.placed_n, 8); // along 219 m of a lit street of 27 m spacing
    cr_expect_eq(import.notes.of[DD_NOTE_SAME_PLACE].count, 1);
}

// As some programs save a layer of points; an id is nobody's then.
Test(city_import, points_together_are_lamps) {
    takes("{\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", "
          "\"properties\": {\"id\": \"m\", \"watt\": 60}, \"geometry\": {\"type\": "
          "\"MultiPoint\", \"coordinates\": [[106.37, 10.24], [106.3703, 10.24], [106.3706, "
          "10.24]]}}, {\"type\": \"Feature\", \"properties\": {\"id\": \"one\", \"watt\": 90}, "
          "\"geometry\": {\"type\": \"MultiPoint\", \"coordinates\": [[106.3709, 10.24]]}}]}");
    cr_expect_eq(import.lamp_n, 4);
    cr_expect_eq(watts("one"), 90);
    cr_expect_eq(city.catalogue.models[city.lamps[1].kind].power_mw, 60000);
}

Test(city_import, fiware_entities_in_every_form) {
    takes_file("tests/cities/import/entities.json");
    cr_expect(import.kept);
    cr_expect_eq(watts("l1"), 62);
    cr_expect_str_eq(city.catalogue.models[lamp("l1")->kind].name, "Philips Luma 62");
    cr_expect_eq(city.catalogue.models[lamp("l1")->kind].flux_lm, 8100);
    cr_expect_eq(watts("l4"), 45.5);
    cr_expect_float_eq(lamp("l2")->height_m, 8, 0.01f);
    cr_expect_str_eq(city.segments[1].id, "urn:ngsi-ld:StreetlightGroup:g1");
    cr_expect_str_eq(city.cabinets[1].id, "cab1");
    cr_expect_float_eq(city.cabinets[1].place.lon, 105.7801, 1e-6);
    cr_expect_eq(city.feeder_n - 1, 2);
}

#define LIGHT(id, more)                                                                            \
    "{\"id\":\"" id                                                                                \
    "\",\"type\":\"Streetlight\",\"location\":{\"type\":\"Point\",\"coordinates\":["               \
    "105.78,10.03]}" more "}"
#define GROUP(id, more) "{\"id\":\"" id "\",\"type\":\"StreetlightGroup\"" more "}"

Test(city_import, one_entity_is_a_list_of_one) {
    takes(LIGHT("a", ",\"@context\":[\"https://example.org\"],\"powerRating\":45") "\n");
    cr_expect_eq(watts("a"), 45);
    takes("{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[105.78,10.03]},"
          "\"properties\":{\"wattage\":45}}");
    cr_expect_eq(city.lamp_n - 1, 1);
    refuses(LIGHT("a", "") " x", "list:1:", "after the end");
    refuses("{\"type\":\"FeatureCollection\"}", "list:1:", "no \"features\"");
}

Test(city_import, groups_may_list_their_lamps) {
    takes("[" LIGHT("a", "") "," LIGHT("b", "") ",\n" GROUP(
        "g", ",\"refStreetlight\":{\"type\":\"Relationship\",\"object\":[\"a\",\"b\"]}") "]");
    cr_expect(import.kept);
    cr_expect_str_eq(city.segments[1].id, "g");
}

Test(city_import, entities_that_contradict_each_other) {
    refuses("[" LIGHT("a", "") ",\n" LIGHT("a", "") "]", "list:2:", "line 1");
    refuses("[" LIGHT("a", ",\"refStreetlightGroup\":\"h\"") ",\n" GROUP("g", "") "]",
            "list:1:", "\"h\" is unknown");
    refuses("[" LIGHT("a", "") ",\n" GROUP("g", "") "]", "list:2:", "\"g\" has no lamps");
    refuses("[" LIGHT("a", "") ",\n" GROUP("g", ",\"refStreetlight\":[\"b\"]") "]",
            "list:2:", "\"b\" is unknown");
    refuses(
        "[" LIGHT("a",
                  ",\"refStreetlightModel\":\"m\"") ",\n"
                                                    "{\"id\":\"n\",\"type\":\"StreetlightModel\","
                                                    "\"maxPowerConsumption\":60}]",
        "list:1:", "\"m\" is described nowhere");
    refuses("[" LIGHT("a", "") ",\n{\"id\":\"n\",\"type\":\"StreetlightModel\"}]",
            "list:2:", "no power");
    refuses("[" LIGHT("a", "") ",", "list:1:", "truncated");
    refuses("[" LIGHT("a", ",\"powerRating\":0") "]", "list:1:", "0 W");
    refuses("[1, 2]", "list:1:", "a Feature expected");
    refuses("{\"a\":1}", "list:1:", "FeatureCollection");
    refuses("[]", "no lamps", "right file");
}

Test(city_import, a_city_of_ours_is_only_checked) {
    takes_file("tests/cities/three_streets.geojson");
    cr_expect(import.ours);
    dd_text text;
    cr_assert(dd_text_read("tests/cities/three_streets.geojson", &text, &error));
    cr_expect_eq(text.size, import.city.size);
    cr_expect_eq(memcmp(text.bytes, import.city.bytes, text.size), 0);
    dd_text_fini(&text);
}

// --- OpenStreetMap

Test(city_import, openstreetmap_in_every_packing_is_the_same) {
    takes_file("tests/cities/import/streets.osm");
    cr_expect_eq(import.lamp_n, 73);
    cr_expect_eq(import.placed_n, 37); // along 1000 m that are lit=yes, 27 m apart
    cr_expect_eq(watts("osm-19"), 100);
    cr_expect_float_eq(lamp("osm-19")->height_m, 9, 0.01f);
    cr_expect_str_eq(road_of("osm-19"), "Trần Hưng Đạo");
    cr_expect_eq(import.made_road_n, 1);
    cr_expect_str_eq(city.wards[1].name, "Ninh Kiều");
    dd_text plain = import.city;
    import.city = (dd_text){0};
    const char *const others[] = {"tests/cities/import/streets.osm.gz",
                                  "tests/cities/import/streets.osm.pbf"};
    for (size_t i = 0; i < DD_COUNT(others); i++) {
        takes_file(others[i]);
        cr_expect_eq(import.city.size, plain.size);
        cr_expect_eq(memcmp(import.city.bytes, plain.bytes, plain.size), 0);
    }
    dd_text_fini(&plain);
}

Test(city_import, where_nothing_is_lit_all_roads_are) {
    takes_file("tests/fuzz/corpus/import_osm/dark.osm");
    cr_expect(import.all_roads);
    cr_expect_eq(import.placed_n, import.lamp_n);
    cr_expect_eq(city.road_n - 1, 3); // not the service way
    within_limits();
}

// Whatever else is lit, these are not; nor does it make others lit.
Test(city_import, what_is_said_to_be_unlit_stays_dark) {
    static const char line[] = "{'type': 'Feature', 'properties': {'highway': 'primary', 'name': "
                               "'%s', 'lit': '%s'}, 'geometry': {'type': 'LineString', "
                               "'coordinates': [[%g, 10.24], [%g, 10.243]]}}";
    static const char *const lit[] = {"no", "unknown", "disused", "false"};
    char text[2000] = "{'type': 'FeatureCollection', 'features': [";
    for (int i = 0; i < 4; i++) {
        size_t n = strlen(text);
        n += (size_t)snprintf(text + n, sizeof text - n, "%s", i ? "," : "");
        snprintf(text + n, sizeof text - n, line, i < 2 ? "One" : "Other", lit[i],
                 106.37 + i * 0.01, 106.37 + i * 0.01);
    }
    strcat(text, "]}");
    for (char *c = text; *c; c++)
        if (*c == '\'') *c = '"';
    takes(text);
    cr_expect(import.all_roads);
    cr_expect_eq(city.road_n - 1, 1);
    cr_expect_str_eq(city.roads[1].name, "One");
    cr_expect_eq(city.roads[1].line_count, 1);
    cr_expect_float_eq(city.lamps[1].place.lon, 106.38, 2e-4); // of which nothing is known
}

Test(city_import, a_box_cuts) {
    dd_box box = {105.779, 10.029, 105.7841, 10.0305};
    def.places.box = &box;
    takes_file("tests/cities/import/streets.osm");
    def.places.box = NULL;
    cr_expect_eq(import.placed_n, 0); // the lit street lies north of it
    cr_expect_gt(import.notes.of[DD_NOTE_OUTSIDE].count, 15);
    for (uint32_t i = 1; i < city.lamp_n; i++)
        cr_expect_leq(city.lamps[i].place.lon, 105.7841);
}

static char folder[] = "/tmp/city-import-XXXXXX";

// What becomes of the first `part` (thousandths) of a file of the tests, called `name`.
static void refuses_part(const char *file, uint32_t part, const char *name, const char *says) {
    char from[80], path[80];
    dd_text text;
    snprintf(from, sizeof from, "tests/cities/import/%s", file);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert(dd_text_read(from, &text, &error), "%s", error.text);
    text.size = text.size * part / 1000;
    cr_assert(dd_text_write(path, &text, &error), "%s", error.text);
    dd_text_fini(&text);
    cr_expect_not(dd_city_import(path, &def, &import, &error), "%s", name);
    cr_expect_eq(error.status, DD_WRONG);
    cr_expect(strstr(error.text, name) && strstr(error.text, says), "\"%s\" is not in: %s", says,
              error.text);
    remove(path);
}

// A header of 4 GiB, a blob of 2 GiB, one that unpacks to as much: nobody makes room for them.
Test(city_import, frames_that_claim_gigabytes_are_refused) {
    static const struct {
        const char *bytes;
        size_t size;
    } files[] = {{"\xff\xff\xff\xff aaaa", 9},
                 {"\0\0\0\x11\n\x09OSMHeader\x18\xff\xff\xff\xff\x07 aaaa", 26},
                 {"\0\0\0\x0d\n\x09OSMHeader\x18\x06\x10\xff\xff\xff\xff\x07", 23}};
    cr_assert(mkdtemp(folder));
    char path[80];
    snprintf(path, sizeof path, "%s/huge.pbf", folder);
    for (size_t i = 0; i < DD_COUNT(files); i++) {
        dd_text text = {(char *)files[i].bytes, files[i].size};
        cr_assert(dd_text_write(path, &text, &error), "%s", error.text);
        cr_expect_not(dd_city_import(path, &def, &import, &error));
        cr_expect(strstr(error.text, "no OpenStreetMap PBF"), "%s", error.text);
    }
    struct rusage children;
    cr_assert_eq(getrusage(RUSAGE_CHILDREN, &children), 0);
    cr_expect_lt(children.ru_maxrss, 500L << 10); // KiB
    remove(path);
    rmdir(folder);
}

// And leaves no memory behind: the library is not stopped.
Test(city_import, a_node_that_comes_twice_is_refused) {
    cr_expect_not(dd_city_import("tests/fuzz/corpus/import_osm/twice.osm", &def, &import, &error));
    cr_expect(strstr(error.text, "osm-18") && strstr(error.text, "lamp at OpenStreetMap"), "%s",
              error.text);
}

Test(city_import, broken_openstreetmap_files_are_refused) {
    cr_assert(mkdtemp(folder));
    refuses_part("streets.osm", 500, "cut.osm", "truncated");
    refuses_part("streets.osm", 0, "empty.osm", "empty");
    refuses_part("streets.osm", 1000, "xml.pbf", "no OpenStreetMap PBF");
    refuses_part("streets.osm.gz", 900, "cut.osm.gz", "end early");
    refuses_part("streets.osm.gz", 1000, "packed.osm", ":1:");
    refuses_part("streets.osm.pbf", 700, "cut.pbf", "ends early");
    refuses_part("damaged.osm.pbf", 1000, "damaged.pbf", "damaged data"); // the library crashes
    refuses_part("entities.json", 1000, "json.osm", ":1:");
    refuses_part("vn2000.csv", 1000, "list.csv", "--crs");
    rmdir(folder);
}
