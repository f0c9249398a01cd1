// The files of a scenario's city: its inventory and, where there is one, the map beside it, by
// which crews drive.
#pragma once

#include "engine/data.h"

typedef struct dd_city_files {
    char inventory[DD_PATH_SIZE];
    char map[DD_PATH_SIZE]; // "map.geojson" in the same folder; empty: there is none
    char hash[17];          // of the bytes of both, hexadecimal
} dd_city_files;

// Finds the files of a city: "bentre", or the path of an inventory, from where the file `from`
// stands; and hashes them. Errors name the file and what to write.
bool dd_city_files_find(dd_city_files *files, const char *city, const char *from, dd_error *error);
