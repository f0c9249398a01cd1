#include "lua/script.h"
#include "engine/random.h"
#include "engine/texts.h"
#include "lua/library.h"
#include "lua/selection_value.h"
#include "models/kind.h"
#include "models/twin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 4 << 20 };
#define OBSERVE_EACH (100 * DD_MILLISECOND) // grid on which observers are told

// --- Reading ---

// The journal keeps the text as JSON, and names in it reach every output.
static bool check_utf8(const dd_scenario *scenario, dd_error *error) {
    const char *at = scenario->text, *end = at + scenario->size;
    for (int line = 1; at < end; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline ? newline : end) - at);
        json_t *string = json_stringn(at, length);
        json_decref(string);
        if (!string)
            return dd_fail(error, DD_WRONG, "%s:%d: is not UTF-8 text; save the file as UTF-8",
                           scenario->def.path, line);
        at += length + 1;
    }
    return true;
}

static bool read_text(dd_scenario *scenario, dd_error *error) {
    const char *path = scenario->def.path;
    FILE *file = fopen(path, "rb");
    if (!file)
        return dd_fail(error, DD_WRONG, "%s: cannot be read: %s; name a scenario file", path,
                       strerror(errno));
    scenario->text = malloc(TEXT_MAX + 1);
    scenario->size = scenario->text ? fread(scenario->text, 1, TEXT_MAX + 1, file) : 0;
    bool failed = !scenario->text || ferror(file);
    fclose(file);
    if (failed)
        return dd_fail(error, DD_WRONG, "%s: is no file that can be read; name a scenario file",
                       path);
    if (scenario->size > TEXT_MAX)
        return dd_fail(error, DD_WRONG,
                       "%s: is larger than 4 MiB: that is no scenario; name another", path);
    scenario->text[scenario->size] = 0;
    return check_utf8(scenario, error);
}

static bool copy_text(dd_scenario *scenario, dd_error *error) {
    if (!scenario->def.text) return read_text(scenario, error);
    scenario->size = scenario->def.size;
    scenario->text = malloc(scenario->size + 1);
    if (!scenario->text) return dd_fail(error, DD_OUTSIDE, "no memory for the scenario");
    memcpy(scenario->text, scenario->def.text, scenario->size);
    scenario->text[scenario->size] = 0;
    return true;
}

// --- The sandbox ---

static uint64_t draw(void *context) {
    dd_scenario *scenario = context;
    dd_random4 word = dd_random(scenario->world_def.seed, 0, DD_DRAW_SCENARIO, scenario->draws++);
    return (uint64_t)word.v[0] << 32 | word.v[1];
}

static void print_line(void *context, const char *text) {
    dd_scenario *scenario = context;
    if (scenario->def.print) scenario->def.print(scenario->def.context, text);
}

static bool open_sandbox(dd_scenario *scenario, dd_error *error) {
    dd_sandbox_def def = dd_sandbox_default();
    def.draw = draw;
    def.print = print_line;
    def.rank = dd_selection_rank;
    def.context = scenario;
    scenario->sandbox = dd_sandbox_open(&def, error);
    return scenario->sandbox && dd_library_load(scenario->sandbox, error);
}

static bool run_text(dd_scenario *scenario, dd_error *error) {
    return dd_sandbox_load(scenario->sandbox, scenario->text, scenario->size, scenario->def.path,
                           error) &&
           dd_sandbox_call(scenario->sandbox, 0, 0, error);
}

// --- Opening, closing ---

bool dd_script_open(dd_scenario *scenario, const dd_scenario_def *def, dd_error *error) {
    *scenario = (dd_scenario){.def = *def, .acted = -1, .used = json_object()};
    scenario->world_def = dd_world_default_def();
    if (!copy_text(scenario, error) || !open_sandbox(scenario, error) || !run_text(scenario, error))
        return false;
    if (!scenario->declared)
        return dd_fail(error, DD_WRONG,
                       "%s:1: a scenario begins with scenario{ city = \"bentre\", ... }; "
                       "'domdom new' writes one to start from",
                       scenario->def.path);
    return dd_scenario_check_parameters(scenario, error) && dd_scenario_world(scenario, error);
}

void dd_script_start(dd_scenario *scenario) {
    dd_twin_start(scenario->world);
    scenario->started = true;
}

