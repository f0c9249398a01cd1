#define _POSIX_C_SOURCE 200809L // chdir
#include "models/city/city.h"
#include "models/city/city_check.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static dd_city city;
static dd_error error;

static void read_ben_tre(void) {
    const char *root = getenv("DOMDOM_SOURCE");
    if (root) cr_assert_eq(chdir(root), 0);
    cr_assert(dd_city_read("scenarios/bentre/city.geojson", &city, &error), "%s", error.text);
}

static void forget(void) {
    dd_city_fini(&city);
}

TestSuite(city, .init = read_ben_tre, .fini = forget);

Test(city, has_what_the_project_published) {
    uint32_t internal = 0, communes = 0, kinds[DD_PROJECT_KINDS] = {0};
    cr_expect_eq(city.lamp_n - 1, 6800);
    cr_expect_eq(city.road_n - 1, 83);
    for (uint32_t i = 1; i < city.road_n; i++)
        internal += city.roads[i].class == DD_ROAD_INTERNAL;
    cr_expect_eq(internal, 13);
    cr_expect_eq(city.ward_n - 1, 14);
    for (uint32_t i = 1; i < city.ward_n; i++)
        communes += city.wards[i].commune;
    cr_expect_eq(communes, 6);
    for (uint32_t i = 1; i < city.lamp_n; i++)
        kinds[city.lamps[i].kind]++;
    for (int i = 1; i < DD_PROJECT_KINDS; i++)
        cr_expect_gt(kinds[i], 0, "no %s", dd_luminaire_models[i].name);
}

Test(city, passes_its_check) {
    dd_city_finding findings[DD_CITY_FINDINGS];
    uint32_t failed;
    cr_assert(dd_city_check(&city, findings, &failed, &error));
    for (int i = 0; i < DD_CITY_FINDINGS; i++)
        cr_expect(findings[i].pass, "%s: %s (%s)", findings[i].name, findings[i].measured,
                  findings[i].limit);
    cr_expect_eq(failed, 0);
}

// Whether the named question fails.
static bool fails(const char *name) {
    dd_city_finding findings[DD_CITY_FINDINGS];
    uint32_t failed;
    bool seen = false;
    cr_assert(dd_city_check(&city, findings, &failed, &error));
    for (int i = 0; i < DD_CITY_FINDINGS; i++)
        seen |= !findings[i].pass && strcmp(findings[i].name, name) == 0;
    cr_expect_eq(failed > 0, seen);
    return seen;
}

Test(city, check_sees_a_luminaire_off_its_road) {
    city.lamps[100].place.x += 40;
    city.lamps[100].place.y += 40;
    cr_expect(fails("beside its road"));
}

Test(city, check_sees_two_in_one_spot) {
    city.lamps[100].place = city.lamps[101].place;
    cr_expect(fails("apart"));
}

Test(city, check_sees_a_pole_out_of_order) {
    city.lamps[10].pole += 5;
    cr_expect(fails("luminaires"));
}

Test(city, check_sees_an_overloaded_feeder) {
    city.feeders[7].rated_a = 2;
    cr_expect(fails("feeder loads"));
}

Test(city, check_sees_a_controller_out_of_reach) {
    city.segments[3].place.x += 3000;
    cr_expect(fails("reach"));
}

Test(city, luminaires_lie_by_segment_and_cable) {
    uint32_t next = 1;
    for (uint32_t i = 1; i < city.segment_n; i++) {
        const dd_segment *segment = &city.segments[i];
        cr_assert_eq(segment->first_lamp, next);
        next += segment->lamp_count;
        for (uint32_t k = 1; k < segment->lamp_count; k++) {
            const dd_lamp *a = &city.lamps[segment->first_lamp + k - 1], *b = a + 1;
            cr_assert_eq(b->segment, i);
            cr_assert_eq(city.feeders[b->feeder].segment, i);
            if (a->feeder == b->feeder) cr_assert_leq(a->cable_m, b->cable_m);
        }
    }
    cr_expect_eq(next, city.lamp_n);
}

Test(city, knows_the_nearest_ward) {
    cr_expect_str_eq(city.wards[dd_city_ward_at(&city, &city.wards[7].centre)].name, "Phú Khương");
}

Test(city, measures_as_the_earth_is) {
    // A thousandth of a degree of latitude at 10 degrees north: 110.61 m (WGS84).
    dd_point a = city.lamps[1].place, b = a;
    b.y = a.y + 110.61f;
    cr_expect_float_eq(dd_distance_m(&a, &b), 110.61f, 0.01);
    double metres = (city.lamps[6800].place.y - a.y) / (city.lamps[6800].place.lat - a.lat);
    cr_expect_float_eq(metres / 1000, 110.61, 0.02);
}

Test(city, multiplies_side_by_side) {
    dd_city many;
    cr_assert(dd_city_multiply(&city, 3, &many, &error), "%s", error.text);
    cr_expect_eq(many.lamp_n - 1, 3 * 6800);
    cr_expect_eq(many.segment_n - 1, 3 * (city.segment_n - 1));
    cr_expect_str_eq(many.lamps[1].id, "L-0001");
    cr_expect_str_eq(many.lamps[6801].id, "c2.L-0001");
    cr_expect_str_eq(many.roads[84].id, "c2.road-001");
    cr_expect_str_eq(many.roads[84].name, city.roads[1].name);
    const dd_lamp *lamp = &many.lamps[6801];
    cr_expect_eq(lamp->segment, city.segment_n - 1 + city.lamps[1].segment);
    cr_expect_eq(many.segments[lamp->segment].first_lamp, 6801);
    cr_expect_eq(dd_city_ward_at(&many, &lamp->place), lamp->ward);
    cr_expect_gt(dd_distance_m(&many.lamps[1].place, &lamp->place), 10000.0f);
    dd_city_finding findings[DD_CITY_FINDINGS];
    uint32_t failed;
    cr_assert(dd_city_check(&many, findings, &failed, &error));
    cr_expect_eq(failed, 0);
    dd_city_fini(&many);
}

Test(city, does_not_multiply_by_nothing) {
    dd_city many;
    cr_expect_not(dd_city_multiply(&city, 0, &many, &error));
    cr_expect(strstr(error.text, "ask for 1 to 10000"), "%s", error.text);
}
