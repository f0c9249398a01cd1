// Light on the road against closed forms: the inverse square, flux that is neither lost nor made,
// superposition, endless rows; and how it falls when lamps are dimmed or dark.
#include "models/roadlight/roadlight.h"
#include "models/roadlight/street.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>

enum { LAMPS = 41, SPACING_M = 30 };
static const double PI = 3.14159265358979323846;

static double away(double value, double right) {
    return fabs(value / right - 1);
}

static const uint8_t models[] = {DD_STREET_150, DD_FLOOD_200, DD_BULB_10};

// --- Optics ---

// Intensity over the solid angle of the lower half space is the flux: Simpson would be no better,
// so smooth is the integrand.
Test(roadlight, all_the_flux_comes_out) {
    for (size_t m = 0; m < DD_COUNT(models); m++) {
        dd_optics optics = dd_optics_of(models[m]);
        enum { GAMMAS = 900, AZIMUTHS = 720 };
        double flux = 0, dg = PI / 2 / GAMMAS, da = 2 * PI / AZIMUTHS;
        for (int i = 0; i < GAMMAS; i++)
            for (int j = 0; j < AZIMUTHS; j++) {
                double gamma = (i + 0.5) * dg;
                flux += dd_optics_intensity(&optics, gamma, (j + 0.5) * da) * sin(gamma) * dg * da;
            }
        cr_expect(away(flux, 1) < 1e-3, "model %u: %g", models[m], flux);
    }
}

Test(roadlight, a_point_gets_by_the_inverse_square) {
    static const double places[][3] = {{0, 0, 8}, {0, 0, 4}, {12, 3, 9}, {-12, -2, 9}, {3, 20, 10}};
    for (size_t m = 0; m < DD_COUNT(models); m++)
        for (size_t i = 0; i < DD_COUNT(places); i++) {
            dd_optics optics = dd_optics_of(models[m]);
            double x = places[i][0], y = places[i][1], h = places[i][2];
            double square = x * x + y * y + h * h, gamma = atan(hypot(x, y) / h);
            double right = dd_optics_intensity(&optics, gamma, atan2(y, x)) / square * cos(gamma);
            cr_expect(away(dd_optics_illuminance(&optics, x, y, h), right) < 1e-9);
        }
}

// As photometric files of road luminaires have it: most light some 60 degrees up along the road.
Test(roadlight, a_street_luminaire_is_a_batwing) {
    dd_optics optics = dd_optics_of(DD_STREET_75);
    double best = 0, at = 0;
    for (int degrees = 0; degrees < 90; degrees++) {
        double intensity = dd_optics_intensity(&optics, degrees * PI / 180, 0);
        if (intensity <= best) continue;
        best = intensity;
        at = degrees;
    }
    cr_expect(at >= 55 && at <= 68, "%g degrees", at);
    cr_expect(dd_optics_intensity(&optics, 80 * PI / 180, 0) < 0.15 * best); // glare
    double front = dd_optics_share(&optics, 0, 1000, 8),
           all = dd_optics_share(&optics, -1000, 1000, 8);
    cr_expect(away(all, 1) < 1e-9);
    cr_expect(front > 0.7 && front < 0.9);
}

// --- A straight road ---

typedef enum arrangement { ONE_SIDED, OPPOSITE, STAGGERED } arrangement;

typedef struct place {
    dd_city city;
    dd_road roads[2];
    dd_lamp lamps[2 * LAMPS + 1];
    dd_point ends[2];
    uint32_t first[1], size[1];
    dd_settings settings;
    double flux[2 * LAMPS + 1]; // by lamp
} place;

static void add_lamp(place *it, double x, double y) {
    it->flux[it->city.lamp_n] = 10000;
    it->lamps[it->city.lamp_n++] = (dd_lamp){.place = {.x = (float)x, .y = (float)y},
                                             .road = 1,
                                             .height_m = 9,
                                             .kind = DD_STREET_75,
                                             .chainage_m = (float)x};
    it->roads[1].lamp_count++;
}

