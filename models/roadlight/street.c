#include "models/roadlight/street.h"
#include "models/city/polyline.h"

#include <math.h>
#include <stdlib.h>

// Farther than so many heights along the road a luminaire gives nothing worth adding: e^-14 of what
// falls below it.
static const double REACH_HEIGHTS = 6;
static const double LANE_M = 3.5, LOWEST_M = 1; // no lantern hangs lower

static double width_of_class(const dd_settings *settings, dd_road_class class) {
    const double widths[DD_ROAD_CLASSES] = {[DD_ROAD_TRUNK] = settings->road_trunk_m,
                                            [DD_ROAD_PRIMARY] = settings->road_primary_m,
                                            [DD_ROAD_SECONDARY] = settings->road_secondary_m,
                                            [DD_ROAD_TERTIARY] = settings->road_tertiary_m,
                                            [DD_ROAD_STREET] = settings->road_street_m,
                                            [DD_ROAD_INTERNAL] = settings->road_internal_m};
    return widths[class];
}

// --- Straightening ---

static dd_xy *axis_of(const dd_road *road, uint32_t line) {
    uint32_t n = road->line_size[line];
    const dd_point *points = road->points + road->line_first[line];
    dd_xy *axis = calloc(n, sizeof *axis);
    for (uint32_t i = 0; axis && i < n; i++)
        axis[i] = (dd_xy){points[i].x, points[i].y};
    return axis;
}

// Its pole stands beside the axis, where its arm reaches towards it.
static dd_street_lamp lay_out(const dd_lamp *lamp, uint32_t index, const dd_xy *axis, uint32_t n,
                              const dd_settings *settings) {
    dd_xy direction, on = dd_polyline_at(axis, n, lamp->chainage_m, &direction);
    double left = direction.x * (lamp->place.y - on.y) - direction.y * (lamp->place.x - on.x);
    double side = left < 0 ? -1 : 1;
    double arm = fmin(settings->road_arm_m, fabs(left));
    return (dd_street_lamp){.lamp = index,
                            .x = lamp->chainage_m,
                            .y = left - side * arm,
                            .facing = -side,
                            .height_m = fmax(lamp->height_m, LOWEST_M),
                            .optics = dd_optics_of(lamp->kind)};
}

static int by_x(const void *a, const void *b) {
    const dd_street_lamp *p = a, *q = b;
    return p->x != q->x ? (p->x > q->x) - (p->x < q->x) : (p->lamp > q->lamp) - (p->lamp < q->lamp);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The kerb lies before the poles: half of them stand nearer to the axis than this. 0 without lamps.
static double pole_distance(const dd_street *street, double arm_m) {
    double *all = calloc(street->lamp_n + 1, sizeof *all);
    if (!all || !street->lamp_n) {
        free(all);
        return 0;
    }
    for (uint32_t i = 0; i < street->lamp_n; i++)
        all[i] = fabs(street->lamps[i].y) + arm_m;
    qsort(all, street->lamp_n, sizeof *all, by_value);
    double middle = all[street->lamp_n / 2];
    free(all);
    return middle;
}

static void find_lanes(dd_street *street, const dd_settings *settings, dd_road_class class) {
    double width = width_of_class(settings, class);
    double kerb = pole_distance(street, settings->road_arm_m) - settings->road_setback_m;
    if (kerb > LANE_M / 2 && 2 * kerb < width) width = 2 * kerb;
    street->half_width_m = width / 2;
    street->lane_n = width > 1.5 * LANE_M ? (uint32_t)lrint(width / LANE_M) : 1;
}

bool dd_street_make(dd_street *street, const dd_city *city, const dd_settings *settings,
                    uint32_t road, uint32_t line, dd_error *error) {
    const dd_road *place = &city->roads[road];
    dd_xy *axis = axis_of(place, line);
    *street = (dd_street){.lamps = calloc(place->lamp_count + 1, sizeof *street->lamps)};
    if (!axis || !street->lamps) {
        free(axis);
        dd_street_fini(street);
        return dd_fail(error, DD_OUTSIDE, "no memory for the lamps of %s", place->name);
    }
    for (uint32_t i = 1; i < city->lamp_n && street->lamp_n < place->lamp_count; i++)
        if (city->lamps[i].road == road && city->lamps[i].line == line)
            street->lamps[street->lamp_n++] =
                lay_out(&city->lamps[i], i, axis, place->line_size[line], settings);
    qsort(street->lamps, street->lamp_n, sizeof *street->lamps, by_x);
    find_lanes(street, settings, place->class);
    free(axis);
    return true;
}

void dd_street_fini(dd_street *street) {
    free(street->lamps);
    *street = (dd_street){0};
}

// --- Light ---

// The first lamp at or after `x`.
static uint32_t first_at(const dd_street *street, double x) {
    uint32_t low = 0, high = street->lamp_n;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (street->lamps[middle].x < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

double dd_street_illuminance(const dd_street *street, const double *flux, double x, double y) {
    enum { HIGHEST_M = 20 };
    double reach = REACH_HEIGHTS * HIGHEST_M, sum = 0;
    for (uint32_t i = first_at(street, x - reach); i < street->lamp_n; i++) {
        const dd_street_lamp *lamp = &street->lamps[i];
        double away = lamp->x - x;
        if (away > reach) break;
        if (flux[i] <= 0 || fabs(away) > REACH_HEIGHTS * lamp->height_m) continue;
        sum += flux[i] * dd_optics_illuminance(&lamp->optics, away, lamp->facing * (y - lamp->y),
                                               lamp->height_m);
    }
    return sum;
}
