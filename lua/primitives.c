#include "lua/primitives.h"
#include "engine/texts.h"
#include "lua/message.h"
#include "lua/scenario.h"
#include "lua/selection_value.h"
#include "models/action_text.h"
#include "models/measure.h"
#include "models/program_text.h"
#include "models/selection.h"
#include "models/world_settings.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

// An error of the models becomes an error of the scenario, at the scenario's line.
static int raise(lua_State *L, const dd_error *error) {
    return luaL_error(L, "%s", error->text);
}

static dd_world *world_of(lua_State *L) {
    dd_error error;
    dd_world *world = dd_scenario_world(dd_scenario_of(L), &error);
    if (!world) raise(L, &error);
    return world;
}

// Most primitives make sense only while the world is at work.
static dd_world *running(lua_State *L, const char *what) {
    dd_world *world = world_of(L);
    if (!dd_scenario_of(L)->started)
        luaL_error(
            L,
            "%s: nothing is running yet; write it inside at(...), every(...) or "
            "process(function() ... end), or as a function: measure = function() return ... end",
            what);
    return world;
}

static dd_scenario *declared(lua_State *L) {
    dd_scenario *scenario = dd_scenario_of(L);
    if (!scenario->declared) luaL_error(L, "scenario{...} must come first");
    return scenario;
}

// An unknown word becomes an error; `hint` says where the right ones stand.
static int no_such(lua_State *L, const char *what, const char *word, const char *const *words,
                   const char *hint) {
    dd_error error;
    dd_fail_unknown(&error, what, word, words, hint);
    return raise(L, &error);
}

// --- Time ---

static int prim_now(lua_State *L) {
    const dd_scenario *scenario = dd_scenario_of(L);
    lua_pushinteger(L, scenario->started ? scenario->world->engine->now : 0);
    return 1;
}

static int prim_stop(lua_State *L) {
    lua_pushinteger(L, declared(L)->declared_stop);
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
    if (dd_scenario_moment(declared(L), luaL_checkstring(L, 1), &t, &error)) {
        lua_pushinteger(L, t);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, error.text);
    return 2;
}

static int prim_civil(lua_State *L) {
    char text[DD_MOMENT_SIZE];
    dd_moment_format(&declared(L)->world_def.calendar, luaL_checkinteger(L, 1), text);
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
    return good ? 0 : raise(L, &error);
}

static int prim_set(lua_State *L) {
    dd_scenario *scenario = dd_scenario_of(L);
    dd_error error;
    if (scenario->world)
        return luaL_error(L, "set{...} must come before the first lamps{}, road() or segment()");
    if (!dd_world_set(&scenario->world_def, luaL_checkstring(L, 1), luaL_checknumber(L, 2), &error))
        return raise(L, &error);
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

// Reads a list of {at=, level=} at `index` into a program.
static void check_points(lua_State *L, int index, dd_program *program) {
    dd_error error;
    lua_Integer n = luaL_len(L, index);
    *program = (dd_program){0};
    for (lua_Integer i = 1; i <= n; i++) {
        lua_geti(L, index, i);
        lua_getfield(L, -1, "at");
        lua_getfield(L, -2, "level");
        if (!dd_program_add(program, luaL_checkstring(L, -2), luaL_checknumber(L, -1), &error))
            raise(L, &error);
        lua_pop(L, 3);
    }
}

static int prim_program(lua_State *L) {
    dd_scenario *scenario = dd_scenario_of(L);
    if (scenario->world)
        return luaL_error(
            L, "program{...} must come before the first lamps{}, road() or segment(); later, give "
               "segments a new one: segments():program{ ... }");
    check_points(L, 1, &scenario->world_def.program);
    return 0;
}

// --- Selections ---

static int prim_lamps(lua_State *L) {
    const dd_world *world = world_of(L);
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
    if (n == UINT32_MAX) return raise(L, &error);
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
    uint32_t entity = dd_entity_find(world_of(L), type, luaL_checkstring(L, 2), &error);
    if (!entity) return raise(L, &error);
    dd_selection_push(L, type, 1)->entities[0] = entity;
    return 1;
}

static int prim_all(lua_State *L) {
    const dd_world *world = world_of(L);
    dd_entity_type type = type_of(luaL_checkstring(L, 1));
    uint32_t n = world->base[type + 1] - world->base[type];
    dd_selection *selection = dd_selection_push(L, type, n);
    for (uint32_t i = 0; i < n; i++)
        selection->entities[i] = world->base[type] + 1 + i;
    return 1;
}

static uint32_t owner_of(const dd_world *world, uint32_t lamp, dd_entity_type type) {
    const dd_lamp *place = &world->city->lamps[lamp];
    uint32_t index = type == DD_ENTITY_SEGMENT  ? place->segment
                     : type == DD_ENTITY_FEEDER ? place->feeder
                     : type == DD_ENTITY_ROAD   ? place->road
                     : type == DD_ENTITY_WARD   ? place->ward
                                                : lamp;
    return dd_world_entity(world, type, index);
}

// Pushes a mark for each entity, all false: long walks over lamps look them up.
static bool *push_marks(lua_State *L, const dd_world *world) {
    bool *marks = lua_newuserdatauv(L, world->entities.n, 0);
    memset(marks, 0, world->entities.n);
    dd_sandbox_work(L, world->entities.n);
    return marks;
}

// The lamps of a selection of anything; of lamps, itself.
static int prim_lamps_of(lua_State *L) {
    const dd_world *world = world_of(L);
    const dd_selection *from = dd_selection_check(L, 1);
    if (from->type == DD_ENTITY_LAMP) {
        lua_settop(L, 1);
        return 1;
    }
    bool *wanted = push_marks(L, world);
    for (uint32_t i = 0; i < from->n; i++)
        wanted[from->entities[i]] = true;
    dd_entity_type type = (dd_entity_type)from->type;
    uint32_t n = 0;
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++)
        n += wanted[owner_of(world, lamp, type)];
    dd_selection *selection = dd_selection_push(L, DD_ENTITY_LAMP, n);
    n = 0;
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++)
        if (wanted[owner_of(world, lamp, type)]) selection->entities[n++] = lamp;
    return 1;
}

