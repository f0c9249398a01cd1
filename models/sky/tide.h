// The tide at Bến Tre from its harmonic constituents, as tide tables are made.
#pragma once

#include "engine/base.h"

// Height of the water over mean sea level, millimetres, at a Unix time: the sum of H f cos(V + u -
// g) over the constituents, with the astronomical arguments of the moon and the sun (mean
// longitudes and nodal corrections: D. Pugh, Tides, Surges and Mean Sea-Level (1987), tables 4:3
// and 4:4). Amplitudes H and phases g are estimates: those of the coast at Vũng Tàu, damped and
// late as at a town 50 km up the river, such that the highest waters come as facts G1 has them. No
// storm surge.
int32_t dd_tide_mm(int64_t unix_s);
