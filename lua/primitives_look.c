// Primitives: what is true, and what the centre believes.
#include "lua/guard.h"
#include "lua/primitive.h"
#include "lua/primitives.h"
#include "lua/selection_value.h"
#include "models/centre/alarm.h"
#include "models/figure/figure.h"
#include "models/measure.h"
#include "models/sky/sky.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

// --- Measuring ---

// Leaves the lamps of the selection at index 1 on top of the stack.
static const dd_selection *push_lamps(lua_State *L) {
    lua_pushcfunction(L, dd_primitive_lamps_of);
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
    dd_world *world = dd_primitive_running(L, "measuring");
    const dd_selection *lamps = push_lamps(L);
    const char *what = luaL_checkstring(L, 2);
    dd_sandbox_work(L, 4 * (uint64_t)lamps->n);
    dd_lamp_measure m = dd_measure_lamps(world, lamps->entities, lamps->n);
    dd_reach_measure reach = dd_measure_reach(world, lamps->entities, lamps->n);
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
                  {"reachable", reach.reachable * share},
                  {"overridden", m.overridden}};
    for (size_t i = 0; i < DD_COUNT(values); i++)
        if (strcmp(values[i].name, what) == 0) {
            push_figure(L, values[i].value);
            return 1;
        }
    return luaL_error(L, "there is no measure '%s'", what);
}

static int prim_heard(lua_State *L) {
    dd_world *world = dd_primitive_running(L, "heard");
    const dd_selection *lamps = push_lamps(L);
    uint32_t heard = dd_measure_heard(world, lamps->entities, lamps->n, luaL_checkinteger(L, 2));
    push_figure(L, lamps->n ? 100.0 * heard / lamps->n : NAN);
    return 1;
}

// --- At poles and in cabinets ---

// voltage(lamps): the mean of those that are not dead; 0 when all are.
static int prim_voltage(lua_State *L) {
    dd_world *world = dd_primitive_running(L, "voltage");
    const dd_selection *lamps = push_lamps(L);
    double sum = 0;
    uint32_t live = 0;
    dd_sandbox_work(L, 64 * (uint64_t)lamps->n);
    for (uint32_t i = 0; i < lamps->n; i++) {
        double volts = dd_measure_voltage(world, lamps->entities[i]);
        sum += volts;
        live += volts > 0;
    }
    push_figure(L, live ? sum / live : 0);
    return 1;
}

// current(lamps): the sum of what they take.
static int prim_current(lua_State *L) {
    dd_world *world = dd_primitive_running(L, "current");
    const dd_selection *lamps = push_lamps(L);
    double amperes = 0;
    dd_sandbox_work(L, 64 * (uint64_t)lamps->n);
    for (uint32_t i = 0; i < lamps->n; i++)
        amperes += dd_measure_reading(world, lamps->entities[i]).current_ma / 1e3;
    push_figure(L, amperes);
    return 1;
}

// model(lamps): the name of their luminaires' model; nil when they have different ones, or none are
// there.
static int prim_model(lua_State *L) {
    const dd_world *world = dd_primitive_running(L, "model");
    const dd_selection *lamps = push_lamps(L);
    const char *name = lamps->n ? dd_measure_model(world, lamps->entities[0]) : NULL;
    dd_sandbox_work(L, lamps->n);
    for (uint32_t i = 1; name && i < lamps->n; i++)
        if (strcmp(name, dd_measure_model(world, lamps->entities[i])) != 0) name = NULL;
    lua_pushstring(L, name);
    return 1;
}

