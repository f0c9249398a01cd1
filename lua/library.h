// The Lua library: what every scenario finds in its world, in files of lua/ that are compiled into
// the program. Their comments with three dashes are the reference (lua/reference.h).
#pragma once

#include "lua/sandbox.h"

// The files in the order in which they are loaded, and told of; ends with NULL.
//
// Each is called with the primitives of lua/primitives.c, a table that the files share and
// scenarios never see, and a table of the functions that the house calls (lua/script.c).
extern const char *const dd_library_files[];

// Loads them all, and keeps what the house calls in the registry as "house".
bool dd_library_load(dd_sandbox *sandbox, dd_error *error);
