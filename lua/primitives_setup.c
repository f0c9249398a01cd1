// Primitives: time, messages and setting up.
#include "lua/message.h"
#include "lua/primitive.h"
#include "lua/primitives.h"
#include "models/calendar_text.h"
#include "models/light/model_figures.h"
#include "models/world_settings.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

// --- Time ---

static int prim_now(lua_State *L) {
    const dd_scenario *scenario = dd_scenario_of(L);
    lua_pushinteger(L, scenario->started ? scenario->world->engine->now : 0);
    return 1;
}

static int prim_stop(lua_State *L) {
    lua_pushinteger(L, dd_primitive_declared(L)->declared_stop);
    return 1;
}

static int prim_duration(lua_State *L) {
    dd_time ns;
    if (!dd_duration_parse(luaL_checkstring(L, 1), &ns)) return 0;
    lua_pushinteger(L, ns);
    return 1;
}

static int prim_moment(lua_State *L) {
    dd_error error;
    dd_time t;
    if (dd_scenario_moment(dd_primitive_declared(L), luaL_checkstring(L, 1), &t, &error)) {
        lua_pushinteger(L, t);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, error.text);
    return 2;
}

static int prim_civil(lua_State *L) {
    char text[DD_MOMENT_SIZE];
    dd_moment_format(&dd_primitive_declared(L)->world_def.calendar, luaL_checkinteger(L, 1), text);
    lua_pushstring(L, text);
    return 1;
}

// --- Messages ---

// "file:line: " of the scenario's statement that runs.
static int prim_place(lua_State *L) {
    char text[512];
    dd_message_place(L, text, sizeof text);
    lua_pushstring(L, text);
    return 1;
}

// The whole message of an error that arose in a coroutine.
static int prim_explain(lua_State *L) {
    char text[sizeof((dd_error *)NULL)->text];
    luaL_checktype(L, 1, LUA_TTHREAD);
    lua_settop(L, 2);
    dd_message_error(L, lua_tothread(L, 1), text, sizeof text);
    lua_pushstring(L, text);
    return 1;
}

// --- Setting up ---

static int prim_scenario(lua_State *L) {
    dd_error error;
    bool good = dd_scenario_declare(dd_scenario_of(L),
                                    &(dd_declaration){.name = luaL_optstring(L, 1, NULL),
                                                      .about = luaL_optstring(L, 2, ""),
                                                      .city = luaL_checkstring(L, 3),
                                                      .start = luaL_checkstring(L, 4),
                                                      .stop = luaL_checkstring(L, 5),
                                                      .seed = (uint64_t)luaL_optinteger(L, 6, 1)},
                                    &error);
    return good ? 0 : dd_primitive_raise(L, &error);
}

static int prim_set(lua_State *L) {
    dd_scenario *scenario = dd_scenario_of(L);
    dd_error error;
    if (scenario->world)
        return luaL_error(L, "set{...} must come before the first lamps{}, road() or segment()");
    if (!dd_world_set(&scenario->world_def, luaL_checkstring(L, 1), luaL_checknumber(L, 2), &error))
        return dd_primitive_raise(L, &error);
    return 0;
}

static int prim_param(lua_State *L) {
    dd_scenario *scenario = dd_scenario_of(L);
    const char *name = luaL_checkstring(L, 1);
    const char *given = json_string_value(json_object_get(scenario->def.values, name));
    json_object_set_new(scenario->used, name, json_true());
    lua_pushstring(L, given);
    return 1;
}

// check_calendar(text): an error when it is none.
static int prim_check_calendar(lua_State *L) {
    dd_light_calendar calendar;
    dd_error error;
    if (!dd_calendar_parse(luaL_checkstring(L, 1), &calendar, &error))
        dd_primitive_raise(L, &error);
    return 0;
}

static int prim_program(lua_State *L) {
    dd_scenario *scenario = dd_scenario_of(L);
    if (scenario->world)
        return luaL_error(
            L, "program{...} must come before the first lamps{}, road() or segment(); later, give "
               "segments a new one: segments():program{ ... }");
    dd_program program;
    dd_error error;
    if (lua_type(L, 1) == LUA_TSTRING) { // a calendar
        if (!dd_calendar_parse(lua_tostring(L, 1), &scenario->world_def.light_calendar, &error))
            dd_primitive_raise(L, &error);
        return 0;
    }
    dd_primitive_points(L, 1, &program);
    scenario->world_def.light_calendar = dd_light_calendar_of(&program);
    return 0;
}

// The 16 octets that 32 hexadecimal digits say. False: they say something else.
static bool read_key(const char *digits, uint8_t key[static 16]) {
    if (strlen(digits) != 32 || strspn(digits, "0123456789abcdefABCDEF") != 32) return false;
    for (int i = 0; i < 16; i++) {
        const char octet[] = {digits[2 * i], digits[2 * i + 1], 0};
        key[i] = (uint8_t)strtoul(octet, NULL, 16);
    }
    return true;
}

