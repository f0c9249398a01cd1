#define _GNU_SOURCE // memmem, truncate
#include "models/city/city.h"
#include "models/city/text.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The smallest city: a ward, a road, a segment with its cabinet and feeder, two luminaires.
static const char small[] =
    "{\"type\":\"FeatureCollection\",\"name\":\"Small\",\"origin\":[106.37,10.24],\n"
    "\"utcOffset\":7,\"bbox\":[106.3,10.1,106.4,10.3],\n"
    "\"features\":[\n"
    "{\"type\":\"Feature\",\"id\":\"ward-1\",\"geometry\":{\"type\":\"Point\",\"coordinates\":"
    "[106.37,10.24]},\"properties\":{\"type\":\"Ward\",\"name\":\"W\",\"kind\":\"ward\"}},\n"
    "{\"type\":\"Feature\",\"id\":\"road-001\",\"geometry\":{\"type\":\"MultiLineString\","
    "\"coordinates\":[[[106.37,10.24],[106.372,10.24]]]},\"properties\":{\"type\":\"Road\","
    "\"name\":\"R\",\"class\":\"street\"}},\n"
    "{\"type\":\"Feature\",\"id\":\"L-0002\",\"geometry\":{\"type\":\"Point\",\"coordinates\":"
    "[106.3712,10.24001]},\"properties\":{\"type\":\"Streetlight\",\"refStreetlightModel\":"
    "\"LED-street-75\",\"powerRating\":75,\"lanternHeight\":7.0,\"refStreetlightGroup\":\"S-01\","
    "\"refStreetlightControlCabinet\":\"CAB-01\",\"circuit\":\"F-001\",\"streetPoleNum\":\"2\","
    "\"phase\":\"L2\",\"cableLength\":30.5,\"refRoad\":\"road-001\",\"roadLine\":0,"
    "\"chainage\":40.0}},\n"
    "{\"type\":\"Feature\",\"id\":\"L-0001\",\"geometry\":{\"type\":\"Point\",\"coordinates\":"
    "[106.3711,10.24001]},\"properties\":{\"type\":\"Streetlight\",\"refStreetlightModel\":"
    "\"LED-street-75\",\"powerRating\":75,\"lanternHeight\":7.0,\"refStreetlightGroup\":\"S-01\","
    "\"refStreetlightControlCabinet\":\"CAB-01\",\"circuit\":\"F-001\",\"streetPoleNum\":\"1\","
    "\"phase\":\"L1\",\"cableLength\":4.0,\"refRoad\":\"road-001\",\"roadLine\":0,"
    "\"chainage\":10.0}},\n"
    "{\"type\":\"Feature\",\"id\":\"S-01\",\"geometry\":{\"type\":\"Point\",\"coordinates\":"
    "[106.371,10.24]},\"properties\":{\"type\":\"StreetlightGroup\",\"refRoad\":\"road-001\","
    "\"backhaul\":\"lte\"}},\n"
    "{\"type\":\"Feature\",\"id\":\"CAB-01\",\"geometry\":{\"type\":\"Point\",\"coordinates\":"
    "[106.371,10.24]},\"properties\":{\"type\":\"StreetlightControlCabinet\","
    "\"refStreetlightGroup\":[\"S-01\"]}},\n"
    "{\"type\":\"Feature\",\"id\":\"F-001\",\"geometry\":{\"type\":\"LineString\",\"coordinates\":"
    "[[106.371,10.24],[106.3711,10.24]]},\"properties\":{\"type\":\"StreetlightFeeder\","
    "\"refStreetlightControlCabinet\":\"CAB-01\",\"ratedCurrent\":16}}\n"
    "]}\n";

static dd_city city;
static dd_error error;

