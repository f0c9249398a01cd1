// What is said of the weather, in the units that people use.
#pragma once

#include "models/sky/sky.h"

// Says a figure of the weather by its DD_SAID_ number, in mm/h, %, °C or m. False and an error when
// the place cannot have it so.
bool dd_weather_say(dd_sky_said *said, unsigned what, double value, dd_error *error);