static place *lay(arrangement how) {
    place *it = calloc(1, sizeof *it);
    cr_assert(it != NULL);
    it->ends[1] = (dd_point){.x = LAMPS * SPACING_M};
    it->size[0] = 2;
    it->roads[1] = (dd_road){.name = (char *)(uintptr_t) "Road",
                             .class = DD_ROAD_SECONDARY,
                             .line_count = 1,
                             .line_first = it->first,
                             .line_size = it->size,
                             .points = it->ends};
    it->city = (dd_city){.roads = it->roads, .lamps = it->lamps, .road_n = 2, .lamp_n = 1};
    dd_catalogue_init(&it->city.catalogue);
    it->settings = dd_settings_default();
    for (int i = 0; i < LAMPS; i++) {
        if (how != STAGGERED || i % 2) add_lamp(it, SPACING_M * i, 6.5);
        if (how == OPPOSITE || (how == STAGGERED && i % 2 == 0)) add_lamp(it, SPACING_M * i, -6.5);
    }
    return it;
}

static double flux_of(const void *context, uint32_t lamp) {
    return ((const place *)context)->flux[lamp];
}

static dd_road_light measure(const place *it) {
    dd_road_light light;
    dd_error error;
    cr_assert(dd_road_light_measure(&light, &it->city, &it->settings, 1, flux_of, it, &error));
    return light;
}

static dd_street street_of(const place *it) {
    dd_street street;
    dd_error error;
    cr_assert(dd_street_make(&street, &it->city, &it->settings, 1, 0, &error));
    return street;
}

Test(roadlight, lamps_stand_where_the_city_has_them) {
    place *it = lay(STAGGERED);
    dd_street street = street_of(it);
    cr_expect(eq(u32, street.lamp_n, LAMPS));
    cr_expect(eq(dbl, street.half_width_m, 5.25)); // 10.5 m, and the poles leave 11.6 m
    cr_expect(eq(u32, street.lane_n, 3));
    cr_expect(eq(dbl, street.lamps[1].y, 5.0)); // its arm is 1.5 m
    cr_expect(eq(dbl, street.lamps[1].facing, -1.0));
    cr_expect(eq(dbl, street.lamps[2].facing, 1.0));
    cr_expect(eq(dbl, street.lamps[2].x, 60.0));
    dd_street_fini(&street);
    free(it);
}

Test(roadlight, light_adds_up) {
    place *it = lay(ONE_SIDED);
    dd_street street = street_of(it);
    double each[LAMPS], some[LAMPS] = {0}, sum = 0;
    for (int lamp = 0; lamp < LAMPS; lamp++) {
        for (int i = 0; i < LAMPS; i++)
            each[i] = i == lamp ? 100.0 * lamp : 0;
        some[lamp] = each[lamp];
        sum += dd_street_illuminance(&street, each, 617, 2);
    }
    cr_expect(away(dd_street_illuminance(&street, some, 617, 2), sum) < 1e-12);
    cr_expect(sum > 0);
    dd_street_fini(&street);
    free(it);
}

// Of an endless row each length of one spacing gets one lamp's flux, as far as it falls on the
// carriageway.
Test(roadlight, an_endless_row_gives_its_utilisation) {
    for (int sides = 1; sides <= 2; sides++) {
        place *it = lay(sides == 1 ? ONE_SIDED : OPPOSITE);
        dd_street street = street_of(it);
        double flux[2 * LAMPS], sum = 0, width = 10.5;
        enum { ALONG = 100, ACROSS = 210 };
        for (uint32_t i = 0; i < street.lamp_n; i++)
            flux[i] = 10000;
        for (int i = 0; i < ALONG; i++)
            for (int j = 0; j < ACROSS; j++)
                sum += dd_street_illuminance(&street, flux, 600 + SPACING_M * (i + 0.5) / ALONG,
                                             -width / 2 + width * (j + 0.5) / ACROSS);
        dd_optics optics = dd_optics_of(DD_STREET_75);
        double share = dd_optics_share(&optics, 5 - width / 2, 5 + width / 2, 9);
        double right = sides * 10000 * share / (SPACING_M * width);
        cr_expect(away(sum / (ALONG * ACROSS), right) < 1e-3);
        cr_expect(share > 0.4 && share < 0.85); // as tables of utilisation factors have it
        dd_street_fini(&street);
        free(it);
    }
}

