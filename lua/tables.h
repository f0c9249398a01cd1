// Tables in a defined order: pairs and next go through integers in ascending order, other numbers,
// texts byte by byte, false and true, then entities by rank; sort is stable and asks its questions
// in the same order in every run. The table library's long loops are charged to the sandbox.
#pragma once

#include <lua.h>

void dd_tables_open(lua_State *L);
