// Makes the project's map from an extract of OpenStreetMap in GeoJSON (roads, water, waterway).
#pragma once

#include "models/city/map.h"

// `folder` holds roads.geojson, water.geojson and waterway.geojson with OpenMapTiles' attributes
// (class, name, ref, oneway, brunnel, length_m). Drops short service ways and paths, and simplifies
// every line to within a metre while all vertices at which ways meet stay. The same extract gives
// the same map.
bool dd_map_derive(const char *folder, dd_map *map, dd_error *error);
