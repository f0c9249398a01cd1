// What a city is made of, by name: for people who look for one to put into a scenario.
#pragma once

#include "models/city/city.h"

#include <stdio.h>

// Prints the "roads", "segments", "feeders", "wards" or "lamps", a line each with id, name,
// luminaires and where it is. DD_WRONG for any other word.
bool dd_city_list(const dd_city *city, const char *what, FILE *out, dd_error *error);
