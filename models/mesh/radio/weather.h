// The weather as radio feels it: how wet leaves and housings are. Rain between the antennas itself
// is nothing below 6 GHz (ITU-R P.838-3: 0.02 dB/km at 2.4 GHz in 100 mm/h); the water that clings
// is what costs.
#pragma once

#include "engine/time.h"

enum { DD_WET_PM = 1000 }; // as wet as can be

// Wet at once while it rains; drying evenly when it rains less or no more.
typedef struct dd_weather {
    dd_time since;          // of the last change of the rain
    uint16_t wet_pm;        // then, thousandths of DD_WET_PM's wetness
    uint16_t towards_pm;    // where it dries to
    uint32_t rain_um_per_h; // thousandths of mm/h
} dd_weather;

// The rain changes, to `rain_mm_h`; from `wet_mm_h` on everything is as wet as can be. `dry` is how
// long the wettest takes to dry.
void dd_weather_set(dd_weather *weather, dd_time now, double rain_mm_h, double wet_mm_h,
                    dd_time dry);

// Wetness at a moment not before the last change, thousandths.
int32_t dd_weather_wet_pm(const dd_weather *weather, dd_time now, dd_time dry);