static void set_figure(lua_State *L, const char *name, double value) {
    push_figure(L, value);
    lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, bool value) {
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

// reading(lamp): a table of what its node would read out.
static int prim_reading(lua_State *L) {
    static const struct {
        const char *name;
        uint8_t flag;
    } gear[] = {{"silent", DD_GEAR_SILENT},   {"open", DD_GEAR_OPEN}, {"short", DD_GEAR_SHORT},
                {"derated", DD_GEAR_DERATED}, {"hot", DD_GEAR_HOT},   {"relay", DD_GEAR_RELAY},
                {"cycling", DD_GEAR_CYCLING}};
    dd_world *world = dd_primitive_running(L, "reading");
    dd_reading reading = dd_measure_reading(world, dd_selection_check(L, 1)->entities[0]);
    lua_newtable(L);
    set_figure(L, "level", reading.level_pm / 10.0);
    set_figure(L, "power", reading.power_mw / 1e3);
    set_figure(L, "voltage", reading.voltage_dv / 10.0);
    set_figure(L, "current", reading.current_ma / 1e3);
    set_figure(L, "energy", reading.energy_wh);
    for (size_t i = 0; i < DD_COUNT(gear); i++)
        set_flag(L, gear[i].name, reading.gear & gear[i].flag);
    return 1;
}

// cabinet(feeder): a table of what the controller in its cabinet can see of it.
static int prim_cabinet(lua_State *L) {
    static const char *const volts[] = {"voltage_l1", "voltage_l2", "voltage_l3"};
    static const char *const amperes[] = {"current_l1", "current_l2", "current_l3"};
    dd_world *world = dd_primitive_running(L, "cabinet");
    uint32_t feeder = dd_world_index(world, dd_selection_check(L, 1)->entities[0]);
    dd_feeder_reading reading = dd_measure_feeder(world, feeder);
    lua_newtable(L);
    for (int phase = 0; phase < 3; phase++) {
        set_figure(L, volts[phase], reading.voltage_dv[phase] / 10.0);
        set_figure(L, amperes[phase], reading.current_ca[phase] / 100.0);
    }
    set_figure(L, "power", reading.power_w);
    set_figure(L, "meter", (double)reading.energy_wh / 1e3);
    set_figure(L, "leakage", reading.leakage_ma / 1e3);
    set_flag(L, "contactor", reading.contactor);
    set_flag(L, "tripped", reading.tripped);
    set_flag(L, "override", reading.override);
    return 1;
}

// sky(): a table of how it is outside.
static int prim_sky(lua_State *L) {
    dd_sky sky = dd_sky_standing(dd_primitive_running(L, "sky"));
    lua_newtable(L);
    set_figure(L, "illuminance", (double)sky.illuminance_mlx / 1e3);
    set_figure(L, "elevation", sky.elevation_md / 1e3);
    set_figure(L, "temperature", sky.temperature_md / 1e3);
    set_figure(L, "rain", sky.rain_um_h / 1e3);
    set_figure(L, "clouds", sky.clouds_pm / 10.0);
    set_figure(L, "tide", sky.tide_mm / 1e3);
    if (sky.flood_mm != DD_SKY_DRY) set_figure(L, "flood", sky.flood_mm / 1e3);
    return 1;
}

// --- Figures by name ---

static const dd_figure *check_figure(lua_State *L) {
    dd_error error;
    const dd_figure *figure = dd_figure_find(luaL_checkstring(L, 1), &error);
    if (!figure) dd_primitive_raise(L, &error);
    return figure;
}

static int prim_figure(lua_State *L) {
    const dd_figure *figure = check_figure(L);
    dd_guard_figure(L, figure->name);
    dd_world *world = dd_primitive_running(L, "figure");
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
    return dd_primitive_no_such(L, "kind of alarm", name, dd_alarm_names + 1,
                                "'domdom help alarms' lists them");
}

static int prim_alarms(lua_State *L) {
    const dd_world *world = dd_primitive_running(L, "alarms");
    int kind = alarm_kind(L, 1);
    lua_pushinteger(L, dd_measure_alarms_active(world, kind));
    lua_pushinteger(L, dd_measure_alarms_raised(world, kind));
    return 2;
}

static int prim_alarm_on(lua_State *L) {
    const dd_world *world = dd_primitive_running(L, "alarm");
    const dd_selection *selection = dd_selection_check(L, 1);
    int kind = alarm_kind(L, 2);
    bool alarm = false;
    if (kind && selection->n && dd_alarm_target((dd_alarm_kind)kind) != selection->type)
        return luaL_error(L, "%s is an alarm of %ss, but these are %ss", dd_alarm_names[kind],
                          dd_entity_type_names[dd_alarm_target((dd_alarm_kind)kind)],
                          dd_entity_type_names[selection->type]);
    for (uint32_t i = 0; i < selection->n && !alarm; i++)
        alarm = dd_measure_alarm_on(world, selection->entities[i], kind);
    lua_pushboolean(L, alarm);
    return 1;
}

const luaL_Reg dd_primitives_look[] = {
    {"measure", prim_measure},
    {"heard", prim_heard},
    {"voltage", prim_voltage},
    {"current", prim_current},
    {"model", prim_model},
    {"reading", prim_reading},
    {"cabinet", prim_cabinet},
    {"sky", prim_sky},
    {"figure", prim_figure},
    {"figure_unit", prim_figure_unit},
    {"alarms", prim_alarms},
    {"alarm_on", prim_alarm_on},
    {NULL, NULL},
};