// The segments, feeders or roads of a selection of lamps, each once, in the city's order.
static int prim_owners(lua_State *L) {
    const dd_world *world = world_of(L);
    const dd_selection *from = dd_selection_check(L, 1);
    dd_entity_type type = type_of(luaL_checkstring(L, 2));
    bool *wanted = push_marks(L, world);
    uint32_t n = 0;
    for (uint32_t i = 0; i < from->n; i++) {
        bool *want = &wanted[owner_of(world, from->entities[i], type)];
        n += !*want;
        *want = true;
    }
    dd_selection *selection = dd_selection_push(L, type, n);
    n = 0;
    for (uint32_t entity = 1; entity < world->entities.n; entity++)
        if (wanted[entity]) selection->entities[n++] = entity;
    return 1;
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
    const dd_world *world = world_of(L);
    const dd_selection *from = dd_selection_check(L, 1), *less = dd_selection_check(L, 2);
    bool *unwanted = push_marks(L, world);
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
    const dd_world *world = world_of(L);
    const dd_selection *selection = dd_selection_check(L, 1);
    lua_createtable(L, (int)selection->n, 0);
    dd_sandbox_work(L, selection->n);
    for (uint32_t i = 0; i < selection->n; i++) {
        lua_pushstring(L, world->entities.all[selection->entities[i]].name);
        lua_seti(L, -2, i + 1);
    }
    return 1;
}

// --- Measuring ---

// Leaves the lamps of the selection at index 1 on top of the stack.
static const dd_selection *push_lamps(lua_State *L) {
    lua_pushcfunction(L, prim_lamps_of);
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    return dd_selection_check(L, -1);
}

// Counts are whole numbers in Lua too; other figures are rounded to what they are good for.
static void push_figure(lua_State *L, double value) {
    if (value == floor(value) && fabs(value) < 1e15)
        lua_pushinteger(L, (lua_Integer)value);
    else
        lua_pushnumber(L, isfinite(value) && fabs(value) < 1e9 ? round(value * 1e6) / 1e6 : value);
}

