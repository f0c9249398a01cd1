// Primitives: the light on roads.
#include "lua/primitive.h"
#include "lua/primitives.h"
#include "lua/selection_value.h"
#include "models/roadlight/flux.h"

#include <math.h>

// Rounded to what it is good for.
static void set_number(lua_State *L, const char *name, double value, bool any) {
    lua_pushnumber(L, any ? round(value * 1e4) / 1e4 : (double)NAN);
    lua_setfield(L, -2, name);
}

static void set_class(lua_State *L, const char *name, dd_lighting_class class) {
    lua_pushstring(L, dd_lighting_class_names[class]);
    lua_setfield(L, -2, name);
}

// road_light(roads): what lies on all of them together.
static int prim_road_light(lua_State *L) {
    enum { WORK = 2000 }; // a lamp: points around it, and lamps around those
    dd_world *world = dd_primitive_running(L, "light");
    const dd_selection *roads = dd_selection_check(L, 1);
    dd_road_light sum = {0};
    for (uint32_t i = 0; i < roads->n; i++) {
        uint32_t road = dd_world_index(world, roads->entities[i]);
        dd_road_light one;
        dd_error error;
        dd_sandbox_work(L, world->city->lamp_n + WORK * world->city->roads[road].lamp_count);
        if (!dd_road_light_measure(&one, world->city, &world->def.settings, road, dd_flux_now,
                                   world, &error))
            return dd_primitive_raise(L, &error);
        dd_road_light_add(&sum, &one);
    }
    bool any = sum.field_n > 0;
    lua_newtable(L);
    set_number(L, "e_av", sum.e_av_lx, any);
    set_number(L, "l_av", sum.l_av, any);
    set_number(L, "u0", sum.u0, any);
    set_number(L, "ul", sum.ul, any);
    set_number(L, "u0_least", sum.u0_least, any);
    set_number(L, "share", sum.met_share, any);
    set_class(L, "met", sum.met);
    set_class(L, "wanted", sum.wanted);
    return 1;
}

const luaL_Reg dd_primitives_light[] = {
    {"road_light", prim_road_light},
    {NULL, NULL},
};