Test(city_file, reads_features_in_any_order) {
    cr_assert(dd_city_parse(small, strlen(small), "small", &city, &error), "%s", error.text);
    cr_expect_eq(city.lamp_n, 3);
    cr_expect_str_eq(city.lamps[1].id, "L-0001"); // sorted along the cable
    cr_expect_eq(city.lamps[2].phase, 1);
    cr_expect_eq(city.segments[1].first_lamp, 1);
    cr_expect_eq(city.segments[1].lamp_count, 2);
    cr_expect_eq(city.segments[1].cabinet, 1);
    cr_expect_eq(city.roads[1].lamp_count, 2);
    cr_expect_float_eq(city.roads[1].length_m, 219.1f, 0.2f);
    cr_expect_str_eq(city.segments[1].backhaul, "lte");
    cr_expect_eq(city.roads[1].ward, 1);
    dd_city_fini(&city);
}

// The small city with `from` replaced, at its first place, by `to`.
static char *changed(const char *from, const char *to) {
    const char *at = strstr(small, from);
    cr_assert(at, "%s", from);
    char *text = calloc(sizeof small + strlen(to), 1);
    memcpy(text, small, (size_t)(at - small));
    strcat(text, to);
    strcat(text, at + strlen(from));
    return text;
}

typedef struct bad_file {
    const char *from, *to; // what is changed in the small city
    const char *says[3];   // what the message must hold: line, value, remedy
} bad_file;

static const bad_file bad_files[] = {
    {"FeatureCollection",
     "Feature",
     {"small:3:", "not a GeoJSON FeatureCollection", "\"Feature\""}},
    {"\"chainage\":40.0", "\"chainage\":NaN", {"small:6:", "NaN", "finite"}},
    {"\"chainage\":40.0", "\"chainage\":1e999", {"small:6:", "real number overflow", "mend"}},
    {"\"chainage\":40.0", "\"chainage\":-4", {"small:6:", "\"chainage\" is -4", "from 0"}},
    {"\"chainage\":40.0", "\"chainage\":\"far\"", {"small:6:", "\"far\"", "a number"}},
    {"\"chainage\":40.0", "\"chainige\":40", {"small:6:", "no \"chainage\"", "chainige"}},
    {"\"id\":\"L-0001\"", "\"id\":\"L-0002\"", {"small:7:", "L-0002", "at line 6"}},
    {"\"id\":\"L-0001\"", "\"id\":17", {"small:7:", "\"id\" is 17", "in quotes"}},
    {"[106.3711,10.24001]", "[10.24001,106.3711]", {"small:7:", "not on Earth", "longitude"}},
    {"[106.3711,10.24001]", "[107.3711,10.24]", {"small:7:", "off the map", "bbox"}},
    {"[106.3711,10.24001]", "[106.3711,10.25]", {"small:7:", "off its road", "correct"}},
    {"[106.3711,10.24001]", "\"here\"", {"small:7:", "no coordinates", "give a list"}},
    {"[106.3711,10.24001]", "[106.3711]", {"small:7:", "[106.3711]", "longitude"}},
    {"\"circuit\":\"F-001\"", "\"circuit\":\"F-002\"", {"small:6:", "F-002", "F-001"}},
    {"\"circuit\":\"F-001\"", "\"circuit\":\"S-01\"", {"small:6:", "a segment", "a feeder"}},
    {"\"refRoad\":\"road-001\",\"roadLine\"",
     "\"refRoad\":\"Đồng Khởi\",\"roadLine\"",
     {"small:6:", "Đồng Khởi", "name a road"}},
    {"\"roadLine\":0", "\"roadLine\":3", {"small:6:", "off its road", "roadLine"}},
    {"LED-street-75", "LED-street-57", {"small:6:", "LED-street-57", "LED-street-75"}},
    {"\"powerRating\":75", "\"powerRating\":90", {"small:6:", "90", "75 W"}},
    {"\"streetPoleNum\":\"2\"", "\"streetPoleNum\":\"two\"", {"small:6:", "two", "\"12\""}},
    {"\"phase\":\"L2\"", "\"phase\":\"L4\"", {"small:6:", "L4", "L1"}},
    {"\"type\":\"Ward\"", "\"type\":\"Wart\"", {"small:4:", "Wart", "Ward"}},
    {"\"class\":\"street\"", "\"class\":\"stret\"", {"small:5:", "stret", "street"}},
    {"[[[106.37,10.24],[106.372,10.24]]]", "[[[106.37,10.24]]]", {"small:5:", "1 points", "2"}},
    {"[\"S-01\"]", "\"S-01\"", {"small:9:", "refStreetlightGroup", "[\"S-01\"]"}},
    {"[\"S-01\"]", "[\"S-02\"]", {"small:9:", "S-02", "S-01"}},
    {"[\"S-01\"]", "[\"S-01\"],\"groundLevel\":\"low\"", {"small:9:", "\"low\"", "a number"}},
    {"[\"S-01\"]", "[\"S-01\"],\"groundLevel\":9000", {"small:9:", "9000", "6000"}},
    {"\"ratedCurrent\":16", "\"ratedCurrent\":1600", {"small:10:", "1600", "250"}},
    {"\"ratedCurrent\":16", "\"breakerCurve\":\"K\",\"ratedCurrent\":16", {"small:10:", "K", "B"}},
    {"\"utcOffset\":7", "\"utcOffset\":77", {"small:1:", "utcOffset", "14"}},
    {"\"origin\":[106.37,10.24],\n\"utcOffset\":7,",
     "",
     {"small:1:", "no city's inventory", "'domdom city import'"}},
    {"\"bbox\"", "\"box\"", {"small:1:", "bbox", "add it"}},
    {"]}\n", "],7}\n", {"small:11:", "member's name", "mend"}},
    {"]}\n", "]} x\n", {"small:11:", "after the end", "remove"}},
    {"\"kind\":\"ward\"}},", "\"kind\":\"ward\"}}", {"small:5:", "',' expected", "mend"}},
};

