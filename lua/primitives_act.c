// Primitives: acting, as operator, crew and instructor.
#include "lua/guard.h"
#include "lua/primitive.h"
#include "lua/primitives.h"
#include "lua/selection_value.h"
#include "models/action/action_text.h"
#include "models/action/weather.h"
#include "models/calendar_text.h"
#include "models/centre/schedule.h"
#include "models/hazard.h"
#include "models/light/lifetime.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

// An action on the selection at `index`.
static dd_action action_on(lua_State *L, dd_verb verb, int index) {
    const dd_selection *meant = dd_selection_check(L, index);
    return (dd_action){.verb = verb, .entities = meant->entities, .entity_n = meant->n};
}

// Does it; an error of the action is one of the scenario. `text` is how the records tell it.
static void act(lua_State *L, const dd_action *action, const char *text) {
    dd_world *world = dd_primitive_running(L, dd_verb_names[action->verb]);
    dd_error error;
    dd_sandbox_work(L, 16 * (uint64_t)action->entity_n);
    if (!dd_action_do(world, action, text, &error)) dd_primitive_raise(L, &error);
}

// --- Operator and crews ---

// A duration in nanoseconds as seconds of a ramp.
static uint16_t ramp_s(lua_State *L, int index) {
    lua_Integer ns = luaL_optinteger(L, index, 0);
    luaL_argcheck(L, ns >= 0 && ns <= UINT16_MAX * DD_SECOND, index, "a ramp takes up to 18 h");
    return (uint16_t)(ns / DD_SECOND);
}

static uint32_t group_at(lua_State *L, int index) {
    const char *name = luaL_optstring(L, index, NULL);
    return name ? dd_group_id(name) : 0;
}

// command(verb, selection, level, duration, text, group, to, back): the last three may be nil.
static int prim_command(lua_State *L) {
    const char *verb = luaL_checkstring(L, 1);
    dd_action action = action_on(L, DD_VERB_NONE, 2);
    action.level_pm = (uint16_t)lrint(luaL_checknumber(L, 3) * 10);
    action.lasts = luaL_checkinteger(L, 4);
    action.group = group_at(L, 6);
    action.ramp = (dd_ramp){.to_s = ramp_s(L, 7), .from_s = ramp_s(L, 8)};
    for (int i = 1; dd_verb_names[i]; i++)
        if (strcmp(dd_verb_names[i], verb) == 0) action.verb = (dd_verb)i;
    act(L, &action, luaL_checkstring(L, 5));
    return 0;
}

// command_program(selection, points, text)
static int prim_command_program(lua_State *L) {
    dd_action action = action_on(L, DD_VERB_PROGRAM, 1);
    dd_program program;
    dd_primitive_points(L, 2, &program);
    action.calendar = dd_light_calendar_of(&program);
    act(L, &action, luaL_checkstring(L, 3));
    return 0;
}

// command_calendar(selection, calendar, group, text): as text; group nil: all lamps.
static int prim_command_calendar(lua_State *L) {
    dd_action action = action_on(L, DD_VERB_CALENDAR, 1);
    dd_error error;
    if (!dd_calendar_parse(luaL_checkstring(L, 2), &action.calendar, &error))
        dd_primitive_raise(L, &error);
    action.group = group_at(L, 3);
    act(L, &action, luaL_checkstring(L, 4));
    return 0;
}

// command_group(selection, name, removes, text)
static int prim_command_group(lua_State *L) {
    dd_action action = action_on(L, DD_VERB_GROUP, 1);
    action.group = dd_group_id(luaL_checkstring(L, 2));
    action.removes = lua_toboolean(L, 3);
    act(L, &action, luaL_checkstring(L, 4));
    return 0;
}

// refit(selection, model): nil for the city's own.
static int prim_refit(lua_State *L) {
    dd_action action = action_on(L, DD_VERB_REFIT, 1);
    action.model = luaL_optstring(L, 2, NULL);
    act(L, &action, action.model ? action.model : "refit");
    return 0;
}

static int prim_commission(lua_State *L) {
    dd_action action = action_on(L, DD_VERB_COMMISSION, 1);
    act(L, &action, "commission");
    return 0;
}

// Reads the text at 1 and whether it can be done; what is wrong with it is the scenario's error.
static dd_world *read_action(lua_State *L, dd_words *words, dd_action *action) {
    dd_world *world = dd_primitive_running(L, "act");
    dd_error error;
    if (!dd_action_parse(world, luaL_checkstring(L, 1), words, action, &error) ||
        !dd_action_check(world, action, &error))
        dd_primitive_raise(L, &error);
    dd_guard_verb(L, action->verb);
    return world;
}

// act(text)
static int prim_act(lua_State *L) {
    dd_words words;
    dd_action action;
    dd_error error;
    dd_world *world = read_action(L, &words, &action);
    bool good = dd_action_do(world, &action, words.text, &error);
    return good ? 0 : dd_primitive_raise(L, &error);
}

// attempt(text): the number of what it has made, or true; false and why it comes to nothing as
// things stand.
static int prim_attempt(lua_State *L) {
    dd_words words;
    dd_action action;
    dd_error error;
    dd_world *world = read_action(L, &words, &action);
    uint32_t made = 0;
    action.made = &made;
    if (!dd_action_do(world, &action, words.text, &error)) {
        lua_pushboolean(L, false);
        lua_pushstring(L, error.text);
        return 2;
    }
    if (made)
        lua_pushinteger(L, made);
    else
        lua_pushboolean(L, true);
    return 1;
}

// --- Faults ---

