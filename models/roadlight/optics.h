// How luminaires spread their light: a smooth stand-in for a photometric file (IES, EULUMDAT), an
// engineering estimate and no DIALux. What falls on the plane below is a product of two bells, one
// along the road and one across it, in units of the mounting height h:
//
//   E(x, y) = flux / h^2 * A(x / h) * B(y / h)
//   A(u) = exp(-(u / along)^2) / (along sqrt(pi))
//   B(v) = exp(-(v / front)^2) * 2 / ((front + back) sqrt(pi))     and with `back` behind the lamp
//
// All the flux falls on the plane, so none is lost or made; as intensity this is the batwing of a
// road luminaire: brightest some 61 degrees from the nadir along the road, cut off above 75.
#pragma once

#include "models/light/catalogue.h"

typedef struct dd_optics {
    double along, front, back; // widths of the bells, mounting heights
} dd_optics;

// Of a model by its number in the catalogue: street optics, but wide ones for floods, and round
// ones for bulbs.
dd_optics dd_optics_of(uint8_t model);

// Horizontal illuminance, lux a lumen, at `x` m along the road and `y` m before the luminaire
// (negative: behind it), `height` m below it.
double dd_optics_illuminance(const dd_optics *optics, double x, double y, double height);

// Luminous intensity, candela a lumen, `gamma` from the nadir (below a right angle) and `azimuth`
// from the road's direction towards the front, radians. E = I cos^3(gamma) / h^2 joins the two.
double dd_optics_intensity(const dd_optics *optics, double gamma, double azimuth);

// Share of the flux that falls between `near` and `far` m before the luminaire, on an endless road:
// its utilisation factor.
double dd_optics_share(const dd_optics *optics, double near, double far, double height);
