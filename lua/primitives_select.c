// Primitives: choosing lamps and what belongs to them.
#include "lua/primitive.h"
#include "lua/primitives.h"
#include "lua/selection_value.h"
#include "models/action/selection.h"
#include "models/measure.h"

#include <lauxlib.h>
#include <string.h>

// --- Selections ---

static int prim_lamps(lua_State *L) {
    const dd_world *world = dd_primitive_world(L);
    dd_error error;
    dd_filter filter = {.id = luaL_optstring(L, 1, NULL),
                        .road = luaL_optstring(L, 2, NULL),
                        .segment = luaL_optstring(L, 3, NULL),
                        .feeder = luaL_optstring(L, 4, NULL),
                        .ward = luaL_optstring(L, 5, NULL),
                        .kind = luaL_optstring(L, 6, NULL),
                        .class = luaL_optstring(L, 7, NULL)};
    dd_sandbox_work(L, world->city->lamp_n);
    uint32_t n = dd_select_lamps(world, &filter, NULL, &error);
    if (n == UINT32_MAX) return dd_primitive_raise(L, &error);
    dd_selection *selection = dd_selection_push(L, DD_ENTITY_LAMP, n);
    dd_select_lamps(world, &filter, selection->entities, &error);
    return 1;
}

static dd_entity_type type_of(const char *name) {
    int type = 0;
    while (dd_entity_type_names[type] && strcmp(dd_entity_type_names[type], name) != 0)
        type++;
    return (dd_entity_type)type;
}

static int prim_entity(lua_State *L) {
    dd_error error;
    dd_entity_type type = type_of(luaL_checkstring(L, 1));
    uint32_t entity = dd_entity_find(dd_primitive_world(L), type, luaL_checkstring(L, 2), &error);
    if (!entity) return dd_primitive_raise(L, &error);
    dd_selection_push(L, type, 1)->entities[0] = entity;
    return 1;
}

static int prim_all(lua_State *L) {
    const dd_world *world = dd_primitive_world(L);
    dd_entity_type type = type_of(luaL_checkstring(L, 1));
    uint32_t n = world->base[type + 1] - world->base[type];
    dd_selection *selection = dd_selection_push(L, type, n);
    for (uint32_t i = 0; i < n; i++)
        selection->entities[i] = world->base[type] + 1 + i;
    return 1;
}

// Pushes a mark for each entity, all false: long walks over lamps look them up.
static uint8_t *push_marks(lua_State *L, const dd_world *world) {
    uint8_t *marks = lua_newuserdatauv(L, world->entities.n, 0);
    memset(marks, 0, world->entities.n);
    dd_sandbox_work(L, world->entities.n);
    return marks;
}

// The entities of a type that a selection of anything has to do with; of that type, itself.
static int push_related(lua_State *L, int index, dd_entity_type type) {
    const dd_world *world = dd_primitive_world(L);
    const dd_selection *from = dd_selection_check(L, index);
    if ((dd_entity_type)from->type == type) {
        lua_pushvalue(L, index);
        return 1;
    }
    uint8_t *marks = push_marks(L, world);
    uint32_t n = dd_select_related(world, from->entities, from->n, type, marks, NULL);
    dd_selection *selection = dd_selection_push(L, type, n);
    dd_select_related(world, from->entities, from->n, type, marks, selection->entities);
    return 1;
}

static int prim_related(lua_State *L) {
    return push_related(L, 1, type_of(luaL_checkstring(L, 2)));
}

int dd_primitive_lamps_of(lua_State *L) {
    return push_related(L, 1, DD_ENTITY_LAMP);
}

// Pushes the lamps that have a mark, in the city's order.
static int push_marked(lua_State *L, const dd_world *world, const uint8_t *marks) {
    uint32_t n = 0;
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++)
        n += marks[lamp];
    dd_selection *selection = dd_selection_push(L, DD_ENTITY_LAMP, n);
    n = 0;
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++)
        if (marks[lamp]) selection->entities[n++] = lamp;
    return 1;
}

// The lamps that are parents in the mesh of a selection of lamps.
static int prim_parents(lua_State *L) {
    const dd_world *world = dd_primitive_running(L, "parents");
    const dd_selection *from = dd_selection_check(L, 1);
    uint8_t *wanted = push_marks(L, world);
    dd_sandbox_work(L, from->n);
    for (uint32_t i = 0; i < from->n; i++)
        wanted[dd_measure_parent(world, from->entities[i])] = true;
    return push_marked(L, world, wanted); // 0, no lamp, is not looked at
}

