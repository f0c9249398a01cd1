#include "lua/guard.h"
#include "lua/primitive.h"

#include <assert.h>
#include <lauxlib.h>
#include <string.h>

#define LAMPS "desk.lamps(selection) tells what the centre holds of lamps"
#define FEEDER "desk.feeder(feeder) tells what the centre was told of it"
#define MESH "desk.lamps(selection) tells which lamps the centre has heard, and when"
#define FILE_SAYS "lamps{ kind = ... } tells what the city's file says of them"
#define NO_INSTRUCTOR "that is the instructor's to do"
#define NO_TECHNICIAN "that is done in the street; send a crew by dispatch(place)"

// By primitive; what is not here tells only what the centre holds, or what the city's file says.
static const struct {
    const char *name, *instead;
} guarded[] = {
    {"measure", LAMPS},
    {"voltage", FEEDER},
    {"current", FEEDER},
    {"model", FILE_SAYS},
    {"reading", LAMPS},
    {"cabinet", FEEDER},
    {"gear", LAMPS},
    {"running", "a campaign's status() tells what the centre was told"},
    {"road_light", LAMPS},
    {"parents", MESH},
    {"children", MESH},
    {"sky", "alarms, readings and reports tell what the weather does"},
    {"fault", NO_INSTRUCTOR},
    {"hazard", NO_INSTRUCTOR},
    {"end_hazard", NO_INSTRUCTOR},
    {"batch", NO_INSTRUCTOR},
    {"strike", NO_INSTRUCTOR},
    {"weather", NO_INSTRUCTOR},
    {"attach", NO_INSTRUCTOR},
    {"board", "whether a controller answers, alarms and desk.lamps(selection) tell"},
    {"refit", NO_TECHNICIAN},
    {"commission", NO_TECHNICIAN},
};

// The first words of the figures that the centre's own screens show.
static const char *const own_figures[] = {"alarms.", "centre.",  "commands.",  "reports.",
                                          "office.", "updates.", "incidents.", "crews."};

// Figures of these words that lay it beside the truth: the examiner's.
static const char *const examiners_figures[] = {"centre.right"};

// Beliefs that are not the centre's but the scenario's: what the instructor does is told there.
static const uint16_t scenario_kinds[] = {DD_REC_ACTION, DD_REC_NOTE, DD_REC_CRITERION};

static bool at_desk(lua_State *L) {
    return dd_scenario_of(L)->at_desk;
}

// At the scenario's line.
static int refuse(lua_State *L, const char *what, const char *instead) {
    dd_error error;
    dd_fail(&error, DD_WRONG, "an operator sees the desk only: %s%s", what, instead);
    return dd_primitive_raise(L, &error);
}

static int guard(lua_State *L) {
    if (at_desk(L)) return refuse(L, "", lua_tostring(L, lua_upvalueindex(2)));
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

const char *dd_guard_instead(const char *primitive) {
    for (size_t i = 0; i < DD_COUNT(guarded); i++)
        if (strcmp(guarded[i].name, primitive) == 0) return guarded[i].instead;
    return NULL;
}

void dd_guard_primitives(lua_State *L) {
    for (size_t i = 0; i < DD_COUNT(guarded); i++) {
        int type = lua_getfield(L, -1, guarded[i].name);
        assert(type == LUA_TFUNCTION);
        (void)type;
        lua_pushstring(L, guarded[i].instead);
        lua_pushcclosure(L, guard, 2);
        lua_setfield(L, -2, guarded[i].name);
    }
}

void dd_guard_figure(lua_State *L, const char *name) {
    bool own = !at_desk(L);
    for (size_t i = 0; i < DD_COUNT(own_figures); i++)
        own |= strncmp(name, own_figures[i], strlen(own_figures[i])) == 0;
    for (size_t i = 0; i < DD_COUNT(examiners_figures); i++)
        own &= !at_desk(L) || strcmp(name, examiners_figures[i]) != 0;
    if (!own)
        refuse(L, name,
               " tells what is true; figures of alarms, centre, commands, reports and the office "
               "are its own");
}

void dd_guard_record(lua_State *L, uint16_t kind) {
    const dd_record_kind *what = &dd_schema.kinds[kind];
    bool own = what->voice == DD_BELIEF;
    for (size_t i = 0; i < DD_COUNT(scenario_kinds); i++)
        own &= kind != scenario_kinds[i];
    if (at_desk(L) && !own)
        refuse(
            L, what->name,
            " tells what is true; wait for alarm_raised, incident, finding, report and the like");
}

void dd_guard_verb(lua_State *L, dd_verb verb) {
    dd_role role = dd_verb_of(verb)->role;
    if (at_desk(L) && role != DD_ROLE_OPERATOR)
        refuse(L, dd_verb_names[verb],
               role == DD_ROLE_TECHNICIAN ? ": " NO_TECHNICIAN : ": " NO_INSTRUCTOR);
}
