// What a city has, in figures.
#pragma once

#include "models/city/city.h"

#include <stdio.h>

// Prints a city's figures for a person, or as one JSON object. False (DD_OUTSIDE) without memory.
bool dd_city_info(const dd_city *city, bool json, FILE *file, dd_error *error);
