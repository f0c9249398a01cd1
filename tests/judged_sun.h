// The sun by libnova (VSOP87), the judge of our own arithmetic.
//
// libnova 0.16 gives the sun's place for the equinox of 2000 and takes the stars' time of the date,
// so that its own rise and set times are 70 s early in 2020. This therefore uses its parts: place
// of the sun, precession to the date, altitude.
#pragma once

#include <libnova/precession.h>
#include <libnova/solar.h>
#include <libnova/transform.h>

// Altitude of the sun's centre in degrees, at a place in degrees and a Unix time.
static inline double judged_altitude(double lat, double lon, double unix_s) {
    struct ln_lnlat_posn place = {.lng = lon, .lat = lat};
    struct ln_equ_posn sun_2000, sun;
    struct ln_hrz_posn seen;
    double julian = unix_s / 86400 + 2440587.5;
    ln_get_solar_equ_coords(julian, &sun_2000);
    ln_get_equ_prec(&sun_2000, julian, &sun);
    ln_get_hrz_from_equ(&sun, &place, julian, &seen);
    return seen.alt;
}
