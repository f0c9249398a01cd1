// Ground flashes as they come: when, where and how strong. A pure function of (seed, storm, square,
// time), so that every neighbourhood sees the same ones over its own roofs.
#pragma once

#include "engine/time.h"

enum {
    DD_SQUARE_M = 2000, // the city's plane is cut into squares of this size from its origin
    DD_SQUARE_KM2 = 4,
    DD_FLASH_MEDIAN_A = 30000,
};

typedef struct dd_square {
    int32_t column, row; // of the one whose south-west corner is the origin: 0, 0
} dd_square;

typedef struct dd_flash {
    int64_t local_ms;    // civil time, since 1970
    uint16_t x_dm, y_dm; // from the square's south-west corner, tenths of a metre
    uint32_t current_a;  // peak of the first return stroke
} dd_flash;

// A walk through the flashes of a square in one slot of ten minutes.
typedef struct dd_flashes {
    uint64_t seed, key;
    uint64_t counter;
    int64_t at_ms, end_ms;
    int64_t gap_ms; // mean; 0: none at all
} dd_flashes;

// The flashes of a storm (0: nature's own weather; else the scenario's, numbered from 1) in the
// slot number `slot` since 1970, at so many on a million km² in it: a Poisson process.
dd_flashes dd_flashes_of(uint64_t seed, uint32_t storm, dd_square square, int64_t slot,
                         uint32_t per_million_km2);

// The next one; false when there is none any more.
bool dd_flashes_next(dd_flashes *walk, dd_flash *flash);

// A peak current drawn: log-normal, median 30 kA, sigma of ln 0.605 (CIGRE's distribution of
// negative first strokes above 20 kA; facts G2).
uint32_t dd_flash_current_a(uint32_t word);