void dd_script_close(dd_scenario *scenario) {
    dd_twin_close(scenario->world);
    dd_sandbox_close(scenario->sandbox);
    dd_city_fini(&scenario->city);
    dd_map_fini(&scenario->map);
    dd_verdicts_fini(&scenario->verdicts);
    free(scenario->heard);
    free(scenario->text);
    free(scenario->name);
    free(scenario->about);
    free(scenario->city_path);
    free(scenario->radios);
    for (size_t i = 0; i < scenario->board_n; i++)
        free(scenario->boards[i].how);
    free(scenario->boards);
    json_decref(scenario->used);
    *scenario = (dd_scenario){0};
}

// --- At work ---

static lua_State *push_house(dd_scenario *scenario, const char *function) {
    lua_State *L = dd_sandbox_lua(scenario->sandbox);
    lua_getfield(L, LUA_REGISTRYINDEX, "house");
    lua_getfield(L, -1, function);
    lua_remove(L, -2);
    return L;
}

dd_time dd_script_next(const dd_scenario *scenario) {
    dd_time next = scenario->planned < scenario->stop ? scenario->planned : scenario->stop;
    dd_time grid = (scenario->acted / OBSERVE_EACH + 1) * OBSERVE_EACH;
    if (scenario->listening && grid < next) next = grid;
    return next > scenario->acted ? next : DD_NEVER;
}

static bool look_ahead(dd_scenario *scenario, dd_error *error) {
    lua_State *L = push_house(scenario, "next");
    if (!dd_sandbox_call(scenario->sandbox, 0, 1, error)) return false;
    scenario->planned = lua_isnil(L, -1) ? DD_NEVER : lua_tointeger(L, -1);
    lua_pop(L, 1);
    return true;
}

static void push_value(lua_State *L, const dd_world *world, const dd_field *field, int64_t value) {
    switch (field->type) {
    case DD_FIELD_SHARE:
        lua_pushnumber(L, (double)value / 10);
        break;
    case DD_FIELD_MILLI:
        lua_pushnumber(L, (double)value / 1000);
        break;
    case DD_FIELD_ENUM:
        lua_pushstring(L, field->names[value]);
        break;
    case DD_FIELD_ENTITY:
        lua_pushstring(L, world->entities.all[value].name);
        break;
    case DD_FIELD_TIME:
        lua_pushnumber(L, (double)value / 1e9);
        break;
    case DD_FIELD_TEXT:
        lua_pushstring(L, world->engine->texts->all[value]);
        break;
    default:
        lua_pushinteger(L, value);
    }
}

static void push_record(lua_State *L, const dd_world *world, const dd_record *record) {
    const dd_record_kind *kind = &dd_schema.kinds[record->kind];
    const dd_entity *entity = &world->entities.all[record->entity];
    lua_newtable(L);
    lua_pushstring(L, kind->name);
    lua_setfield(L, -2, "kind");
    lua_pushinteger(L, record->time);
    lua_setfield(L, -2, "time");
    lua_pushstring(L, entity->name);
    lua_setfield(L, -2, "entity");
    lua_pushstring(L, dd_entity_type_names[entity->type]);
    lua_setfield(L, -2, "entity_type");
    for (int i = 0; i < DD_RECORD_VALUES && kind->fields[i].type; i++) {
        push_value(L, world, &kind->fields[i], record->value[i]);
        lua_setfield(L, -2, kind->fields[i].name);
    }
}

static bool tell_observers(dd_scenario *scenario, dd_error *error) {
    bool good = true;
    for (size_t i = 0; good && i < scenario->heard_n; i++) {
        dd_record record = scenario->heard[i]; // the array may grow meanwhile
        lua_State *L = push_house(scenario, "observe");
        push_record(L, scenario->world, &record);
        good = dd_sandbox_call(scenario->sandbox, 1, 0, error);
    }
    scenario->heard_n = 0;
    return good;
}

bool dd_script_act(dd_scenario *scenario, dd_error *error) {
    scenario->acted = scenario->world->engine->now;
    // Whoever else stops the world between two points of the grid, observers are told on it.
    bool tell = scenario->heard_n && scenario->acted % OBSERVE_EACH == 0;
    if (!tell && scenario->planned > scenario->acted) return true;
    if (tell && !tell_observers(scenario, error)) return false;
    push_house(scenario, "act");
    return dd_sandbox_call(scenario->sandbox, 0, 0, error) && look_ahead(scenario, error);
}

bool dd_script_finish(dd_scenario *scenario, dd_error *error) {
    lua_State *L = push_house(scenario, "finish");
    lua_pushboolean(L, scenario->stop >= scenario->declared_stop);
    if (!dd_sandbox_call(scenario->sandbox, 1, 1, error)) return false;
    scenario->unreached = (uint32_t)lua_tointeger(L, -1);
    lua_pop(L, 1);
    return true;
}
