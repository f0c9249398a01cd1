#include "lua/primitives.h"
#include "lua/guard.h"
#include "lua/selection_value.h"

void dd_primitives_push(lua_State *L) {
    lua_newtable(L);
    luaL_setfuncs(L, dd_primitives_setup, 0);
    luaL_setfuncs(L, dd_primitives_select, 0);
    luaL_setfuncs(L, dd_primitives_look, 0);
    luaL_setfuncs(L, dd_primitives_light, 0);
    luaL_setfuncs(L, dd_primitives_act, 0);
    luaL_setfuncs(L, dd_primitives_tell, 0);
    luaL_setfuncs(L, dd_primitives_gear, 0);
    luaL_setfuncs(L, dd_primitives_desk, 0);
    luaL_setfuncs(L, dd_primitives_firmware, 0);
    luaL_setfuncs(L, dd_primitives_board, 0);
    dd_guard_primitives(L);
    dd_selection_open(L);
    lua_setfield(L, -2, "selection_methods");
}
