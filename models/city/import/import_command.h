// `domdom city import`: a city of somebody else's file.
#pragma once

#include "engine/base.h"

// argv[0] is "city", argv[1] "import". Prints the summary to stdout, notes and messages to stderr;
// returns the exit status (dd_status).
int dd_import_command(int argc, char **argv);
