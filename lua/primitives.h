// What the library is built on: the world as C functions. Scenarios never see them.
#pragma once

#include <lauxlib.h>

// Pushes the table of primitives.
void dd_primitives_push(lua_State *L);

// Its parts, each in its own file; they end with a NULL name.
extern const luaL_Reg dd_primitives_setup[];
extern const luaL_Reg dd_primitives_select[];
extern const luaL_Reg dd_primitives_look[];
extern const luaL_Reg dd_primitives_light[];
extern const luaL_Reg dd_primitives_act[];
extern const luaL_Reg dd_primitives_tell[];
extern const luaL_Reg dd_primitives_gear[];
extern const luaL_Reg dd_primitives_firmware[];
extern const luaL_Reg dd_primitives_desk[];
extern const luaL_Reg dd_primitives_board[];

// lamps_of(selection): the lamps of a selection of anything; of lamps, itself.
int dd_primitive_lamps_of(lua_State *L);
