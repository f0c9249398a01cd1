// What an operator's process is kept from: whatever is true, and what is not an operator's to do.
// The centre's own knowledge is told by lua/primitives_desk.c.
#pragma once

#include "models/action/verb.h"

#include <lua.h>

// Puts a guard before those primitives in the table on the stack's top that an operator must not
// use: within an operator's process they raise an error that says what to ask instead.
void dd_guard_primitives(lua_State *L);

// What an operator is told to ask instead of a primitive; NULL: he may use it.
const char *dd_guard_instead(const char *primitive);

// An error within an operator's process when a figure, a kind of records, or a verb is not its own.
void dd_guard_figure(lua_State *L, const char *name);
void dd_guard_record(lua_State *L, uint16_t kind);
void dd_guard_verb(lua_State *L, dd_verb verb);
