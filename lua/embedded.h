// The Lua library (lua/*.lua), compiled into the program as bytes by cmake/embed.cmake.
#pragma once

#include "engine/base.h"

typedef struct dd_embedded {
    const char *name; // "truth.lua"
    const char *text; // `size` bytes, then a zero
    size_t size;
} dd_embedded;

// All files in order of name; the last row has no name.
extern const dd_embedded dd_embedded_files[];

// The file of that name, which must be there.
const dd_embedded *dd_embedded_find(const char *name);
