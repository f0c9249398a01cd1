// What all primitives share: from the Lua state to the world, and from the models' errors to Lua's.
#pragma once

#include "lua/scenario.h"

// An error of the models becomes an error of the scenario, at the scenario's line; does not return.
int dd_primitive_raise(lua_State *L, const dd_error *error);

// An unknown word becomes an error; `hint` says where the right ones stand. Does not return.
int dd_primitive_no_such(lua_State *L, const char *what, const char *word, const char *const *words,
                         const char *hint);

// The world, opened if need be.
dd_world *dd_primitive_world(lua_State *L);

// The world at work; an error before it is. `what` is what was tried.
dd_world *dd_primitive_running(lua_State *L, const char *what);

// The scenario, once scenario{...} has been called; an error before.
dd_scenario *dd_primitive_declared(lua_State *L);

// The list of {at=, level=} at `index` as a program; an error when it is none.
void dd_primitive_points(lua_State *L, int index, dd_program *program);