// A breaker's curve is C unless the file says another.
Test(city_file, curves_of_breakers) {
    const char *const curves[][2] = {
        {"\"ratedCurrent\":16", "C"},
        {"\"breakerCurve\":\"B\",\"ratedCurrent\":16", "B"},
        {"\"breakerCurve\":\"D\",\"ratedCurrent\":16", "D"},
    };
    for (size_t i = 0; i < DD_COUNT(curves); i++) {
        char *text = changed("\"ratedCurrent\":16", curves[i][0]);
        cr_assert(dd_city_parse(text, strlen(text), "small", &city, &error), "%s", error.text);
        cr_expect_eq(city.feeders[1].curve, (uint8_t)curves[i][1][0]);
        dd_city_fini(&city);
        free(text);
    }
}

Test(city_file, bad_input_gives_line_value_and_remedy) {
    for (size_t i = 0; i < DD_COUNT(bad_files); i++) {
        const bad_file *bad = &bad_files[i];
        char *text = changed(bad->from, bad->to);
        bool ok = dd_city_parse(text, strlen(text), "small", &city, &error);
        cr_expect_not(ok, "%s", bad->to);
        cr_expect_eq(error.status, DD_WRONG);
        for (size_t k = 0; !ok && k < DD_COUNT(bad->says); k++)
            cr_expect(strstr(error.text, bad->says[k]), "%s: \"%s\" is not in: %s", bad->to,
                      bad->says[k], error.text);
        free(text);
    }
}

// Cut anywhere, the file is refused.
Test(city_file, a_truncated_file_says_so) {
    size_t told = 0, size = strlen(small);
    for (size_t n = 0; n + 2 < size; n++) {
        cr_assert_not(dd_city_parse(small, n, "small", &city, &error), "%zu bytes", n);
        cr_assert(strncmp(error.text, "small:", 6) == 0, "%s", error.text);
        told += strstr(error.text, "truncated") != NULL;
    }
    cr_expect_gt(told, size * 9 / 10, "%zu of %zu", told, size);
}

static void refuses(const char *path, const char *says) {
    cr_expect_not(dd_city_read(path, &city, &error));
    cr_expect_eq(error.status, DD_WRONG);
    cr_expect(strstr(error.text, path) && strstr(error.text, says), "%s", error.text);
}

Test(city_file, refuses_what_is_no_city_file) {
    char folder[] = "/tmp/city-XXXXXX", path[64];
    cr_assert(mkdtemp(folder));
    refuses(folder, "is a directory");
    snprintf(path, sizeof path, "%s/city.geojson", folder);
    refuses(path, "No such file");
    fclose(fopen(path, "w"));
    refuses(path, "empty");
    cr_assert_eq(truncate(path, (INT64_C(1) << 30) + 1), 0); // sparse
    refuses(path, "larger than 1 GiB");
    remove(path);
    rmdir(folder);
    refuses("/dev/null", "not a regular file");
}

