#include "models/sky/tide.h"
#include "models/controller/core/angle.h"

static const double DAY_S = 86400;
static const double CENTURY_D = 36525;
static const double J2000_D = 10957.5; // days from 1970-01-01 to 2000-01-01 12:00

// Mean longitudes of moon, sun, lunar perigee and lunar node, degrees.
typedef struct longitudes {
    double moon, sun, perigee, node;
} longitudes;

static longitudes longitudes_at(double days) {
    double t = (days - J2000_D) / CENTURY_D;
    return (longitudes){.moon = 218.3164 + 481267.8812 * t,
                        .sun = 280.4661 + 36000.7698 * t,
                        .perigee = 83.3535 + 4069.0137 * t,
                        .node = 125.0445 - 1934.1363 * t};
}

// V = turns * 15° UT + moon s + sun h + perigee p + offset; f = f0 + f1 cos N; u = u1 sin N.
typedef struct constituent {
    int8_t turns, moon, sun, perigee;
    int16_t offset_deg;
    int16_t height_mm; // H [E]
    int16_t lag_deg;   // g, on Greenwich [E]
    double f0, f1, u1_deg;
} constituent;

static const constituent constituents[] = {
    {2, -2, 2, 0, 0, 800, 281, 1, -0.037, -2.1},      // M2
    {2, 0, 0, 0, 0, 320, 318, 1, 0, 0},               // S2: high at 05:36 and 17:36 local
    {2, -3, 2, 1, 0, 160, 256, 1, -0.037, -2.1},      // N2
    {2, 0, 2, 0, 0, 90, 323, 1.024, 0.286, -17.7},    // K2
    {1, 0, 1, 0, 90, 420, 241, 1.006, 0.115, -8.9},   // K1
    {1, -2, 1, 0, 270, 300, 202, 1.009, 0.187, 10.8}, // O1
    {1, 0, -1, 0, 270, 140, 238, 1, 0, 0},            // P1
    {0, 0, 1, 0, 0, 350, 225, 1, 0, 0},               // Sa: monsoon and river, highest in November
};

static double height_of(const constituent *it, double day_part, const longitudes *at) {
    double f = it->f0 + it->f1 * dd_cos_deg(at->node);
    double u = it->u1_deg * dd_sin_deg(at->node);
    double v = it->turns * 360 * day_part + it->moon * at->moon + it->sun * at->sun +
               it->perigee * at->perigee + it->offset_deg;
    return it->height_mm * f * dd_cos_deg(v + u - it->lag_deg);
}

int32_t dd_tide_mm(int64_t unix_s) {
    double days = (double)unix_s / DAY_S;
    longitudes at = longitudes_at(days);
    double day_part = days - (double)(int64_t)days, height = 0;
    for (size_t i = 0; i < DD_COUNT(constituents); i++)
        height += height_of(&constituents[i], day_part, &at);
    return (int32_t)(height < 0 ? height - 0.5 : height + 0.5);
}
