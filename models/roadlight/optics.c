#include "models/roadlight/optics.h"

#include <math.h>

static const double ROOT_PI = 1.7724538509055160273;

dd_optics dd_optics_of(uint8_t model) {
    static const dd_optics street = {.along = 1.7, .front = 1.2, .back = 0.35},
                           flood = {.along = 1.3, .front = 1.3, .back = 0.7},
                           bulb = {.along = 1.6, .front = 1.6, .back = 1.6};
    switch (model) {
    case DD_FLOOD_100:
    case DD_FLOOD_200:
    case DD_FLOOD_400:
    case DD_HALIDE_250:
    case DD_HALIDE_400:
    case DD_HALIDE_1000:
        return flood;
    case DD_BULB_5:
    case DD_BULB_10:
    case DD_CFL_20:
    case DD_CFL_40:
        return bulb;
    default:
        return street;
    }
}

// On the plane one height below, a lumen; u and v are tangents of the direction.
static double spread(const dd_optics *optics, double u, double v) {
    double a = u / optics->along, b = v / (v < 0 ? optics->back : optics->front);
    double scale = optics->along * (optics->front + optics->back) / 2 * ROOT_PI * ROOT_PI;
    return exp(-a * a - b * b) / scale;
}

double dd_optics_illuminance(const dd_optics *optics, double x, double y, double height) {
    return spread(optics, x / height, y / height) / (height * height);
}

double dd_optics_intensity(const dd_optics *optics, double gamma, double azimuth) {
    double tangent = tan(gamma), cosine = cos(gamma);
    return spread(optics, tangent * cos(azimuth), tangent * sin(azimuth)) /
           (cosine * cosine * cosine);
}

// From the foot of the luminaire to a distance across the road.
static double share_to(const dd_optics *optics, double v) {
    double width = v < 0 ? optics->back : optics->front;
    return width / (optics->front + optics->back) * erf(v / width);
}

double dd_optics_share(const dd_optics *optics, double near, double far, double height) {
    return share_to(optics, far / height) - share_to(optics, near / height);
}
