// Primitives: what a luminaire's gear says by DALI.
#include "lua/primitive.h"
#include "lua/primitives.h"
#include "lua/selection_value.h"
#include "models/light/gear_data.h"
#include "models/neighbourhood.h"

#include <lauxlib.h>
#include <math.h>

static uint32_t check_lamp(lua_State *L) {
    const dd_selection *selection = dd_selection_check(L, 1);
    if (selection->type != DD_ENTITY_LAMP || selection->n != 1)
        luaL_error(L, "gear asks one lamp: lamp\"L-0001\":gear()");
    return selection->entities[0];
}

static int prim_gear(lua_State *L) {
    dd_world *world = dd_primitive_running(L, "gear");
    uint32_t lamp = check_lamp(L);
    dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    dd_domain *domain = dd_segment_standing(world, segment->segment);
    dd_gear_data data;
    if (!dd_gear_data_read(domain, segment, dd_segment_lamp_number(segment, lamp), &data)) return 0;
    lua_createtable(L, 0, DD_D4I_VALUE_N + 1);
    for (int value = 0; value < DD_D4I_VALUE_N; value++) {
        const dd_gear_value_info *info = &dd_gear_value_table[value];
        double number;
        if (info->kind == DD_D4I_WORD) continue; // of interest to who reads octets
        if (!dd_gear_data_number(&data, (dd_gear_value)value, &number)) continue;
        if (number == floor(number))
            lua_pushinteger(L, (lua_Integer)number);
        else
            lua_pushnumber(L, number);
        lua_setfield(L, -2, info->name);
    }
    lua_pushstring(L, data.name);
    lua_setfield(L, -2, "model");
    return 1;
}

const luaL_Reg dd_primitives_gear[] = {{"gear", prim_gear}, {NULL, NULL}};
