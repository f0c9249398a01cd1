// The city by night as a picture: waters, roads and every luminaire in its light, as SVG.
#pragma once

#include "models/city/city.h"
#include "models/city/map.h"

#include <stdio.h>

// Draws the map and the lamps upon it, fitted to the lamps. False (DD_OUTSIDE) when `out` refuses.
bool dd_city_draw(const dd_city *city, const dd_map *map, FILE *out, dd_error *error);
