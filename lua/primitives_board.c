// Primitives: boards in controllers' places.
#include "hil/rack/rack.h"
#include "lua/guard.h"
#include "lua/primitive.h"
#include "lua/primitives.h"
#include "lua/selection_value.h"
#include "models/action/action_text.h"

#include <lauxlib.h>
#include <stdio.h>

// attach(segment, target, how): now, or from the run's start.
static int prim_attach(lua_State *L) {
    dd_scenario *scenario = dd_scenario_of(L);
    dd_world *world = dd_primitive_world(L);
    const dd_selection *meant = dd_selection_check(L, 1);
    dd_attach_def def = {.segment = dd_world_index(world, meant->entities[0])};
    dd_error error;
    if (scenario->started) {
        const char *text =
            lua_pushfstring(L, "attach %s %s", luaL_checkstring(L, 2), luaL_checkstring(L, 3));
        return dd_action_do_text(world, text, &error) ? 0 : dd_primitive_raise(L, &error);
    }
    return dd_scenario_attach(scenario, def.segment, luaL_checkstring(L, 3), &error)
               ? 0
               : dd_primitive_raise(L, &error);
}

static void set_integer(lua_State *L, const char *name, double value) {
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
}

// board(segment): a table of what is known of its board; nil when it has none.
static int prim_board(lua_State *L) {
    static const char *const texts[] = {"board", "mode",   "state",   "verdict",
                                        "seat",  "serial", "firmware"};
    dd_world *world = dd_primitive_running(L, "board");
    const dd_rack *rack = dd_scenario_of(L)->rack;
    uint32_t segment = dd_world_index(world, dd_selection_check(L, 1)->entities[0]);
    json_t *board = rack ? dd_rack_board(rack, segment) : NULL;
    if (!board) return 0;
    lua_newtable(L);
    for (size_t i = 0; i < DD_COUNT(texts); i++) {
        lua_pushstring(L, json_string_value(json_object_get(board, texts[i])));
        lua_setfield(L, -2, texts[i]);
    }
    const json_t *time = json_object_get(board, "time");
    const dd_shadow *shadow = dd_rack_shadow(rack, segment);
    set_integer(L, "losses", (double)json_integer_value(json_object_get(board, "losses")));
    set_integer(L, "deadlines", (double)json_integer_value(json_object_get(time, "deadlines")));
    set_integer(L, "overruns", (double)json_integer_value(json_object_get(time, "overruns")));
    set_integer(L, "compared", shadow ? (double)dd_shadow_compared(shadow) : 0);
    set_integer(L, "divergences", shadow ? (double)dd_shadow_count(shadow, DD_DIVERGED_NOT) : 0);
    char headline[DD_DIVERGENCE_TEXT];
    if (shadow && dd_shadow_headline(shadow, headline, sizeof headline)) {
        lua_pushstring(L, headline);
        lua_setfield(L, -2, "first_divergence");
    }
    json_decref(board);
    return 1;
}

const luaL_Reg dd_primitives_board[] = {
    {"attach", prim_attach},
    {"board", prim_board},
    {NULL, NULL},
};
