// Primitives: a citizen's report that a scenario has somebody file.
#include "engine/texts.h"
#include "lua/primitive.h"
#include "lua/primitives.h"
#include "lua/selection_value.h"
#include "models/hub.h"

#include <lauxlib.h>
#include <string.h>

enum { TEXT_MAX = 4000 };

static dd_report_kind check_topic(lua_State *L, int index) {
    const char *word = luaL_checkstring(L, index);
    for (int kind = 0; dd_report_names[kind]; kind++)
        if (strcmp(dd_report_names[kind], word) == 0) return (dd_report_kind)kind;
    return (dd_report_kind)dd_primitive_no_such(L, "topic", word, dd_report_names,
                                                "'domdom help records' lists them, at report");
}

// The lamp of a ward that is nearest to its middle; 0: it has none.
static uint32_t lamp_of_ward(const dd_city *city, uint32_t ward) {
    uint32_t nearest = 0;
    float least_m = 0;
    for (uint32_t lamp = 1; lamp < city->lamp_n; lamp++) {
        if (city->lamps[lamp].ward != ward) continue;
        float m = dd_distance_m(&city->lamps[lamp].place, &city->wards[ward].centre);
        if (nearest && m >= least_m) continue;
        nearest = lamp;
        least_m = m;
    }
    return nearest;
}

// Places are known by the lamps that stand there.
static uint32_t check_place(lua_State *L, const dd_world *world, int index) {
    const dd_selection *where = dd_selection_check(L, index);
    if (where->n != 1) luaL_error(L, "file_report's place is %d, not one", (int)where->n);
    uint32_t it = dd_world_index(world, where->entities[0]), lamp = 0;
    if (where->type == DD_ENTITY_LAMP) lamp = it;
    if (where->type == DD_ENTITY_ROAD) lamp = dd_city_middle_lamp(world->city, it);
    if (where->type == DD_ENTITY_WARD) lamp = lamp_of_ward(world->city, it);
    if (!lamp) luaL_error(L, "file_report's place is a lamp, or a road or ward that has lamps");
    return lamp;
}

// file_report(topic, place, group that it is filed in, text or nil, unfounded): its number.
static int prim_file_report(lua_State *L) {
    dd_world *world = dd_primitive_running(L, "file_report");
    dd_filing filing = {.kind = check_topic(L, 1),
                        .lamp = check_place(L, world, 2),
                        .filed = check_topic(L, 3),
                        .unfounded = lua_toboolean(L, 5)};
    if (!lua_isnoneornil(L, 4)) {
        size_t length;
        const char *text = luaL_checklstring(L, 4, &length);
        if (length > TEXT_MAX)
            return luaL_error(L, "a report of %d bytes; %d are the most", (int)length, TEXT_MAX);
        dd_sandbox_work(L, length);
        filing.text = dd_texts_add(world->engine->texts, text);
    }
    dd_sandbox_work(L, world->city->lamp_n);
    lua_pushinteger(L, dd_citizens_file_now(world, &filing));
    return 1;
}

const luaL_Reg dd_primitives_report[] = {
    {"file_report", prim_file_report},
    {NULL, NULL},
};
