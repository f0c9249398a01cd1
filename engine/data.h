// Where the program finds the files that belong to it: cities, ready scenarios.
#pragma once

#include "engine/base.h"

enum { DD_PATH_SIZE = 4096 };

// Finds `relative` ("scenarios/bentre/city.geojson") in the first of these folders that has it, and
// writes its path to `path`, which holds DD_PATH_SIZE bytes:
//   $DOMDOM_DATA, alone when it is set;
//   ../share/domdom from the program (an installation, wherever it was moved);
//   ../.. from the program (build/release in the sources);
//   the data folder of the installation that this build was configured for.
// False (DD_WRONG) when none has it; the message names the folders.
bool dd_data_find(const char *relative, char *path, dd_error *error);
