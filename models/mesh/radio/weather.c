#include "models/mesh/radio/weather.h"

#include <math.h>

int32_t dd_weather_wet_pm(const dd_weather *weather, dd_time now, dd_time dry) {
    int64_t passed = now - weather->since;
    if (weather->wet_pm <= weather->towards_pm || passed >= dry) return weather->towards_pm;
    int32_t wet = weather->wet_pm - (int32_t)(passed * DD_WET_PM / dry);
    return wet > weather->towards_pm ? wet : weather->towards_pm;
}

void dd_weather_set(dd_weather *weather, dd_time now, double rain_mm_h, double wet_mm_h,
                    dd_time dry) {
    int32_t wet = dd_weather_wet_pm(weather, now, dry);
    int32_t towards = (int32_t)lrint(DD_WET_PM * fmin(rain_mm_h / wet_mm_h, 1));
    *weather = (dd_weather){.since = now,
                            .wet_pm = (uint16_t)(wet > towards ? wet : towards),
                            .towards_pm = (uint16_t)towards,
                            .rain_um_per_h = (uint32_t)lrint(rain_mm_h * 1000)};
}
