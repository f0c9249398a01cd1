#include "models/roadlight/roadlight.h"
#include "models/roadlight/street.h"

#include <math.h>
#include <stdlib.h>

// Luminaires within the first are one place, as an opposite pair; a stretch longer than the second
// is not lit by anybody's plan (a bridge, the end of the works).
static const double SAME_M = 4, FIELD_M = 90;
enum { ACROSS = 3, POINTS_ALONG = 10 }; // EN 13201-3, 7.1: points a lane, and along 30 m or less

// Within a field.
typedef struct field {
    double from, to;
    double sum, least; // of illuminance, over all points
    uint32_t point_n;
    double ul; // of the worst lane
} field;

// Along one lane: three rows of points, and the uniformity on its middle.
static void measure_lane(field *it, const dd_street *street, const double *flux, uint32_t lane) {
    double length = it->to - it->from;
    int along = length <= 30 ? POINTS_ALONG : (int)ceil(length / 3);
    double width = 2 * street->half_width_m / street->lane_n, least = INFINITY, most = 0;
    for (int row = 0; row < ACROSS; row++) {
        double y = -street->half_width_m + width * (lane + (row + 0.5) / ACROSS);
        for (int i = 0; i < along; i++) {
            double x = it->from + length * (i + 0.5) / along;
            double e = dd_street_illuminance(street, flux, x, y);
            it->sum += e;
            it->point_n++;
            it->least = fmin(it->least, e);
            if (row != ACROSS / 2) continue;
            least = fmin(least, e);
            most = fmax(most, e);
        }
    }
    it->ul = fmin(it->ul, most > 0 ? least / most : 0);
}

static void add_field(dd_road_light *light, const dd_street *street, const double *flux, double q0,
                      double from, double to) {
    field it = {.from = from, .to = to, .least = (double)INFINITY, .ul = (double)INFINITY};
    for (uint32_t lane = 0; lane < street->lane_n; lane++)
        measure_lane(&it, street, flux, lane);
    double e_av = it.sum / it.point_n, u0 = e_av > 0 ? it.least / e_av : 0;
    bool good = dd_lighting_meets(light->wanted, q0 * e_av, u0, it.ul);
    dd_road_light one = {.field_n = 1,
                         .length_m = to - from,
                         .e_av_lx = e_av,
                         .l_av = q0 * e_av,
                         .u0 = u0,
                         .ul = it.ul,
                         .u0_least = u0,
                         .ul_least = it.ul,
                         .wanted = light->wanted,
                         .met_share = good ? 100 : 0};
    dd_road_light_add(light, &one);
}

static void blend(double *mean, double more, double share) {
    *mean += (more - *mean) * share;
}

void dd_road_light_add(dd_road_light *sum, const dd_road_light *more) {
    if (!more->field_n) return;
    if (!sum->field_n) {
        *sum = *more;
    } else {
        double share = more->length_m / (sum->length_m + more->length_m);
        sum->field_n += more->field_n;
        sum->length_m += more->length_m;
        blend(&sum->e_av_lx, more->e_av_lx, share);
        blend(&sum->l_av, more->l_av, share);
        blend(&sum->u0, more->u0, share);
        blend(&sum->ul, more->ul, share);
        blend(&sum->met_share, more->met_share, share);
        sum->u0_least = fmin(sum->u0_least, more->u0_least);
        sum->ul_least = fmin(sum->ul_least, more->ul_least);
    }
    sum->met = dd_lighting_class_met(sum->l_av, sum->u0, sum->ul);
}

static bool measure_line(dd_road_light *light, const dd_street *street, double q0, dd_flux_of flux,
                         const void *context, dd_error *error) {
    double *all = calloc(street->lamp_n + 1, sizeof *all);
    if (!all) return dd_fail(error, DD_OUTSIDE, "no memory for %u lamps", street->lamp_n);
    for (uint32_t i = 0; i < street->lamp_n; i++)
        all[i] = flux(context, street->lamps[i].lamp);
    for (uint32_t last = 0, i = 1; i < street->lamp_n; i++) {
        double length = street->lamps[i].x - street->lamps[last].x;
        if (length < SAME_M) continue;
        if (length <= FIELD_M)
            add_field(light, street, all, q0, street->lamps[last].x, street->lamps[i].x);
        last = i;
    }
    free(all);
    return true;
}

bool dd_road_light_measure(dd_road_light *light, const dd_city *city, const dd_settings *settings,
                           uint32_t road, dd_flux_of flux, const void *context, dd_error *error) {
    const dd_road *place = &city->roads[road];
    *light = (dd_road_light){.wanted = dd_lighting_class_of_road(place->class)};
    bool good = true;
    for (uint32_t line = 0; good && line < place->line_count; line++) {
        dd_street street;
        if (!dd_street_make(&street, city, settings, road, line, error)) return false;
        good = measure_line(light, &street, settings->road_q0, flux, context, error);
        dd_street_fini(&street);
    }
    return good;
}