// The lamps whose parent is among a selection of lamps.
static int prim_children(lua_State *L) {
    const dd_world *world = dd_primitive_running(L, "children");
    const dd_selection *from = dd_selection_check(L, 1);
    uint8_t *inside = push_marks(L, world), *wanted = push_marks(L, world);
    dd_sandbox_work(L, world->city->lamp_n);
    for (uint32_t i = 0; i < from->n; i++)
        inside[from->entities[i]] = true;
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++)
        wanted[lamp] = inside[dd_measure_parent(world, lamp)];
    return push_marked(L, world, wanted);
}

// pole(lamp): the number of its pole along its feeder's cable.
static int prim_pole(lua_State *L) {
    const dd_world *world = dd_primitive_world(L);
    lua_pushinteger(L, world->city->lamps[dd_selection_check(L, 1)->entities[0]].pole);
    return 1;
}

// poles(feeder, first, last): the lamps on these of its poles, in the order of the city, which is
// that of the poles.
static int prim_poles(lua_State *L) {
    const dd_world *world = dd_primitive_world(L);
    uint32_t feeder = dd_world_index(world, dd_selection_check(L, 1)->entities[0]);
    lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3);
    uint8_t *wanted = push_marks(L, world);
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++) {
        const dd_lamp *place = &world->city->lamps[lamp];
        wanted[lamp] = place->feeder == feeder && place->pole >= first && place->pole <= last;
    }
    return push_marked(L, world, wanted);
}

static int prim_slice(lua_State *L) {
    const dd_selection *from = dd_selection_check(L, 1);
    lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3);
    if (last > from->n) last = from->n;
    if (first < 1 || first > last + 1)
        return luaL_error(L, "there are only %d members", (int)from->n);
    uint32_t n = (uint32_t)(last - first + 1);
    dd_selection *selection = dd_selection_push(L, (dd_entity_type)from->type, n);
    memcpy(selection->entities, from->entities + first - 1, n * sizeof *selection->entities);
    return 1;
}

static int prim_chosen(lua_State *L) {
    const dd_selection *from = dd_selection_check(L, 1);
    uint32_t n = (uint32_t)luaL_checkinteger(L, 3);
    dd_selection *selection = dd_selection_push(L, (dd_entity_type)from->type, n);
    for (uint32_t i = 0; i < n; i++) {
        lua_geti(L, 2, i + 1);
        lua_Integer place = luaL_checkinteger(L, -1);
        if (place < 1 || place > from->n) return luaL_error(L, "there is no member %d", (int)place);
        selection->entities[i] = from->entities[place - 1];
        lua_pop(L, 1);
    }
    return 1;
}

static int prim_without(lua_State *L) {
    const dd_world *world = dd_primitive_world(L);
    const dd_selection *from = dd_selection_check(L, 1), *less = dd_selection_check(L, 2);
    if (less->n && less->type != from->type)
        return luaL_error(L,
                          "without: these are %ss, those are %ss, so none is among them; write "
                          "without(others:lamps())",
                          dd_entity_type_names[from->type], dd_entity_type_names[less->type]);
    uint8_t *unwanted = push_marks(L, world);
    for (uint32_t i = 0; i < less->n; i++)
        unwanted[less->entities[i]] = true;
    uint32_t n = 0;
    for (uint32_t i = 0; i < from->n; i++)
        n += !unwanted[from->entities[i]];
    dd_selection *selection = dd_selection_push(L, (dd_entity_type)from->type, n);
    n = 0;
    for (uint32_t i = 0; i < from->n; i++)
        if (!unwanted[from->entities[i]]) selection->entities[n++] = from->entities[i];
    return 1;
}

static int prim_ids(lua_State *L) {
    const dd_world *world = dd_primitive_world(L);
    const dd_selection *selection = dd_selection_check(L, 1);
    lua_createtable(L, (int)selection->n, 0);
    dd_sandbox_work(L, selection->n);
    for (uint32_t i = 0; i < selection->n; i++) {
        lua_pushstring(L, world->entities.all[selection->entities[i]].name);
        lua_seti(L, -2, i + 1);
    }
    return 1;
}

static int prim_type(lua_State *L) {
    lua_pushstring(L, dd_entity_type_names[dd_selection_check(L, 1)->type]);
    return 1;
}

static int prim_is_selection(lua_State *L) {
    lua_pushboolean(L, dd_selection_test(L, 1));
    return 1;
}

const luaL_Reg dd_primitives_select[] = {
    {"is_selection", prim_is_selection},
    {"type", prim_type},
    {"lamps", prim_lamps},
    {"entity", prim_entity},
    {"all", prim_all},
    {"lamps_of", dd_primitive_lamps_of},
    {"related", prim_related},
    {"parents", prim_parents},
    {"children", prim_children},
    {"pole", prim_pole},
    {"poles", prim_poles},
    {"slice", prim_slice},
    {"chosen", prim_chosen},
    {"without", prim_without},
    {"ids", prim_ids},
    {NULL, NULL},
};
