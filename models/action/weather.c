#include "models/action/weather.h"

#include <math.h>

bool dd_weather_say(dd_sky_said *said, unsigned what, double value, dd_error *error) {
    said->what |= (uint8_t)what;
    switch (what) {
    case DD_SAID_RAIN: // the hardest hour ever measured had some 400
        said->rain_um_h = (uint32_t)lrint(fmax(value, 0) * 1000);
        return dd_setting_in_range("rain", value, 0, 500, "mm/h", error);
    case DD_SAID_CLOUDS:
        said->clouds_pm = (uint16_t)lrint(fmax(value, 0) * 10);
        return dd_setting_in_range("clouds", value, 0, 100, "%", error);
    case DD_SAID_TEMPERATURE:
        said->temperature_md = (int32_t)lrint(value * 1000);
        return dd_setting_in_range("temperature", value, -20, 60, "°C", error);
    default:
        said->water_mm = (int32_t)lrint(value * 1000);
        return dd_setting_in_range("water", value, -10, 10, "m", error);
    }
}
