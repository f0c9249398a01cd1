// Sunrise, sunset and the sun's altitude by NOAA's solar equations (after Meeus), in plain IEEE
// double arithmetic without a maths library, so that twin and board agree to the last bit.
#pragma once

#include <stdint.h>

// Seconds after local midnight of sunrise and sunset (zenith 90.833 degrees) on a local day given
// in days since 1970-01-01. Places where the sun does not rise or set that day give rise == set
// == 43200 (polar night) or rise 0, set 86400 (midnight sun).
void dd_sun_times(int32_t lat_e6, int32_t lon_e6, int32_t utc_offset_s, int32_t day,
                  int32_t *sunrise_s, int32_t *sunset_s);

// Altitude of the sun's centre in millidegrees (geometric, without refraction) at a Unix time.
int32_t dd_sun_altitude_mdeg(int32_t lat_e6, int32_t lon_e6, int64_t unix_s);
