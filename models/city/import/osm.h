// OpenStreetMap files (.osm, .osm.gz, .pbf): street lamps, highways and the settlements that make
// wards.
#pragma once

#include "models/city/import/inventory.h"

// Whether a path's name is that of an OpenStreetMap file.
bool dd_osm_is(const char *path);

// Adds what a file holds. DD_WRONG names the file, and what in it is wrong.
bool dd_osm_read(const char *path, dd_inventory *inventory, dd_error *error);