Test(city_file, a_space_is_no_city) {
    cr_expect_not(dd_city_parse(" \n", 2, "small", &city, &error));
    cr_expect(strstr(error.text, "empty"), "%s", error.text);
    cr_expect_not(dd_city_parse("[]", 2, "small", &city, &error));
    cr_expect(strstr(error.text, "'{' expected"), "%s", error.text);
}

Test(city_file, may_tell_the_ground_of_a_cabinet) {
    cr_assert(dd_city_parse(small, strlen(small), "small", &city, &error), "%s", error.text);
    cr_expect_not(city.cabinets[1].levelled);
    dd_city_fini(&city);
    char *text = changed("[\"S-01\"]", "[\"S-01\"],\"groundLevel\":-0.25");
    cr_assert(dd_city_parse(text, strlen(text), "small", &city, &error), "%s", error.text);
    cr_expect(city.cabinets[1].levelled);
    cr_expect_eq(city.cabinets[1].ground_m, -0.25f);
    dd_city_fini(&city);
    free(text);
}

// --- luminaires of the file's own

static const char own_model[] =
    "\"features\":[\n{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"type\":"
    "\"StreetlightModel\",\"name\":\"Lamp "
    "A\",\"lampTechnology\":\"LED\",\"maxPowerConsumption\":62.5,"
    "\"luminousFlux\":9000}},\n";

// The small city with that model, changed by `from` and `to`, and both lamps of it.
static char *with_model(const char *from, const char *to) {
    char *text = changed("\"features\":[\n", own_model);
    const char was[] = "LED-street-75\",\"powerRating\":75", is[] = "Lamp A\",\"powerRating\":62.5";
    for (int i = 0; i < 2; i++) {
        char *at = strstr(text, was);
        cr_assert(at);
        memmove(at + strlen(is), at + strlen(was), strlen(at + strlen(was)) + 1);
        memcpy(at, is, strlen(is));
    }
    char *at = strstr(text, from);
    cr_assert(at && strlen(from) == strlen(to), "%s", from);
    memcpy(at, to, strlen(to));
    return text;
}

Test(city_file, brings_its_own_luminaires) {
    char *text = with_model("Lamp A", "Lamp A");
    cr_assert(dd_city_parse(text, strlen(text), "own", &city, &error), "%s", error.text);
    const dd_luminaire_model *model = &city.catalogue.models[city.lamps[1].kind];
    cr_expect_str_eq(model->name, "Lamp A");
    cr_expect_eq(model->power_mw, 62500);
    cr_expect_eq(model->flux_lm, 9000);
    cr_expect(model->node);
    cr_expect_eq(city.catalogue.n, DD_LUMINAIRE_KINDS + 1);
    dd_city_fini(&city);
    free(text);
    text = with_model("\"LED\"", "\"HPS\"");
    cr_assert(dd_city_parse(text, strlen(text), "own", &city, &error), "%s", error.text);
    cr_expect_not(city.catalogue.models[city.lamps[2].kind].node);
    dd_city_fini(&city);
    free(text);
}

Test(city_file, refuses_luminaires_that_cannot_be) {
    static const char *const cases[][3] = {
        {"\"LED\"", "\"LAD\"", "lampTechnology \"LAD\""},
        {"62.5,\"lum", "-2.5,\"lum", "maxPowerConsumption"},
        {"62.5,\"lum", "60.5,\"lum", "powerRating 62.5 differs"},
        {"\"Lamp A\"", "\"MH-250\"", "already"},
        {"\"Lamp A\"", "\"Lamp B\"", "did you mean \"Lamp B\""},
    };
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        char *text = with_model(cases[i][0], cases[i][1]);
        cr_expect_not(dd_city_parse(text, strlen(text), "own", &city, &error), "%s", cases[i][1]);
        cr_expect(strstr(error.text, cases[i][2]), "%s", error.text);
        free(text);
    }
}
