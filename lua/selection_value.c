#include "lua/selection_value.h"
#include "lua/scenario.h"

#include <lauxlib.h>
#include <string.h>

#define DD_SELECTION "selection"

dd_selection *dd_selection_push(lua_State *L, dd_entity_type type, uint32_t n) {
    size_t size = sizeof(dd_selection) + n * sizeof(uint32_t);
    dd_sandbox_work(L, n);
    dd_selection *selection = lua_newuserdatauv(L, size, 0);
    selection->type = (uint32_t)type;
    selection->n = n;
    luaL_setmetatable(L, DD_SELECTION);
    return selection;
}

bool dd_selection_test(lua_State *L, int index) {
    return luaL_testudata(L, index, DD_SELECTION) != NULL;
}

const dd_selection *dd_selection_check(lua_State *L, int index) {
    const dd_selection *selection = luaL_testudata(L, index, DD_SELECTION);
    if (!selection)
        luaL_error(L, "this needs a selection, such as lamps{road = \"Đồng Khởi\"}, not a %s%s",
                   luaL_typename(L, index),
                   index == 1 ? "; methods are called with a colon: s:lit()" : "");
    return selection;
}

bool dd_selection_rank(void *context, lua_State *L, int index, uint64_t *rank) {
    (void)context;
    const dd_selection *selection = luaL_testudata(L, index, DD_SELECTION);
    if (!selection || selection->n != 1) return false;
    *rank = selection->entities[0];
    return true;
}

static int selection_length(lua_State *L) {
    lua_pushinteger(L, dd_selection_check(L, 1)->n);
    return 1;
}

static int selection_equal(lua_State *L) {
    const dd_selection *a = luaL_testudata(L, 1, DD_SELECTION);
    const dd_selection *b = luaL_testudata(L, 2, DD_SELECTION);
    bool equal = a && b && a->type == b->type && a->n == b->n &&
                 memcmp(a->entities, b->entities, a->n * sizeof *a->entities) == 0;
    lua_pushboolean(L, equal);
    return 1;
}

static int selection_text(lua_State *L) {
    const dd_selection *selection = dd_selection_check(L, 1);
    const dd_world *world = dd_scenario_of(L)->world;
    if (selection->n == 1)
        lua_pushfstring(L, "%s %s", dd_entity_type_names[selection->type],
                        world->entities.all[selection->entities[0]].name);
    else
        lua_pushfstring(L, "%d %ss", (int)selection->n, dd_entity_type_names[selection->type]);
    return 1;
}

static int selection_pairs(lua_State *L) {
    return luaL_error(L, "a selection is no list; write s:ids() or s:each(f)");
}

void dd_selection_open(lua_State *L) {
    luaL_newmetatable(L, DD_SELECTION);
    lua_pushcfunction(L, selection_length);
    lua_setfield(L, -2, "__len");
    lua_pushcfunction(L, selection_equal);
    lua_setfield(L, -2, "__eq");
    lua_pushcfunction(L, selection_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, selection_pairs);
    lua_setfield(L, -2, "__pairs");
    lua_pushliteral(L, "selection");
    lua_setfield(L, -2, "__metatable");
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__index");
    lua_remove(L, -2);
}