Test(roadlight, the_grid_comes_near_the_closed_form) {
    place *it = lay(OPPOSITE);
    dd_road_light light = measure(it);
    dd_optics optics = dd_optics_of(DD_STREET_75);
    double right = 2 * 10000 * dd_optics_share(&optics, -0.25, 10.25, 9) / (SPACING_M * 10.5);
    cr_expect(eq(u32, light.field_n, LAMPS - 1));
    cr_expect(eq(dbl, light.length_m, 1200.0));
    cr_expect(away(light.e_av_lx, right) < 0.02, "%g lx, not %g", light.e_av_lx, right);
    cr_expect(away(light.l_av, 0.07 * light.e_av_lx) < 1e-12);
    cr_expect(light.u0 > 0.4 && light.u0 <= 1);
    cr_expect(light.ul > 0.5 && light.ul <= 1);
    free(it);
}

// Across a wide road, one row leaves the far lane dim.
Test(roadlight, two_rows_are_more_even_than_one) {
    place *one = lay(ONE_SIDED), *two = lay(OPPOSITE), *staggered = lay(STAGGERED);
    dd_road_light a = measure(one), b = measure(two), c = measure(staggered);
    cr_expect(b.u0 > a.u0 + 0.1);
    cr_expect(c.u0 > a.u0);
    cr_expect(away(b.e_av_lx, 2 * a.e_av_lx) < 0.02);
    cr_expect(c.ul < b.ul); // each row has twice the spacing
    free(one);
    free(two);
    free(staggered);
}

Test(roadlight, dimming_takes_light_and_leaves_uniformity) {
    place *it = lay(OPPOSITE);
    dd_road_light full = measure(it);
    for (uint32_t i = 1; i < it->city.lamp_n; i++)
        it->flux[i] *= 0.3;
    dd_road_light dimmed = measure(it);
    cr_expect(away(dimmed.l_av, 0.3 * full.l_av) < 1e-9);
    cr_expect(away(dimmed.u0, full.u0) < 1e-9);
    cr_expect(away(dimmed.ul, full.ul) < 1e-9);
    cr_expect(full.met > dimmed.met);
    cr_expect(eq(dbl, full.met_share, 100.0));
    cr_expect(dimmed.met_share < 50);
    free(it);
}

Test(roadlight, dark_lamps_break_uniformity) {
    place *it = lay(ONE_SIDED);
    dd_road_light whole = measure(it);
    it->flux[20] = 0;
    dd_road_light one_dark = measure(it);
    for (uint32_t i = 1; i < it->city.lamp_n; i++)
        it->flux[i] = i % 2 ? 0 : 10000;
    dd_road_light half_dark = measure(it);
    cr_expect(one_dark.u0_least < 0.7 * whole.u0_least, "%g %g", one_dark.u0_least, whole.u0_least);
    cr_expect(away(one_dark.l_av, whole.l_av) < 0.03);
    cr_expect(half_dark.ul < 0.5 * whole.ul, "%g %g", half_dark.ul,
              whole.ul); // facts A5: alternate lamps off
    cr_expect(away(half_dark.l_av, whole.l_av / 2) < 0.05);
    for (uint32_t i = 1; i < it->city.lamp_n; i++)
        it->flux[i] = 0;
    dd_road_light dark = measure(it);
    cr_expect(eq(dbl, dark.e_av_lx, 0.0));
    cr_expect(eq(dbl, dark.u0, 0.0));
    cr_expect(eq(int, dark.met, DD_ME_NONE));
    free(it);
}

// --- Classes ---

Test(roadlight, classes_are_those_of_the_facts) {
    cr_expect(eq(int, dd_lighting_class_met(2.0, 0.4, 0.7), DD_ME1));
    cr_expect(eq(int, dd_lighting_class_met(1.99, 0.4, 0.7), DD_ME2));
    cr_expect(eq(int, dd_lighting_class_met(1.49, 0.4, 0.7), DD_ME3A));
    cr_expect(eq(int, dd_lighting_class_met(1.49, 0.4, 0.6), DD_ME3B));
    cr_expect(eq(int, dd_lighting_class_met(5, 0.4, 0.5), DD_ME3C));
    cr_expect(eq(int, dd_lighting_class_met(0.75, 0.4, 0.6), DD_ME4A));
    cr_expect(eq(int, dd_lighting_class_met(0.75, 0.4, 0.5), DD_ME4B));
    cr_expect(eq(int, dd_lighting_class_met(5, 0.39, 0.9), DD_ME5));
    cr_expect(eq(int, dd_lighting_class_met(0.49, 0.9, 0.9), DD_ME6));
    cr_expect(eq(int, dd_lighting_class_met(9, 0.34, 0.9), DD_ME_NONE));
}
