#define _DEFAULT_SOURCE // chdir, mkstemp
#include "models/city/plan/city_build.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static dd_map map;
static dd_rules rules;
static dd_error error;

static void read_inputs(void) {
    const char *root = getenv("DOMDOM_SOURCE");
    if (root) cr_assert_eq(chdir(root), 0);
    cr_assert(dd_map_read("scenarios/bentre/map.geojson", &map, &error), "%s", error.text);
    cr_assert(dd_rules_read("scenarios/bentre/rules.json", &rules, &error), "%s", error.text);
}

static void forget(void) {
    dd_map_fini(&map);
    dd_rules_fini(&rules);
}

TestSuite(city_build, .init = read_inputs, .fini = forget);

Test(city_build, gives_the_committed_bytes) {
    dd_text built, committed;
    cr_assert(dd_city_build(&map, &rules, &built, &error), "%s", error.text);
    cr_assert(dd_text_read("scenarios/bentre/city.geojson", &committed, &error), "%s", error.text);
    cr_expect_eq(built.size, committed.size);
    cr_expect(memcmp(built.bytes, committed.bytes, committed.size) == 0);
    dd_text_fini(&built);
    dd_text_fini(&committed);
}

Test(city_build, writes_the_map_that_it_read) {
    dd_text written, committed;
    cr_assert(dd_map_format(&map, &written, &error));
    cr_assert(dd_text_read("scenarios/bentre/map.geojson", &committed, &error));
    cr_expect_eq(written.size, committed.size);
    cr_expect(memcmp(written.bytes, committed.bytes, committed.size) == 0);
    dd_text_fini(&written);
    dd_text_fini(&committed);
}

Test(city_build, another_total_is_met_exactly) {
    dd_text built;
    dd_city city;
    rules.lamps = 6333;
    cr_assert(dd_city_build(&map, &rules, &built, &error), "%s", error.text);
    cr_assert(dd_city_parse(built.bytes, built.size, "built", &city, &error), "%s", error.text);
    cr_expect_eq(city.lamp_n - 1, 6333);
    dd_city_fini(&city);
    dd_text_fini(&built);
}

Test(city_build, refuses_a_total_that_does_not_fit) {
    dd_text built;
    rules.lamps = 20000;
    cr_expect_not(dd_city_build(&map, &rules, &built, &error));
    cr_expect(strstr(error.text, "20000 luminaires do not fit"), "%s", error.text);
    cr_expect_eq(error.status, DD_WRONG);
}

Test(city_build, names_the_way_that_the_map_lacks) {
    dd_text built;
    json_t *ways = json_pack("[s]", "way-9999");
    rules.roads[4].ways = ways;
    cr_expect_not(dd_city_build(&map, &rules, &built, &error));
    cr_expect(strstr(error.text, "way-9999"), "%s", error.text);
    cr_expect(strstr(error.text, rules.roads[4].name), "%s", error.text);
    json_decref(ways);
}

Test(city_build, names_the_road_that_cannot_make_segments) {
    dd_text built;
    rules.hop_m = 15; // no pole reaches its neighbour
    cr_expect_not(dd_city_build(&map, &rules, &built, &error));
    cr_expect(strstr(error.text, "do not divide into segments of 60 to 120"), "%s", error.text);
}

// The message for the rules of Bến Tre with `from` replaced by the equally long `to`.
static void rules_say(const char *from, const char *to, const char *says) {
    dd_text text;
    dd_rules other;
    cr_assert(dd_text_read("scenarios/bentre/rules.json", &text, &error), "%s", error.text);
    char *at = strstr(text.bytes, from);
    cr_assert(at, "%s", from);
    memcpy(at, to, strlen(from));
    char path[] = "/tmp/rules-XXXXXX";
    close(mkstemp(path));
    cr_assert(dd_text_write(path, &text, &error));
    dd_text_fini(&text);
    cr_expect_not(dd_rules_read(path, &other, &error), "%s", to);
    cr_expect(strstr(error.text, path) && strstr(error.text, says), "%s", error.text);
    remove(path);
}

Test(city_build, rules_name_what_is_wrong) {
    rules_say("\"spacing_m\": 33.0", "\"spacing_m\": \"33\"", "\"trunk\": Expected real");
    rules_say("\"spacing_m\": 33.0", "\"spacing_m\": 0.33", "\"trunk\": spacing 0.33 m");
    rules_say("LED-street-150", "LED-strert-150", "use LED-street-150");
    rules_say("\"staggered\"", "\"staggring\"", "one-sided, staggered or opposite");
    rules_say("\"class\": \"primary\"", "\"class\": \"primaty\"",
              "\"Đồng Khởi\": class \"primaty\"");
    rules_say("\"least\": 60", "\"least\": 99", "in order");
    rules_say("\"commune\": false", "\"commune\": \"no\" ", "\"wards\", entry 1");
}

static bool rules_from(const char *text, dd_error *why) {
    dd_rules other;
    dd_text file = {(char *)text, strlen(text)};
    cr_assert(dd_text_write("rules-test.json", &file, &error), "%s", error.text);
    bool ok = dd_rules_read("rules-test.json", &other, why);
    remove("rules-test.json");
    dd_rules_fini(&other);
    return ok;
}

Test(city_build, rules_name_file_and_entry) {
    cr_assert_eq(chdir("/tmp"), 0);
    cr_expect_not(rules_from("{\"name\": \"X\",\n \"utc_offset_h\" 7}", &error));
    cr_expect(strstr(error.text, "rules-test.json:2:"), "%s", error.text);
    cr_expect_not(rules_from("{\"name\": \"X\"}", &error));
    cr_expect(strstr(error.text, "utc_offset_h"), "%s", error.text);
}

// The highest tides of a year, 1.65 to 1.77 m, reach some low cabinets by the water, not a third.
Test(city_build, the_ground_rises_from_the_water) {
    dd_text built;
    dd_city city;
    cr_assert(dd_city_build(&map, &rules, &built, &error), "%s", error.text);
    cr_assert(dd_city_parse(built.bytes, built.size, "built", &city, &error), "%s", error.text);
    int low = 0, high = 0;
    for (uint32_t i = 1; i < city.cabinet_n; i++) {
        float ground = city.cabinets[i].ground_m;
        cr_expect(city.cabinets[i].levelled && ground >= 1.5f && ground <= 2);
        low += ground < 1.7f;
        high += ground == 2;
    }
    cr_expect(low >= 3 && low <= (int)city.cabinet_n / 5, "%d low", low);
    cr_expect_gt(high, (int)city.cabinet_n / 2);
    dd_city_fini(&city);
    dd_text_fini(&built);
}

Test(city_build, a_map_without_waters_tells_no_ground) {
    dd_text built;
    dd_city city;
    for (uint32_t i = 0; i < map.way_n; i++)
        if (map.ways[i].class >= DD_WAY_RIVER) map.ways[i].class = DD_WAY_PATH;
    cr_assert(dd_city_build(&map, &rules, &built, &error), "%s", error.text);
    cr_assert(dd_city_parse(built.bytes, built.size, "built", &city, &error), "%s", error.text);
    for (uint32_t i = 1; i < city.cabinet_n; i++)
        cr_expect_not(city.cabinets[i].levelled);
    dd_city_fini(&city);
    dd_text_fini(&built);
}
