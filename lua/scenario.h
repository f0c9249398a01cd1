// A scenario: what it says of itself, the city and the world it plays in, what it expects and what
// it wants to be told. lua/script.h makes its text work.
#pragma once

#include "lua/sandbox.h"
#include "lua/verdicts.h"
#include "models/city/map.h"
#include "models/mesh/survey/channel_plan.h"
#include "models/world.h"

#include <jansson.h>

// What the command line, or a journal, says about a run besides the scenario.
typedef struct dd_scenario_def {
    const char *path; // as messages show it
    const char *text; // the scenario itself; NULL: read from `path`
    size_t size;
    const char *city;      // a city file in place of the scenario's, or NULL
    const char *city_hash; // what its files must hash to (a journal says), or NULL
    uint32_t copies;       // the city laid out so often side by side; 0 or 1: once
    bool seeded;           // `seed` in place of the scenario's
    uint64_t seed;
    uint32_t thread_n;    // that the engine runs on; 0 is 1
    const char *until;    // duration or civil time in place of the scenario's stop, or NULL
    const json_t *values; // object of texts: parameters and settings by name, or NULL
    // Told the lines that the scenario prints and notes, or NULL.
    void (*print)(void *context, const char *line);
    // Told what is wrong with the city's mesh without keeping it from being played, or NULL.
    void (*warn)(void *context, const char *text);
    void *context;
} dd_scenario_def;

// A board that a scenario wants in a segment from the run's start.
typedef struct dd_wanted_board {
    uint32_t segment;
    char *how; // owned: as actions write it
} dd_wanted_board;

struct dd_rack;

typedef struct dd_scenario {
    dd_scenario_def def;
    char *text; // owned copy
    size_t size;
    dd_sandbox *sandbox;
    dd_city city;
    dd_map map; // without ways: the city has none
    dd_world_def world_def;
    dd_given_radio *radios; // what radios{...} gives, by segment; NULL: nothing
    dd_world *world;        // opened at the first use of an entity, or when the text has run
    char *name, *about, *city_path;
    char city_hash[17];    // of the city's files, hexadecimal
    bool declared;         // scenario{...} has been called
    bool started;          // the world is at work
    bool at_desk;          // an operator's process runs, which is told no truth
    dd_time declared_stop; // as scenario{...} says
    dd_time stop;          // the same, or sooner or later as --until says
    dd_time acted;         // the last moment at which it acted; -1: never
    dd_time planned;       // the next moment of its agenda; DD_NEVER: none
    json_t *used;          // names of `values` that something took
    dd_verdicts verdicts;
    dd_record *heard; // records for observers, oldest first
    size_t heard_n, heard_capacity;
    uint64_t listening;      // kinds that observers want, as a mask
    uint64_t draws;          // of math.random: the counter of its stream
    dd_wanted_board *boards; // before the start, in the order in which they were attached
    size_t board_n;
    const struct dd_rack *rack; // the run's boards, of who plays it; NULL: it has none
    uint32_t unreached;         // expectations whose moment the run did not reach
} dd_scenario;

// The world, opened on demand. NULL and an error when that fails.
dd_world *dd_scenario_world(dd_scenario *scenario, dd_error *error);

// Reads a moment: civil time, "21:10", "sunset+15m", or a duration since the start.
bool dd_scenario_moment(const dd_scenario *scenario, const char *text, dd_time *t, dd_error *error);

// --- For the primitives ---

typedef struct dd_declaration {
    const char *name, *about, *city, *start, *stop;
    uint64_t seed;
} dd_declaration;

// What scenario{...} says; reads the city.
bool dd_scenario_declare(dd_scenario *scenario, const dd_declaration *declaration, dd_error *error);

// What radios{...} says of a segment, before the world is opened.
bool dd_scenario_radio(dd_scenario *scenario, const char *segment, dd_given_radio radio,
                       dd_error *error);

// What attach{...} says of a segment, before the start.
bool dd_scenario_attach(dd_scenario *scenario, uint32_t segment, const char *how, dd_error *error);

// Every parameter that the command line gave must be one of the scenario's.
bool dd_scenario_check_parameters(const dd_scenario *scenario, dd_error *error);

// From now on records of a kind are kept for the observers.
void dd_scenario_listen(dd_scenario *scenario, uint16_t kind);

// Notes a criterion's result; its texts are copied. `order` is its place among the expectations.
bool dd_scenario_judge(dd_scenario *scenario, const dd_criterion *criterion, uint32_t order,
                       dd_error *error);

// The scenario that a Lua state belongs to.
dd_scenario *dd_scenario_of(lua_State *L);
