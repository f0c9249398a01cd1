#include "models/city/polyline.h"

#include <math.h>

static const double RADIANS = 3.14159265358979323846 / 180;

static double millimetres(double metres) {
    return floor(metres * 1000 + 0.5) / 1000;
}

dd_projection dd_projection_at(double lon, double lat) {
    double a = lat * RADIANS;
    return (dd_projection){
        .lon = lon,
        .lat = lat,
        .m_per_lon = millimetres(111412.84 * cos(a) - 93.5 * cos(3 * a) + 0.118 * cos(5 * a)),
        .m_per_lat =
            millimetres(111132.92 - 559.82 * cos(2 * a) + 1.175 * cos(4 * a) - 0.0023 * cos(6 * a)),
    };
}

dd_xy dd_project(const dd_projection *projection, double lon, double lat) {
    return (dd_xy){(lon - projection->lon) * projection->m_per_lon,
                   (lat - projection->lat) * projection->m_per_lat};
}

double dd_xy_distance(dd_xy a, dd_xy b) {
    double x = a.x - b.x, y = a.y - b.y;
    return sqrt(x * x + y * y);
}

double dd_polyline_length(const dd_xy *points, uint32_t n) {
    double length = 0;
    for (uint32_t i = 1; i < n; i++)
        length += dd_xy_distance(points[i - 1], points[i]);
    return length;
}

dd_xy dd_polyline_at(const dd_xy *points, uint32_t n, double chainage, dd_xy *direction) {
    uint32_t i = 1;
    double part = dd_xy_distance(points[0], points[1]);
    while (i + 1 < n && (chainage > part || part == 0)) {
        chainage -= part;
        i++;
        part = dd_xy_distance(points[i - 1], points[i]);
    }
    if (chainage < 0 || part == 0) chainage = 0;
    if (chainage > part) chainage = part;
    dd_xy a = points[i - 1], b = points[i];
    *direction = part > 0 ? (dd_xy){(b.x - a.x) / part, (b.y - a.y) / part} : (dd_xy){1, 0};
    return (dd_xy){a.x + direction->x * chainage, a.y + direction->y * chainage};
}

// How far along a->b, from 0 to 1, the point nearest to `place` lies.
static double nearest_part(dd_xy a, dd_xy b, dd_xy place) {
    double x = b.x - a.x, y = b.y - a.y, square = x * x + y * y;
    if (square == 0) return 0;
    double part = ((place.x - a.x) * x + (place.y - a.y) * y) / square;
    return part < 0 ? 0 : part > 1 ? 1 : part;
}

static dd_xy between(dd_xy a, dd_xy b, double part) {
    return (dd_xy){a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part};
}

double dd_polyline_nearest(const dd_xy *points, uint32_t n, dd_xy place, double *chainage) {
    double best = INFINITY, passed = 0;
    *chainage = 0;
    for (uint32_t i = 1; i < n; i++) {
        double part = nearest_part(points[i - 1], points[i], place);
        double distance = dd_xy_distance(place, between(points[i - 1], points[i], part));
        double length = dd_xy_distance(points[i - 1], points[i]);
        if (distance < best) {
            best = distance;
            *chainage = passed + part * length;
        }
        passed += length;
    }
    return best;
}

static void simplify(const dd_xy *points, uint32_t first, uint32_t last, double tolerance,
                     uint8_t *keep) {
    double farthest = tolerance;
    uint32_t split = first;
    for (uint32_t i = first + 1; i < last; i++) {
        double part = nearest_part(points[first], points[last], points[i]);
        double distance = dd_xy_distance(points[i], between(points[first], points[last], part));
        if (distance > farthest) {
            farthest = distance;
            split = i;
        }
    }
    for (uint32_t i = first + 1; split == first && i < last; i++)
        keep[i] = 0;
    if (split == first) return;
    simplify(points, first, split, tolerance, keep);
    simplify(points, split, last, tolerance, keep);
}

void dd_polyline_simplify(const dd_xy *points, uint32_t n, double tolerance, uint8_t *keep) {
    uint32_t first = 0;
    for (uint32_t i = 1; i < n; i++) {
        if (i + 1 < n && keep[i] != 2) continue;
        simplify(points, first, i, tolerance, keep);
        first = i;
    }
}
