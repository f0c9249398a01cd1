// Messages for the author of a scenario: "file:line: what was wrong; what to do", made of a Lua
// error or a place on a Lua stack. Lines are always the scenario's, never the house's own.
#pragma once

#include "engine/base.h"

#include <lua.h>

// Remembers a chunk by the name that dd_sandbox_load was given; must run before its code does.
void dd_message_chunk(lua_State *L, const char *chunk_name);

// Writes "file:line: " of the innermost call of a scenario's function on the thread's stack; false
// and "" when there is none.
bool dd_message_place(lua_State *L, char *text, size_t size);

// Whether the text on top of the stack begins with the place of a known chunk.
bool dd_message_has_place(lua_State *L);

// Writes the message for the error value on top of L's stack, which arose on the thread `at`, whose
// calls are still on its stack. Pops nothing; may call __tostring and raise errors.
void dd_message_error(lua_State *L, lua_State *at, char *text, size_t size);