static int prim_measure(lua_State *L) {
    dd_world *world = running(L, "measuring");
    const dd_selection *lamps = push_lamps(L);
    const char *what = luaL_checkstring(L, 2);
    dd_sandbox_work(L, 4 * (uint64_t)lamps->n);
    dd_lamp_measure m = dd_measure_lamps(world, lamps->entities, lamps->n);
    double share = lamps->n ? 100.0 / lamps->n : NAN;
    const struct {
        const char *name;
        double value;
    } values[] = {{"lit", m.lit},
                  {"dark", m.dark},
                  {"lit_share", m.lit * share},
                  {"level", m.level_sum * share},
                  {"power_w", m.power_w},
                  {"energy_kwh", m.energy_wh / 1000},
                  {"reachable", m.reachable * share},
                  {"overridden", m.overridden}};
    for (size_t i = 0; i < DD_COUNT(values); i++)
        if (strcmp(values[i].name, what) == 0) {
            push_figure(L, values[i].value);
            return 1;
        }
    return luaL_error(L, "there is no measure '%s'", what);
}

static int prim_heard(lua_State *L) {
    dd_world *world = running(L, "heard");
    const dd_selection *lamps = push_lamps(L);
    uint32_t heard = dd_measure_heard(world, lamps->entities, lamps->n, luaL_checkinteger(L, 2));
    push_figure(L, lamps->n ? 100.0 * heard / lamps->n : NAN);
    return 1;
}

static const dd_figure *check_figure(lua_State *L) {
    dd_error error;
    const dd_figure *figure = dd_figure_find(luaL_checkstring(L, 1), &error);
    if (!figure) raise(L, &error);
    return figure;
}

static int prim_figure(lua_State *L) {
    const dd_figure *figure = check_figure(L);
    dd_world *world = running(L, "figure");
    dd_sandbox_work(L, 4 * (uint64_t)world->city->lamp_n);
    push_figure(L, figure->read(world));
    lua_pushstring(L, figure->unit);
    return 2;
}

static int prim_figure_unit(lua_State *L) {
    lua_pushstring(L, check_figure(L)->unit);
    return 1;
}

static int alarm_kind(lua_State *L, int index) {
    const char *name = luaL_optstring(L, index, NULL);
    if (!name) return 0;
    for (int kind = 1; dd_alarm_names[kind]; kind++)
        if (strcmp(dd_alarm_names[kind], name) == 0) return kind;
    return no_such(L, "kind of alarm", name, dd_alarm_names + 1, "'domdom help alarms' lists them");
}

static int prim_alarms(lua_State *L) {
    const dd_world *world = running(L, "alarms");
    int kind = alarm_kind(L, 1);
    lua_pushinteger(L, dd_measure_alarms_active(world, kind));
    lua_pushinteger(L, dd_measure_alarms_raised(world, kind));
    return 2;
}

static int prim_alarm_on(lua_State *L) {
    const dd_world *world = running(L, "alarm");
    const dd_selection *selection = dd_selection_check(L, 1);
    bool alarm = false;
    for (uint32_t i = 0; i < selection->n && !alarm; i++)
        alarm = dd_measure_alarm_on(world, selection->entities[i], alarm_kind(L, 2));
    lua_pushboolean(L, alarm);
    return 1;
}

// --- Acting ---

static int prim_command(lua_State *L) {
    dd_world *world = running(L, "a command");
    const char *verb = luaL_checkstring(L, 1);
    const dd_selection *lamps = dd_selection_check(L, 2);
    dd_error error;
    dd_action action = {.verb = DD_VERB_NONE,
                        .entities = lamps->entities,
                        .entity_n = lamps->n,
                        .level_pm = (uint16_t)lrint(luaL_checknumber(L, 3) * 10),
                        .lasts = luaL_checkinteger(L, 4)};
    for (int i = 1; dd_verb_names[i]; i++)
        if (strcmp(dd_verb_names[i], verb) == 0) action.verb = (dd_verb)i;
    dd_sandbox_work(L, 16 * (uint64_t)lamps->n);
    return dd_action_do(world, &action, verb, &error) ? 0 : raise(L, &error);
}

static int prim_command_program(lua_State *L) {
    dd_world *world = running(L, "a program");
    const dd_selection *lamps = dd_selection_check(L, 1);
    dd_error error;
    dd_action action = {.verb = DD_VERB_PROGRAM, .entities = lamps->entities, .entity_n = lamps->n};
    check_points(L, 2, &action.program);
    dd_sandbox_work(L, 16 * (uint64_t)lamps->n);
    return dd_action_do(world, &action, "program", &error) ? 0 : raise(L, &error);
}

