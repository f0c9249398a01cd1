// Sky and water over the city: pure functions of the seed and the time, the same for everyone, and
// whatever the scenario or an instructor has said instead.
#pragma once

#include "models/world.h"

typedef struct dd_sky {
    int64_t illuminance_mlx; // on the ground, thousandths of a lux
    int32_t elevation_md;    // of the sun's centre, thousandths of a degree
    int32_t temperature_md;  // of the air, thousandths of a °C
    uint32_t rain_um_h;      // thousandths of mm/h
    uint16_t clouds_pm;      // share of the sky, thousandths
    int32_t tide_mm;         // over mean sea level
} dd_sky;

// Now, for a domain that asks.
dd_sky dd_sky_now(const dd_domain *domain);
