// Primitives: being told what happens, telling, judging.
#include "engine/texts.h"
#include "lua/guard.h"
#include "lua/primitive.h"
#include "lua/primitives.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

// --- Records ---

// A value that a field can never have would silently match nothing.
static void check_value(lua_State *L, const char *key, const dd_field *field) {
    bool names = field->type == DD_FIELD_ENUM, number = field->type != DD_FIELD_ENUM &&
                                                        field->type != DD_FIELD_TEXT &&
                                                        field->type != DD_FIELD_ENTITY;
    if (lua_type(L, -1) != (number ? LUA_TNUMBER : LUA_TSTRING))
        luaL_error(L, "the field '%s' is %s, not a %s", key,
                   number ? "a number" : "a name in quotes", luaL_typename(L, -1));
    const char *word = lua_tostring(L, -1);
    for (int i = 0; names && field->names[i]; i++)
        if (strcmp(field->names[i], word) == 0) return;
    if (names) dd_primitive_no_such(L, key, word, field->names, "'domdom help records' lists them");
}

// Every key of the filter at `index` must be a field of the kind, with a value that it can have.
static void check_filter(lua_State *L, int index, const dd_record_kind *kind) {
    static const dd_field common[] = {{"kind", DD_FIELD_TEXT, NULL, NULL},
                                      {"entity", DD_FIELD_ENTITY, NULL, NULL},
                                      {"entity_type", DD_FIELD_ENUM, NULL, dd_entity_type_names}};
    const char *names[DD_COUNT(common) + DD_RECORD_VALUES + 1] = {0};
    const dd_field *fields[DD_COUNT(names)];
    size_t n = 0;
    for (; n < DD_COUNT(common); n++)
        fields[n] = &common[n];
    for (int i = 0; i < DD_RECORD_VALUES && kind->fields[i].type; i++)
        fields[n++] = &kind->fields[i];
    for (size_t i = 0; i < n; i++)
        names[i] = fields[i]->name;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "[...]";
        size_t i = 0;
        while (i < n && strcmp(names[i], key) != 0)
            i++;
        if (i < n) {
            check_value(L, key, fields[i]);
            continue;
        }
        char what[64];
        snprintf(what, sizeof what, "field of %s", kind->name);
        dd_primitive_no_such(L, what, key, names, "'domdom help records' lists them");
    }
}

static int prim_listen(lua_State *L) {
    dd_scenario *scenario = dd_scenario_of(L);
    const char *name = luaL_checkstring(L, 1);
    const char *names[DD_REC_KINDS + 1] = {0};
    for (int kind = 0; kind < DD_REC_KINDS; kind++) {
        names[kind] = dd_schema.kinds[kind].name;
        if (strcmp(names[kind], name) != 0) continue;
        if (dd_record_kind_carries(&dd_schema.kinds[kind]))
            return luaL_error(L, "'%s' is for captures only: 'domdom run --capture'", name);
        dd_guard_record(L, (uint16_t)kind);
        if (lua_istable(L, 2)) check_filter(L, 2, &dd_schema.kinds[kind]);
        dd_scenario_listen(scenario, (uint16_t)kind);
        return 0;
    }
    return dd_primitive_no_such(L, "kind of record", name, names,
                                "'domdom help records' lists them");
}

// --- Notes and criteria ---

enum { NOTE_MAX = 4000, TEXTS_MAX = 1 << 18 };

static int prim_note(lua_State *L) {
    dd_world *world = dd_primitive_running(L, "note");
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    if (length > NOTE_MAX)
        return luaL_error(L, "a note of %d bytes; %d are the most: write the gist", (int)length,
                          NOTE_MAX);
    if (world->engine->texts->n >= TEXTS_MAX)
        return luaL_error(L, "more than 260,000 different notes; write fewer of them");
    dd_sandbox_work(L, length);
    dd_scenario *scenario = dd_scenario_of(L);
    dd_engine_note(world->engine, DD_REC_NOTE, dd_world_entity(world, DD_ENTITY_CITY, 1), 0,
                   dd_texts_add(world->engine->texts, text), 0, 0, 0);
    if (scenario->def.print) {
        char moment[DD_MOMENT_SIZE];
        dd_moment_format(&scenario->world_def.calendar, world->engine->now, moment);
        const char *line = lua_pushfstring(L, "%s  %s", strchr(moment, ' ') + 1, text);
        scenario->def.print(scenario->def.context, line);
    }
    return 0;
}

static int prim_criterion(lua_State *L) {
    dd_error error;
    dd_criterion criterion = {.name = luaL_checkstring(L, 1),
                              .comparison = luaL_checkstring(L, 2),
                              .limit = luaL_checknumber(L, 3),
                              .measured = luaL_checknumber(L, 4),
                              .unit = luaL_checkstring(L, 5),
                              .pass = lua_toboolean(L, 6),
                              .limit_text = luaL_optstring(L, 8, NULL)};
    uint32_t order = (uint32_t)luaL_checkinteger(L, 7);
    return dd_scenario_judge(dd_scenario_of(L), &criterion, order, &error)
               ? 0
               : dd_primitive_raise(L, &error);
}

// The field of a table that is nearest to a word.
static int prim_nearest(lua_State *L) {
    const char *names[32] = {0};
    size_t n = 0;
    for (lua_pushnil(L); lua_next(L, 2) && n + 1 < DD_COUNT(names); lua_pop(L, 1))
        names[n++] = lua_tostring(L, -2);
    lua_settop(L, 2);
    lua_pushstring(L, dd_nearest(luaL_checkstring(L, 1), names));
    return 1;
}

const luaL_Reg dd_primitives_tell[] = {
    {"listen", prim_listen},   {"note", prim_note}, {"criterion", prim_criterion},
    {"nearest", prim_nearest}, {NULL, NULL},
};
