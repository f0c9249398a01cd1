// A Lua state whose strings are hashed in the same way in every run.
//
// Lua draws the seed of its string hashes from the clock and from the addresses of its library, and
// offers no way to set it. It shows: `#t` of a list with holes, the moment when a table grows, the
// bytes in use and so the moment when a limit is reached, all depend on it.
#pragma once

#include "lua/heap.h"

#include <lua.h>

// Makes a state in the heap and hands its further allocations to `allocate` with `data`. Fails
// (DD_OUTSIDE) when the heap is full or when this Lua library keeps its seed in an unknown way.
lua_State *dd_seed_new_state(dd_heap *heap, lua_Alloc allocate, void *data, dd_error *error);
