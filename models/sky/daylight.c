#include "models/sky/daylight.h"

#include <math.h>

enum {
    LEAST_MD = -18000,
    MOST_MD = 90000,
    STEP_MD = 100, // a tenth of a degree: twilight changes by a tenth, and between is even
    STEPS = (MOST_MD - LEAST_MD) / STEP_MD,
    FULL_PM = 1000,
    DEEP_UM_H = 2500, // rain from a cloud that lets half of the daylight through
};

static int64_t clear_mlx[STEPS + 1];
static uint16_t left_pm[FULL_PM + 1]; // by clouds

static double lg_lux(double degrees) {
    static const struct {
        double above, c[4];
    } pieces[] = {
        {20, {3.74, 3.97, -4.07, 1.47}},         {5, {3.05, 13.28, -45.98, 64.33}},
        {-0.8, {2.88, 22.26, -207.64, 1034.30}}, {-5, {2.88, 21.81, -258.11, -858.36}},
        {-12, {2.70, 12.17, -431.69, -1899.83}}, {-91, {13.84, 262.72, 1447.42, 2797.93}}};
    size_t i = 0;
    while (degrees <= pieces[i].above)
        i++;
    double x = degrees / 90;
    const double *c = pieces[i].c;
    return c[0] + x * (c[1] + x * (c[2] + x * c[3]));
}

__attribute__((constructor)) static void build_tables(void) {
    for (int i = 0; i <= STEPS; i++) {
        double lux = pow(10, lg_lux((LEAST_MD + i * STEP_MD) / 1000.0));
        clear_mlx[i] = llrint(1000 * lux);
    }
    for (int n = 0; n <= FULL_PM; n++)
        left_pm[n] = (uint16_t)lrint(FULL_PM * (1 - 0.75 * pow(n / (double)FULL_PM, 3.4)));
}

static int64_t clear_sky(int32_t elevation_md) {
    if (elevation_md <= LEAST_MD) return 0;
    if (elevation_md >= MOST_MD) return clear_mlx[STEPS];
    int32_t above = elevation_md - LEAST_MD, i = above / STEP_MD, rest = above % STEP_MD;
    return clear_mlx[i] + (clear_mlx[i + 1] - clear_mlx[i]) * rest / STEP_MD;
}

int64_t dd_daylight_mlx(int32_t elevation_md, uint16_t clouds_pm, uint32_t rain_um_h) {
    uint16_t clouds = clouds_pm < FULL_PM ? clouds_pm : FULL_PM;
    int64_t through = clear_sky(elevation_md) * left_pm[clouds] / FULL_PM;
    return DD_STARLIGHT_MLX + through * DEEP_UM_H / (DEEP_UM_H + (int64_t)rain_um_h);
}
