// Daylight on open ground by the sun's elevation, under clouds and rain.
#pragma once

#include "engine/base.h"

#define DD_STARLIGHT_MLX 2 // stars and airglow alone: 0.002 lx, where the sun's formula ends

// Illuminance on a horizontal plane, thousandths of a lux.
//   elevation_md   of the sun's centre, geometric, thousandths of a degree
//   clouds_pm      share of the sky, thousandths
//   rain_um_h      thousandths of mm/h: how deep the cloud is that it falls from
//
// A clear sky: P. K. Seidelmann (ed.), Explanatory Supplement to the Astronomical Almanac (1992),
// 9.3: lg E = l0 + l1 x + l2 x² + l3 x³, x = elevation / 90°, within 5 % (453 lx at sunset, 3.4 lx
// at -6°, 0.008 lx at -12°; facts G2). Clouds: F. Kasten and G. Czeplak, Solar Energy 24 (1980),
// 177: the share 1 - 0.75 n^3.4 is left. Thunderclouds: a half is left at 2.5 mm/h, a
// twentieth at 50 mm/h (estimate). Moonlight, at most 0.3 lx, moves no photocell and is left out.
int64_t dd_daylight_mlx(int32_t elevation_md, uint16_t clouds_pm, uint32_t rain_um_h);