static dd_fault_kind check_fault(lua_State *L, int index) {
    dd_error error;
    dd_fault_kind fault = dd_fault_find(luaL_checkstring(L, index), &error);
    if (!fault) dd_primitive_raise(L, &error);
    return fault;
}

// Whether there is such a fault: what is planned for later must not fail for a slip of the pen.
static int prim_check_fault(lua_State *L) {
    check_fault(L, 1);
    return 0;
}

// A jammer's kind at `index`, then its power, channel and duty, nil for what is usual.
static void read_jammer(lua_State *L, int index, dd_jammer_def *jammer) {
    static const char *const figures[] = {"power", "channel", "duty"};
    dd_error error;
    const char *kind = luaL_optstring(L, index, dd_jammer_kind_names[DD_JAMMER_CARRIER]);
    while (dd_jammer_kind_names[jammer->kind] &&
           strcmp(dd_jammer_kind_names[jammer->kind], kind) != 0)
        jammer->kind++;
    if (jammer->kind == DD_JAMMER_KINDS)
        dd_primitive_no_such(L, "kind of jammer", kind, dd_jammer_kind_names,
                             "there are carrier, wifi, rfid and mesh");
    for (int i = 0; i < (int)DD_COUNT(figures); i++)
        if (!lua_isnoneornil(L, index + 1 + i) &&
            !dd_jammer_set(jammer, figures[i], luaL_checknumber(L, index + 1 + i), &error))
            dd_primitive_raise(L, &error);
}

// fault(selection, fault, fails, jammer's kind, power, channel, duty)
static int prim_fault(lua_State *L) {
    bool fails = lua_toboolean(L, 3), named = !lua_isnoneornil(L, 2);
    dd_action action = action_on(L, fails ? DD_VERB_FAIL : DD_VERB_REPAIR, 1);
    if (fails && !named) return luaL_error(L, "fail needs a fault, such as fail(\"breaker\")");
    if (named) action.fault = check_fault(L, 2);
    read_jammer(L, 4, &action.jammer);
    act(L, &action, named ? lua_tostring(L, 2) : "all");
    return 0;
}

// hazard(selection, fault, per 1000 h, repair h): its number.
static int prim_hazard(lua_State *L) {
    uint32_t number;
    dd_action action = action_on(L, DD_VERB_HAZARD, 1);
    action.fault = check_fault(L, 2);
    action.per_1000_h = luaL_checknumber(L, 3);
    action.repair_h = luaL_checknumber(L, 4);
    action.made = &number;
    act(L, &action, dd_fault_names[action.fault]);
    lua_pushinteger(L, number);
    return 1;
}

static int prim_end_hazard(lua_State *L) {
    dd_hazard_end(dd_primitive_running(L, "hazard"), (uint32_t)luaL_checkinteger(L, 1));
    return 0;
}

// Pushes those lamps of a selection that belong to a batch.
static void push_batch(lua_State *L, const dd_selection *from, uint32_t batch) {
    const dd_world *world = dd_primitive_world(L);
    uint32_t n = 0;
    for (uint32_t i = 0; i < from->n; i++)
        n += dd_batch_holds(world, batch, from->entities[i]);
    dd_selection *lamps = dd_selection_push(L, DD_ENTITY_LAMP, n);
    n = 0;
    for (uint32_t i = 0; i < from->n; i++)
        if (dd_batch_holds(world, batch, from->entities[i]))
            lamps->entities[n++] = from->entities[i];
}

// batch(lamps, share, fault, factor): those that belong to it.
static int prim_batch(lua_State *L) {
    uint32_t number;
    dd_action action = action_on(L, DD_VERB_BATCH, 1);
    action.share = luaL_checknumber(L, 2);
    action.fault = check_fault(L, 3);
    action.factor = luaL_checknumber(L, 4);
    action.made = &number;
    act(L, &action, dd_fault_names[action.fault]);
    push_batch(L, dd_selection_check(L, 1), number);
    return 1;
}

// --- Weather ---

// strike(selection, kiloamperes)
static int prim_strike(lua_State *L) {
    dd_action action = action_on(L, DD_VERB_STRIKE, 1);
    action.kiloamperes = luaL_checknumber(L, 2);
    act(L, &action, "strike");
    return 0;
}

// weather(rain, clouds, temperature, water, flashes, duration): nil for what is not said; without
// arguments it is nature's again.
static int prim_weather(lua_State *L) {
    dd_error error;
    dd_action action = {.verb = DD_VERB_WEATHER, .nature = lua_gettop(L) == 0};
    for (int i = 0; i < 4; i++)
        if (!lua_isnoneornil(L, i + 1) &&
            !dd_weather_say(&action.weather, 1u << i, luaL_checknumber(L, i + 1), &error))
            return dd_primitive_raise(L, &error);
    action.flashes = luaL_optnumber(L, 5, 0);
    action.lasts = luaL_optinteger(L, 6, 0);
    act(L, &action, action.nature ? "nature" : action.flashes > 0 ? "storm" : "weather");
    return 0;
}

const luaL_Reg dd_primitives_act[] = {
    {"command", prim_command},
    {"command_program", prim_command_program},
    {"command_calendar", prim_command_calendar},
    {"command_group", prim_command_group},
    {"refit", prim_refit},
    {"commission", prim_commission},
    {"act", prim_act},
    {"attempt", prim_attempt},
    {"check_fault", prim_check_fault},
    {"fault", prim_fault},
    {"hazard", prim_hazard},
    {"end_hazard", prim_end_hazard},
    {"batch", prim_batch},
    {"strike", prim_strike},
    {"weather", prim_weather},
    {NULL, NULL},
};
