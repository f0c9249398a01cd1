#define _POSIX_C_SOURCE 200809L // strdup
#include "lua/scenario.h"
#include "engine/texts.h"
#include "hil/board/attach.h"
#include "lua/city_files.h"
#include "models/mesh/survey/reachability.h"
#include "models/sky/sun_times.h"
#include "models/twin.h"
#include "models/world_settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UTC_PLUS_7_S = 7 * 3600 };

dd_scenario *dd_scenario_of(lua_State *L) {
    return dd_sandbox_def_of(L)->context;
}

// --- Declaring ---

// A journal's run can be played again only in the very city that it was played in.
static bool check_city(dd_scenario *scenario, const dd_city_files *files, dd_error *error) {
    const char *wanted = scenario->def.city_hash;
    if (!wanted || strcmp(wanted, files->hash) == 0) return true;
    return dd_fail(error, DD_WRONG,
                   "%s: is not the city that the run was played in (it hashes to %s, "
                   "not %s); restore that file%s to replay",
                   files->inventory, files->hash, wanted,
                   *files->map ? " and the map.geojson beside it" : "");
}

static bool parse_span(dd_scenario *scenario, const dd_declaration *declaration, dd_error *error) {
    dd_calendar *calendar = &scenario->world_def.calendar;
    calendar->offset_s = UTC_PLUS_7_S;
    if (!dd_unix_parse(declaration->start, calendar->offset_s, &calendar->start_unix_s))
        return dd_fail(error, DD_WRONG, "start = '%s' is no civil time; write \"2020-08-03 17:00\"",
                       declaration->start);
    scenario->declared = true;
    if (!dd_moment_parse(declaration->stop, calendar, 1, &scenario->declared_stop) ||
        scenario->declared_stop <= 0)
        return dd_fail(
            error, DD_WRONG,
            "stop = '%s' is no civil time after the start; write \"06:30\" or \"2020-08-04 06:30\"",
            declaration->stop);
    scenario->stop = scenario->declared_stop;
    const char *until = scenario->def.until;
    if (until && !dd_duration_parse(until, &scenario->stop) &&
        !dd_moment_parse(until, calendar, 1, &scenario->stop))
        return dd_fail(error, DD_WRONG,
                       "--until '%s' is neither a duration (90m) nor a civil time (21:10)", until);
    if (scenario->stop <= 0)
        return dd_fail(error, DD_WRONG, "--until '%s' lies before the scenario's start", until);
    return true;
}

// Copies of a city lie where the map shows something else.
static bool read_city(dd_scenario *scenario, const dd_city_files *files, dd_error *error) {
    uint32_t copies = scenario->def.copies;
    if (copies < 2)
        return dd_city_read(files->inventory, &scenario->city, error) &&
               (!*files->map || dd_map_read(files->map, &scenario->map, error));
    dd_city one = {0};
    bool good = dd_city_read(files->inventory, &one, error) &&
                dd_city_multiply(&one, copies, &scenario->city, error);
    dd_city_fini(&one);
    return good;
}

bool dd_scenario_declare(dd_scenario *scenario, const dd_declaration *declaration,
                         dd_error *error) {
    dd_city_files files;
    if (scenario->declared)
        return dd_fail(error, DD_WRONG, "scenario{...} may be called once only");
    if (!parse_span(scenario, declaration, error)) return false;
    const char *city = scenario->def.city ? scenario->def.city : declaration->city;
    if (!dd_city_files_find(&files, city, scenario->def.path, error) ||
        !check_city(scenario, &files, error) || !read_city(scenario, &files, error))
        return false;
    strcpy(scenario->city_hash, files.hash);
    scenario->name = strdup(declaration->name ? declaration->name : scenario->def.path);
    scenario->about = strdup(declaration->about);
    scenario->city_path = strdup(files.inventory);
    scenario->world_def.seed = scenario->def.seeded ? scenario->def.seed : declaration->seed;
    scenario->world_def.thread_n = scenario->def.thread_n;
    scenario->world_def.city = &scenario->city;
    if (scenario->map.way_n) scenario->world_def.map = &scenario->map;
    scenario->world_def.catalogue = scenario->city.catalogue;
    return true;
}

// --- Radios ---

static uint32_t find_segment(const dd_city *city, const char *id, dd_error *error) {
    for (uint32_t i = 1; i < city->segment_n; i++)
        if (strcmp(city->segments[i].id, id) == 0) return i;
    const char **ids = calloc(city->segment_n + 1, sizeof *ids), *none[] = {NULL};
    for (uint32_t i = 1; ids && i < city->segment_n; i++)
        ids[i - 1] = city->segments[i].id;
    dd_fail_unknown(error, "segment", id, ids ? ids : none,
                    "'domdom city list segments' lists them");
    free(ids);
    return 0;
}

bool dd_scenario_radio(dd_scenario *scenario, const char *segment, dd_given_radio radio,
                       dd_error *error) {
    const dd_city *city = &scenario->city;
    uint32_t index = find_segment(city, segment, error);
    if (!index) return false;
    if (!scenario->radios) {
        scenario->radios = calloc(city->segment_n, sizeof *scenario->radios);
        if (!scenario->radios) return dd_fail(error, DD_OUTSIDE, "no memory for the radios");
        for (uint32_t i = 1; i < city->segment_n; i++)
            scenario->radios[i].channel = DD_CHANNEL_COMPUTED;
        scenario->world_def.radios = scenario->radios;
    }
    scenario->radios[index] = radio;
    return true;
}

