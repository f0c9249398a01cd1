// What the prelude is built on: the world as C functions. Scenarios never see them.
#pragma once

#include <lua.h>

// Pushes the table of primitives.
void dd_primitives_push(lua_State *L);
