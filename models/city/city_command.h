// `domdom city`: the city's inventory described, verified, built, and its map derived.
#pragma once

#include "engine/base.h"

// Runs `city info|check|build|derive ...`; argv[0] is "city". Prints results to stdout and messages
// to stderr; returns the exit status (dd_status).
int dd_city_command(int argc, char **argv);
