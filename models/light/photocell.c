#include "models/light/photocell.h"

static uint8_t sides(const dd_photocell_points *points, int64_t light_mlx) {
    return (uint8_t)((light_mlx < points->on_mlx ? DD_PHOTOCELL_BELOW_ON : 0) |
                     (light_mlx > points->off_mlx ? DD_PHOTOCELL_ABOVE_OFF : 0));
}

uint8_t dd_photocell_begin(const dd_photocell_points *points, int64_t light_mlx) {
    uint8_t now = sides(points, light_mlx);
    return now & DD_PHOTOCELL_BELOW_ON ? now | DD_PHOTOCELL_DARK : now;
}

// Below both set points it is dark, above both light; between them it matters where it came from.
uint8_t dd_photocell_look(const dd_photocell_points *points, uint8_t cell, int64_t light_mlx) {
    uint8_t now = sides(points, light_mlx), crossed = now & (uint8_t)~cell;
    if (now == DD_PHOTOCELL_BELOW_ON) return now | DD_PHOTOCELL_DARK;
    if (now == DD_PHOTOCELL_ABOVE_OFF || crossed & DD_PHOTOCELL_ABOVE_OFF) return now;
    if (crossed & DD_PHOTOCELL_BELOW_ON) return now | DD_PHOTOCELL_DARK;
    return now | (cell & DD_PHOTOCELL_DARK);
}
