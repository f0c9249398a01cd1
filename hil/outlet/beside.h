// Files that the build puts beside the program: the reference firmware for each machine.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Where a file of that name lies, beside the program or in the folder above it (the tests are a
// folder below). False: nowhere.
bool dd_beside(const char *name, char *path, size_t size);