// radio(segment, channel, pan, key): nil for what is to be computed.
static int prim_radio(lua_State *L) {
    dd_scenario *scenario = dd_primitive_declared(L);
    dd_error error;
    if (scenario->world)
        return luaL_error(L, "radios{...} must come before the first lamps{}, road() or segment()");
    lua_Integer channel = luaL_optinteger(L, 2, DD_CHANNEL_COMPUTED);
    lua_Integer pan = luaL_optinteger(L, 3, DD_PAN_COMPUTED);
    if (channel < DD_CHANNEL_COMPUTED || channel > INT16_MAX || pan < 0 || pan > UINT16_MAX)
        return luaL_error(L, "a channel must be 0 to 32767, and a PAN id 1 to 0xfffd");
    dd_given_radio radio = {.channel = (int16_t)channel, .pan = (uint16_t)pan};
    const char *key = luaL_optstring(L, 4, NULL);
    if (key && !read_key(key, radio.key))
        return luaL_error(L, "a key must be 32 hexadecimal digits, not '%s'", key);
    return dd_scenario_radio(scenario, luaL_checkstring(L, 1), radio, &error)
               ? 0
               : dd_primitive_raise(L, &error);
}

// Gives a model the figures of the table at `index`, in the order of the list of figures.
static void read_figures(lua_State *L, int index, dd_luminaire_model *model) {
    dd_error error;
    for (const dd_model_figure *it = dd_model_figures; it->name; it++) {
        bool good = true;
        switch (lua_getfield(L, index, it->name)) {
        case LUA_TNIL:
            break;
        case LUA_TSTRING:
            good = dd_model_set_word(model, it->name, lua_tostring(L, -1), &error);
            break;
        case LUA_TBOOLEAN:
            good = dd_model_set(model, it->name, lua_toboolean(L, -1), &error);
            break;
        default:
            good = dd_model_set(model, it->name, luaL_checknumber(L, -1), &error);
        }
        lua_pop(L, 1);
        if (!good) dd_primitive_raise(L, &error);
    }
}

static const dd_luminaire_model *find_model(lua_State *L, const char *name) {
    const dd_catalogue *catalogue = &dd_scenario_of(L)->world_def.catalogue;
    uint32_t number = dd_catalogue_find(catalogue, name);
    if (number) return &catalogue->models[number];
    const char *names[DD_MODELS_MAX + 1] = {0};
    for (uint32_t i = 1; i < catalogue->n; i++)
        names[i - 1] = catalogue->models[i].name;
    dd_primitive_no_such(L, "luminaire", name, names, "'domdom city info' lists those of a city");
    return NULL;
}

// luminaire(name, like, figures): changes the model of that name; a new one is like another, or
// like any LED street luminaire.
static int prim_luminaire(lua_State *L) {
    dd_scenario *scenario = dd_primitive_declared(L);
    dd_catalogue *catalogue = &scenario->world_def.catalogue;
    const char *name = luaL_checkstring(L, 1), *like = luaL_optstring(L, 2, NULL);
    dd_error error;
    if (scenario->world)
        return luaL_error(L,
                          "luminaire{...} must come before the first lamps{}, road() or segment()");
    if (strlen(name) >= DD_MODEL_NAME_SIZE)
        return luaL_error(L, "'%s' is too long for a luminaire's name", name);
    uint32_t known = dd_catalogue_find(catalogue, name);
    dd_luminaire_model model = like    ? *find_model(L, like)
                               : known ? catalogue->models[known]
                                       : dd_luminaire_models[DD_STREET_150];
    strcpy(model.name, name);
    read_figures(L, 3, &model);
    return dd_catalogue_add(catalogue, &model, &error) ? 0 : dd_primitive_raise(L, &error);
}

// Whether a luminaire has a figure of that name.
static int prim_check_figure(lua_State *L) {
    dd_error error;
    return dd_model_figure_find(luaL_checkstring(L, 1), &error) ? 0 : dd_primitive_raise(L, &error);
}

const luaL_Reg dd_primitives_setup[] = {
    {"now", prim_now},
    {"stop", prim_stop},
    {"duration", prim_duration},
    {"moment", prim_moment},
    {"civil", prim_civil},
    {"place", prim_place},
    {"explain", prim_explain},
    {"scenario", prim_scenario},
    {"set", prim_set},
    {"param", prim_param},
    {"program", prim_program},
    {"check_calendar", prim_check_calendar},
    {"radio", prim_radio},
    {"luminaire", prim_luminaire},
    {"check_luminaire", prim_check_figure},
    {NULL, NULL},
};
