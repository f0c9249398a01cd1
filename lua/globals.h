// The global names that a scenario finds: Lua's basic functions, coroutine, math and utf8, without
// what reaches outside, and with helpful answers to the names that are missing.
#pragma once

#include <lua.h>

// Opens the libraries into the globals of a new state; dd_strings_open and dd_tables_open add the
// rest, and dd_globals_close_up then makes unknown names an error.
void dd_globals_open(lua_State *L);
void dd_globals_close_up(lua_State *L);

// Pushes the value as tostring gives it: no address, __tostring and __name honoured.
const char *dd_globals_text(lua_State *L, int index);

// Puts a C function that charges work and then does what the library's own function did in the
// place of field `name` of the table on top of the stack; the old one is its upvalue.
void dd_globals_wrap(lua_State *L, const char *name, lua_CFunction wrapper);
// For wrappers: runs the old function on the same arguments.
int dd_globals_wrapped(lua_State *L);

// Puts a function into the table on top of the stack that says why it does not exist.
void dd_globals_refuse(lua_State *L, const char *name, const char *text);
