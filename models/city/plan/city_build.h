// Makes a city's lighting inventory from its map and the designer's rules.
#pragma once

#include "models/city/plan/city_rules.h"

// The inventory as GeoJSON in `city`, the same bytes every time and everywhere. DD_WRONG tells
// which rule cannot be met. The caller ends the text with dd_text_fini.
bool dd_city_build(const dd_map *map, const dd_rules *rules, dd_text *city, dd_error *error);
