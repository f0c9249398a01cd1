#include "models/controller/core/angle.h"

#include <stdint.h>

static const double pi = 3.14159265358979323846;

double dd_turn_deg(double degrees) {
    double turns = (double)(int64_t)(degrees / 360.0);
    double rest = degrees - 360.0 * turns;
    return rest < 0 ? rest + 360.0 : rest;
}

// Taylor series about 0 for |x| up to pi/4: the first term left out is below 5e-17.
static double sin_small(double x) {
    static const double c[] = {
        -1.0 / 6,        1.0 / 120,         -1.0 / 5040,          1.0 / 362880,
        -1.0 / 39916800, 1.0 / 6227020800., -1.0 / 1307674368000.};
    double xx = x * x, sum = 0;
    for (int i = 6; i >= 0; i--)
        sum = (sum + c[i]) * xx;
    return x + x * sum;
}

static double cos_small(double x) {
    static const double c[] = {
        -1.0 / 2,       1.0 / 24,        -1.0 / 720,          1.0 / 40320,
        -1.0 / 3628800, 1.0 / 479001600, -1.0 / 87178291200., 1.0 / 20922789888000.};
    double xx = x * x, sum = 0;
    for (int i = 7; i >= 0; i--)
        sum = (sum + c[i]) * xx;
    return 1 + sum;
}

double dd_sin_deg(double degrees) {
    double turn = dd_turn_deg(degrees);
    int quarter = (int)((turn + 45.0) / 90.0); // nearest multiple of 90 degrees
    double rest = (turn - 90.0 * quarter) * (pi / 180.0);
    switch (quarter & 3) {
    case 0:
        return sin_small(rest);
    case 1:
        return cos_small(rest);
    case 2:
        return -sin_small(rest);
    default:
        return -cos_small(rest);
    }
}

double dd_cos_deg(double degrees) {
    return dd_sin_deg(degrees + 90.0);
}

// Newton's iteration from above; it falls until rounding stops it.
double dd_root(double x) {
    if (!(x > 0)) return 0;
    double root = x > 1 ? x : 1;
    for (int i = 0; i < 64; i++) {
        double next = 0.5 * (root + x / root);
        if (next >= root) break;
        root = next;
    }
    return root;
}

// Series for |x| up to tan(pi/12) = 0.268: the first term left out is below 3e-14.
static double atan_small(double x) {
    double xx = x * x, sum = 0;
    for (int i = 21; i >= 1; i -= 2)
        sum = 1.0 / i - xx * sum;
    return x * sum;
}

double dd_atan_deg(double x) {
    if (x < 0) return -dd_atan_deg(-x);
    if (x > 1) return 90.0 - dd_atan_deg(1.0 / x);
    const double tan30 = 0.57735026918962576451, tan15 = 0.26794919243112270647;
    if (x <= tan15) return atan_small(x) * (180.0 / pi);
    return 30.0 + atan_small((x - tan30) / (1.0 + x * tan30)) * (180.0 / pi);
}

double dd_asin_deg(double x) {
    if (x >= 1) return 90.0;
    if (x <= -1) return -90.0;
    return dd_atan_deg(x / dd_root((1.0 - x) * (1.0 + x)));
}

double dd_acos_deg(double x) {
    return 90.0 - dd_asin_deg(x);
}
