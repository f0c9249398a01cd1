// The string library: Lua's own, with our matcher (lua/pattern.h) under find, match, gmatch and
// gsub, and with all work charged to the sandbox.
#pragma once

#include <lua.h>

void dd_strings_open(lua_State *L);