// --- Boards ---

bool dd_scenario_attach(dd_scenario *scenario, uint32_t segment, const char *how, dd_error *error) {
    dd_attach attach;
    if (!dd_attach_parse(&attach, how, false, error) || !dd_attach_check(&attach.def, error))
        return false;
    dd_wanted_board *more =
        realloc(scenario->boards, (scenario->board_n + 1) * sizeof *scenario->boards);
    if (!more) return dd_fail(error, DD_OUTSIDE, "no memory for a board");
    scenario->boards = more;
    more[scenario->board_n++] = (dd_wanted_board){.segment = segment, .how = strdup(how)};
    return true;
}

static void warn(void *context, const char *text) {
    const dd_scenario *scenario = context;
    if (scenario->def.warn) scenario->def.warn(scenario->def.context, text);
}

// --- What the command line sets ---

// A name with a dot is a setting's; other names are the scenario's own parameters.
static bool apply_settings(dd_scenario *scenario, dd_error *error) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)scenario->def.values, name, value) {
        if (!strchr(name, '.')) continue;
        char *end;
        const char *text = json_string_value(value);
        double number = strtod(text, &end);
        if (end == text || *end)
            return dd_fail(error, DD_WRONG, "--set %s=%s: a setting is a number", name, text);
        if (!dd_world_set(&scenario->world_def, name, number, error))
            return dd_fail_in(error, "--set");
    }
    return true;
}

bool dd_scenario_check_parameters(const dd_scenario *scenario, dd_error *error) {
    const char *name, *known[64] = {0};
    json_t *value;
    size_t n = 0;
    json_object_foreach(scenario->used, name, value) if (n + 1 < DD_COUNT(known)) known[n++] = name;
    json_object_foreach((json_t *)(uintptr_t)scenario->def.values, name, value) {
        if (strchr(name, '.') || json_object_get(scenario->used, name)) continue;
        dd_fail_unknown(
            error, "parameter", name, known,
            "the scenario names its own by param(...), and the names of settings have a dot");
        return dd_fail_in(error, "--set");
    }
    return true;
}

static void keep_record(void *context, const dd_record *record) {
    dd_scenario *scenario = context;
    if (!(scenario->listening >> record->kind & 1)) return;
    if (scenario->heard_n == scenario->heard_capacity) {
        scenario->heard_capacity = scenario->heard_capacity ? 2 * scenario->heard_capacity : 64;
        scenario->heard =
            realloc(scenario->heard, scenario->heard_capacity * sizeof *scenario->heard);
        if (!scenario->heard) abort();
    }
    scenario->heard[scenario->heard_n++] = *record;
}

dd_world *dd_scenario_world(dd_scenario *scenario, dd_error *error) {
    if (scenario->world) return scenario->world;
    if (!scenario->declared) {
        dd_fail(error, DD_WRONG, "scenario{...} must come first");
        return NULL;
    }
    if (apply_settings(scenario, error))
        scenario->world = dd_twin_open(&scenario->world_def, error);
    if (scenario->world && !dd_reachability_check(scenario->world, warn, scenario, error)) {
        dd_twin_close(scenario->world);
        scenario->world = NULL;
    }
    if (scenario->world)
        dd_stream_listen(&scenario->world->engine->stream, scenario->listening, keep_record,
                         scenario);
    return scenario->world;
}

// --- Moments ---

bool dd_scenario_moment(const dd_scenario *scenario, const char *text, dd_time *t,
                        dd_error *error) {
    dd_time now = scenario->started ? scenario->world->engine->now : 0;
    bool sunset = strncmp(text, "sunset", 6) == 0, sunrise = strncmp(text, "sunrise", 7) == 0;
    if (sunset || sunrise) {
        const char *rest = text + (sunset ? 6 : 7);
        dd_time offset = 0;
        if (*rest && ((*rest != '+' && *rest != '-') || !dd_duration_parse(rest + 1, &offset)))
            return dd_fail(error, DD_WRONG, "'%s' is no moment; write \"sunset+15m\"", text);
        *t = dd_sky_next(&scenario->world_def, sunset, *rest == '-' ? -offset : offset, now);
        return true;
    }
    return dd_moment_parse(text, &scenario->world_def.calendar, now, t) ||
           dd_fail(error, DD_WRONG,
                   "'%s' is no moment; write \"21:10\", \"2020-08-04 06:30\" or \"sunset+15m\"",
                   text);
}

// --- Observing and judging ---

void dd_scenario_listen(dd_scenario *scenario, uint16_t kind) {
    scenario->listening |= (uint64_t)1 << kind;
    if (scenario->world)
        dd_stream_listen(&scenario->world->engine->stream, scenario->listening, keep_record,
                         scenario);
}

// In thousandths, as records keep it; what is not finite or would not fit is cut.
static int64_t milli(double value) {
    if (!isfinite(value)) return 0;
    return llrint(fmax(fmin(value, 1e15), -1e15) * 1000);
}

bool dd_scenario_judge(dd_scenario *scenario, const dd_criterion *criterion, uint32_t order,
                       dd_error *error) {
    dd_world *world = scenario->world;
    dd_engine_note(world->engine, DD_REC_CRITERION, dd_world_entity(world, DD_ENTITY_CITY, 1), 0,
                   dd_texts_add(world->engine->texts, criterion->name), criterion->pass,
                   milli(criterion->measured), milli(criterion->limit));
    return dd_verdicts_add(&scenario->verdicts, criterion, order, error);
}
