// NOAA's solar equations (NOAA Global Monitoring Laboratory, "Solar Calculator"), which follow
// J. Meeus, Astronomical Algorithms, chapters 25 and 28, to about 0.01 degrees.
#include "models/controller/core/sun.h"

#include <stdbool.h>

#include "models/controller/core/angle.h"

enum { DAY_S = 86400 };

// What is needed of the sun at one moment.
typedef struct place_of_sun {
    double declination_deg;
    double equation_s; // equation of time: apparent minus mean solar time
} place_of_sun;

static place_of_sun sun_at(double unix_s) {
    double t = (unix_s / DAY_S - 10957.5) / 36525.0; // Julian centuries since J2000.0
    double long_mean = 280.46646 + t * (36000.76983 + t * 0.0003032);
    double anomaly = 357.52911 + t * (35999.05029 - 0.0001537 * t);
    double eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t);
    double centre = dd_sin_deg(anomaly) * (1.914602 - t * (0.004817 + 0.000014 * t)) +
                    dd_sin_deg(2 * anomaly) * (0.019993 - 0.000101 * t) +
                    dd_sin_deg(3 * anomaly) * 0.000289;
    double node = 125.04 - 1934.136 * t; // of the moon's orbit, for nutation
    double longitude = long_mean + centre - 0.00569 - 0.00478 * dd_sin_deg(node);
    double tilt = 23.0 +
                  (26.0 + (21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))) / 60.0) / 60.0 +
                  0.00256 * dd_cos_deg(node);
    double tangent = dd_sin_deg(tilt / 2) / dd_cos_deg(tilt / 2), y = tangent * tangent;
    double radians = y * dd_sin_deg(2 * long_mean) - 2 * eccentricity * dd_sin_deg(anomaly) +
                     4 * eccentricity * y * dd_sin_deg(anomaly) * dd_cos_deg(2 * long_mean) -
                     0.5 * y * y * dd_sin_deg(4 * long_mean) -
                     1.25 * eccentricity * eccentricity * dd_sin_deg(2 * anomaly);
    return (place_of_sun){.declination_deg = dd_asin_deg(dd_sin_deg(tilt) * dd_sin_deg(longitude)),
                          .equation_s = radians * 13750.987083139757}; // 86400 / (2 pi)
}

// Cosine of the hour angle at which the sun's centre stands at -0.833 degrees.
static double cos_hour_angle(double lat_deg, double declination_deg) {
    const double cos_zenith = -0.0145380805; // of 90.833 degrees
    return (cos_zenith - dd_sin_deg(lat_deg) * dd_sin_deg(declination_deg)) /
           (dd_cos_deg(lat_deg) * dd_cos_deg(declination_deg));
}

static int32_t nearest(double seconds) {
    return (int32_t)(seconds < 0 ? seconds - 0.5 : seconds + 0.5);
}

static double hold(double value, double low, double high) {
    return value < low ? low : value > high ? high : value;
}

// Seconds after local midnight; `side` is -1 for sunrise, 1 for sunset. The sun is looked up again
// at each estimate, for its declination moves by up to a minute's worth a day. False: never today.
static bool crossing(double lat_deg, double lon_deg, double midnight_s, double offset_s, int side,
                     double *seconds) {
    double noon_s = DAY_S / 2 - lon_deg * 240.0 + offset_s, guess_s = noon_s;
    for (int i = 0; i < 4; i++) {
        place_of_sun sun = sun_at(midnight_s + guess_s);
        double cosine = cos_hour_angle(lat_deg, sun.declination_deg);
        if (cosine > 1 || cosine < -1) {
            *seconds = cosine;
            return false;
        }
        guess_s = noon_s - sun.equation_s + side * dd_acos_deg(cosine) * 240.0;
    }
    *seconds = guess_s;
    return true;
}

void dd_sun_times(int32_t lat_e6, int32_t lon_e6, int32_t utc_offset_s, int32_t day,
                  int32_t *sunrise_s, int32_t *sunset_s) {
    double lat_deg = hold(lat_e6 * 1e-6, -89.9, 89.9), lon_deg = hold(lon_e6 * 1e-6, -180, 180);
    double offset_s = hold(utc_offset_s, -DAY_S, DAY_S);
    double midnight_s = hold(day, -400000, 400000) * DAY_S - offset_s; // the equations' own reach
    double rise, set;
    bool rises = crossing(lat_deg, lon_deg, midnight_s, offset_s, -1, &rise);
    bool sets = crossing(lat_deg, lon_deg, midnight_s, offset_s, 1, &set);
    if (rises && sets) {
        *sunrise_s = nearest(rise);
        *sunset_s = nearest(set);
        return;
    }
    bool night = (rises ? set : rise) > 1; // the sun stays below -0.833 degrees
    *sunrise_s = night ? DAY_S / 2 : 0;
    *sunset_s = night ? DAY_S / 2 : DAY_S;
}

int32_t dd_sun_altitude_mdeg(int32_t lat_e6, int32_t lon_e6, int64_t unix_s) {
    double time_s = hold((double)unix_s, -400000.0 * DAY_S, 400000.0 * DAY_S);
    double lat_deg = hold(lat_e6 * 1e-6, -90, 90), lon_deg = hold(lon_e6 * 1e-6, -180, 180);
    place_of_sun sun = sun_at(time_s);
    double days = time_s / DAY_S, day_part_s = time_s - (double)(int64_t)days * DAY_S;
    double hour_angle_deg = (day_part_s + sun.equation_s) / 240.0 + lon_deg - 180.0;
    double sine =
        dd_sin_deg(lat_deg) * dd_sin_deg(sun.declination_deg) +
        dd_cos_deg(lat_deg) * dd_cos_deg(sun.declination_deg) * dd_cos_deg(hour_angle_deg);
    return nearest(dd_asin_deg(sine) * 1000.0);
}