static int prim_fault(lua_State *L) {
    dd_world *world = running(L, "a fault");
    const dd_selection *selection = dd_selection_check(L, 1);
    const char *name = luaL_optstring(L, 2, NULL);
    bool fails = lua_toboolean(L, 3);
    dd_error error;
    if (fails && !name) return luaL_error(L, "fail needs a fault, such as fail(\"breaker\")");
    dd_action action = {.verb = fails ? DD_VERB_FAIL : DD_VERB_REPAIR,
                        .entities = selection->entities,
                        .entity_n = selection->n};
    if (name && !(action.fault = dd_fault_find(name, &error))) return raise(L, &error);
    dd_sandbox_work(L, 16 * (uint64_t)selection->n);
    return dd_action_do(world, &action, name ? name : "all", &error) ? 0 : raise(L, &error);
}

static int prim_acknowledge(lua_State *L) {
    dd_action action = {.verb = DD_VERB_ACKNOWLEDGE, .alarm = (uint32_t)luaL_checkinteger(L, 1)};
    lua_pushboolean(L, dd_action_do(running(L, "acknowledge"), &action, "acknowledge", NULL));
    return 1;
}

static int prim_act(lua_State *L) {
    dd_error error;
    bool good = dd_action_do_text(running(L, "act"), luaL_checkstring(L, 1), &error);
    return good ? 0 : raise(L, &error);
}

// --- Records, notes, criteria ---

// Every key of the filter at `index` must be a field of the kind, or it would never match.
static void check_filter(lua_State *L, int index, const dd_record_kind *kind) {
    const char *names[4 + DD_RECORD_VALUES + 1] = {"kind", "entity", "entity_type", "time"};
    for (int i = 0; i < DD_RECORD_VALUES && kind->fields[i].type; i++)
        names[4 + i] = kind->fields[i].name;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "[...]";
        size_t i = 0;
        while (names[i] && strcmp(names[i], key) != 0)
            i++;
        if (names[i]) continue;
        char what[64];
        snprintf(what, sizeof what, "field of %s", kind->name);
        no_such(L, what, key, names, "'domdom help records' lists them");
    }
}

static int prim_listen(lua_State *L) {
    dd_scenario *scenario = dd_scenario_of(L);
    const char *name = luaL_checkstring(L, 1);
    const char *names[DD_REC_KINDS + 1] = {0};
    for (int kind = 0; kind < DD_REC_KINDS; kind++) {
        names[kind] = dd_schema.kinds[kind].name;
        if (strcmp(names[kind], name) != 0) continue;
        if (lua_istable(L, 2)) check_filter(L, 2, &dd_schema.kinds[kind]);
        dd_scenario_listen(scenario, (uint16_t)kind);
        return 0;
    }
    return no_such(L, "kind of record", name, names, "'domdom help records' lists them");
}

enum { NOTE_MAX = 4000, TEXTS_MAX = 1 << 18 };

static int prim_note(lua_State *L) {
    dd_world *world = running(L, "note");
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
    return dd_scenario_judge(dd_scenario_of(L), &criterion, order, &error) ? 0 : raise(L, &error);
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

static const luaL_Reg primitives[] = {
    {"now", prim_now},           {"stop", prim_stop},
    {"duration", prim_duration}, {"moment", prim_moment},
    {"civil", prim_civil},       {"place", prim_place},
    {"explain", prim_explain},   {"scenario", prim_scenario},
    {"set", prim_set},           {"param", prim_param},
    {"program", prim_program},   {"lamps", prim_lamps},
    {"entity", prim_entity},     {"all", prim_all},
    {"lamps_of", prim_lamps_of}, {"owners", prim_owners},
    {"slice", prim_slice},       {"chosen", prim_chosen},
    {"without", prim_without},   {"ids", prim_ids},
    {"measure", prim_measure},   {"heard", prim_heard},
    {"figure", prim_figure},     {"figure_unit", prim_figure_unit},
    {"alarms", prim_alarms},     {"alarm_on", prim_alarm_on},
    {"command", prim_command},   {"command_program", prim_command_program},
    {"fault", prim_fault},       {"acknowledge", prim_acknowledge},
    {"act", prim_act},           {"listen", prim_listen},
    {"note", prim_note},         {"criterion", prim_criterion},
    {"nearest", prim_nearest},   {NULL, NULL},
};

void dd_primitives_push(lua_State *L) {
    luaL_newlib(L, primitives);
    dd_selection_open(L);
    lua_setfield(L, -2, "selection_methods");
}
