#include "lua/primitive.h"
#include "lua/message.h"
#include "models/program_text.h"

#include <lauxlib.h>

// An error of the models becomes an error of the scenario, at the scenario's line.
int dd_primitive_raise(lua_State *L, const dd_error *error) {
    char place[512];
    dd_message_place(L, place, sizeof place);
    lua_pushfstring(L, "%s%s", place, error->text);
    return lua_error(L);
}

dd_world *dd_primitive_world(lua_State *L) {
    dd_error error;
    dd_world *world = dd_scenario_world(dd_scenario_of(L), &error);
    if (!world) dd_primitive_raise(L, &error);
    return world;
}

// Most primitives make sense only while the world is at work.
dd_world *dd_primitive_running(lua_State *L, const char *what) {
    dd_world *world = dd_primitive_world(L);
    if (!dd_scenario_of(L)->started)
        luaL_error(
            L,
            "%s: nothing is running yet; write it inside at(...), every(...) or "
            "process(function() ... end), or as a function: measure = function() return ... end",
            what);
    return world;
}

dd_scenario *dd_primitive_declared(lua_State *L) {
    dd_scenario *scenario = dd_scenario_of(L);
    if (!scenario->declared) luaL_error(L, "scenario{...} must come first");
    return scenario;
}

// An unknown word becomes an error; `hint` says where the right ones stand.
int dd_primitive_no_such(lua_State *L, const char *what, const char *word, const char *const *words,
                         const char *hint) {
    dd_error error;
    dd_fail_unknown(&error, what, word, words, hint);
    return dd_primitive_raise(L, &error);
}

void dd_primitive_points(lua_State *L, int index, dd_program *program) {
    dd_error error;
    lua_Integer n = luaL_len(L, index);
    *program = (dd_program){0};
    for (lua_Integer i = 1; i <= n; i++) {
        lua_geti(L, index, i);
        lua_getfield(L, -1, "at");
        lua_getfield(L, -2, "level");
        if (!dd_program_add(program, luaL_checkstring(L, -2), luaL_checknumber(L, -1), &error))
            dd_primitive_raise(L, &error);
        lua_pop(L, 3);
    }
}
