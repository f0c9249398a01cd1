#define _POSIX_C_SOURCE 200809L // strdup
#include "lua/scenario.h"
#include "engine/data.h"
#include "engine/random.h"
#include "engine/texts.h"
#include "lua/embedded.h"
#include "lua/primitives.h"
#include "lua/selection_value.h"
#include "models/controller/core/sun.h"
#include "models/kind.h"
#include "models/segment.h"
#include "models/world_settings.h"

#include <errno.h>
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { UTC_PLUS_7_S = 7 * 3600, TEXT_MAX = 4 << 20 };
#define OBSERVE_EACH (100 * DD_MILLISECOND) // grid on which observers are told

dd_scenario *dd_scenario_of(lua_State *L) {
    return dd_sandbox_def_of(L)->context;
}

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

// --- Declaring ---

static bool find_city(dd_scenario *scenario, const char *city, char path[DD_PATH_SIZE],
                      dd_error *error) {
    if (scenario->def.city) city = scenario->def.city;
    if (strcmp(city, "bentre") == 0)
        return dd_data_find("scenarios/bentre/city.geojson", path, error);
    if (!strpbrk(city, "/.")) {
        static const char *const known[] = {"bentre", NULL};
        const char *nearest = dd_nearest(city, known);
        return dd_fail(error, DD_WRONG, "there is no city '%s'%s", city,
                       nearest ? ", did you mean 'bentre'?"
                               : "; write \"bentre\", or the path of a city file");
    }
    // A path is taken from where the scenario stands.
    const char *slash = strrchr(scenario->def.path, '/');
    int folder = city[0] == '/' || !slash ? 0 : (int)(slash - scenario->def.path + 1);
    snprintf(path, DD_PATH_SIZE, "%.*s%s", folder, scenario->def.path, city);
    return true;
}

// A journal's run can be played again only in the very city that it was played in.
static bool check_city(dd_scenario *scenario, const char *path, dd_error *error) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return dd_fail(
            error, DD_WRONG,
            "%s: cannot be read: %s; write city = \"bentre\", or the path of a city file "
            "from where the scenario stands",
            path, strerror(errno));
    struct stat status;
    if (fstat(fileno(file), &status) == 0 && !S_ISREG(status.st_mode)) {
        fclose(file);
        return dd_fail(error, DD_WRONG, "%s: is no file; name a city file", path);
    }
    uint8_t block[65536];
    uint64_t hash = 0;
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;)
        hash = dd_hash_bytes(block, n, hash);
    fclose(file);
    snprintf(scenario->city_hash, sizeof scenario->city_hash, "%016llx", (unsigned long long)hash);
    const char *wanted = scenario->def.city_hash;
    if (!wanted || strcmp(wanted, scenario->city_hash) == 0) return true;
    return dd_fail(error, DD_WRONG,
                   "%s: is not the city that the run was played in (it hashes to %s, "
                   "not %s); restore that file to replay",
                   path, scenario->city_hash, wanted);
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

static bool read_city(dd_scenario *scenario, const char *path, dd_error *error) {
    uint32_t copies = scenario->def.copies;
    if (copies < 2) return dd_city_read(path, &scenario->city, error);
    dd_city one = {0};
    bool good =
        dd_city_read(path, &one, error) && dd_city_multiply(&one, copies, &scenario->city, error);
    dd_city_fini(&one);
    return good;
}

bool dd_scenario_declare(dd_scenario *scenario, const dd_declaration *declaration,
                         dd_error *error) {
    char path[DD_PATH_SIZE];
    if (scenario->declared)
        return dd_fail(error, DD_WRONG, "scenario{...} may be called once only");
    if (!parse_span(scenario, declaration, error)) return false;
    if (!find_city(scenario, declaration->city, path, error) ||
        !check_city(scenario, path, error) || !read_city(scenario, path, error))
        return false;
    scenario->name = strdup(declaration->name ? declaration->name : scenario->def.path);
    scenario->about = strdup(declaration->about);
    scenario->city_path = strdup(path);
    scenario->world_def.seed = scenario->def.seeded ? scenario->def.seed : declaration->seed;
    scenario->world_def.city = &scenario->city;
    return true;
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

static bool check_parameters(const dd_scenario *scenario, dd_error *error) {
    const char *name, *known[64] = {0};
    json_t *value;
    size_t n = 0;
    json_object_foreach(scenario->used, name, value) if (n + 1 < DD_COUNT(known)) known[n++] = name;
    json_object_foreach((json_t *)(uintptr_t)scenario->def.values, name, value) {
        if (strchr(name, '.') || json_object_get(scenario->used, name)) continue;
        const char *nearest = dd_nearest(name, known);
        return dd_fail(error, DD_WRONG, "--set %s: %s has no such parameter%s%s%s", name,
                       scenario->def.path, nearest ? ", did you mean '" : "",
                       nearest ? nearest : "", nearest ? "'?" : "");
    }
    return true;
}

dd_world *dd_scenario_world(dd_scenario *scenario, dd_error *error) {
    if (scenario->world) return scenario->world;
    if (!scenario->declared) {
        dd_fail(error, DD_WRONG, "scenario{...} must come first");
        return NULL;
    }
    if (apply_settings(scenario, error))
        scenario->world = dd_world_open(&scenario->world_def, error);
    return scenario->world;
}

// --- Moments ---

// The first sunrise or sunset plus `offset` at or after `after`.
static dd_time sun_moment(const dd_scenario *scenario, bool sunset, dd_time offset, dd_time after) {
    const dd_calendar *calendar = &scenario->world_def.calendar;
    const dd_settings *settings = &scenario->world_def.settings;
    dd_time midnight = dd_midnight_before(calendar, after) - DD_DAY;
    for (;; midnight += DD_DAY) {
        int64_t local_s = calendar->start_unix_s + calendar->offset_s + midnight / DD_SECOND;
        int32_t rise_s, set_s;
        dd_sun_times((int32_t)(settings->sky_lat * 1e6), (int32_t)(settings->sky_lon * 1e6),
                     calendar->offset_s, (int32_t)(local_s / 86400), &rise_s, &set_s);
        dd_time t = midnight + (sunset ? set_s : rise_s) * DD_SECOND + offset;
        if (t >= after) return t;
    }
}

bool dd_scenario_moment(const dd_scenario *scenario, const char *text, dd_time *t,
                        dd_error *error) {
    dd_time now = scenario->started ? scenario->world->engine->now : 0;
    bool sunset = strncmp(text, "sunset", 6) == 0, sunrise = strncmp(text, "sunrise", 7) == 0;
    if (sunset || sunrise) {
        const char *rest = text + (sunset ? 6 : 7);
        dd_time offset = 0;
        if (*rest && ((*rest != '+' && *rest != '-') || !dd_duration_parse(rest + 1, &offset)))
            return dd_fail(error, DD_WRONG, "'%s' is no moment; write \"sunset+15m\"", text);
        *t = sun_moment(scenario, sunset, *rest == '-' ? -offset : offset, now);
        return true;
    }
    return dd_moment_parse(text, &scenario->world_def.calendar, now, t) ||
           dd_fail(error, DD_WRONG,
                   "'%s' is no moment; write \"21:10\", \"2020-08-04 06:30\" or \"sunset+15m\"",
                   text);
}

// --- Lua's side ---

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
    if (!scenario->sandbox) return false;
    lua_State *L = dd_sandbox_lua(scenario->sandbox);
    const dd_embedded *file = dd_embedded_find("prelude.lua");
    if (!dd_sandbox_load(scenario->sandbox, file->text, file->size, "=prelude", error))
        return false;
    dd_primitives_push(L);
    if (!dd_sandbox_call(scenario->sandbox, 1, 1, error)) return false;
    lua_setfield(L, LUA_REGISTRYINDEX, "house");
    return true;
}

static bool run_text(dd_scenario *scenario, dd_error *error) {
    const char *slash = strrchr(scenario->def.path, '/');
    const char *name = slash ? slash + 1 : scenario->def.path;
    return dd_sandbox_load(scenario->sandbox, scenario->text, scenario->size, name, error) &&
           dd_sandbox_call(scenario->sandbox, 0, 0, error);
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

void dd_scenario_listen(dd_scenario *scenario, uint16_t kind) {
    scenario->listening |= (uint64_t)1 << kind;
    if (scenario->started)
        dd_engine_listen(scenario->world->engine, scenario->listening, keep_record, scenario);
}

// --- Opening, closing ---

bool dd_scenario_open(dd_scenario *scenario, const dd_scenario_def *def, dd_error *error) {
    *scenario = (dd_scenario){.def = *def, .acted = -1, .used = json_object()};
    scenario->world_def = dd_world_default_def();
    if (!copy_text(scenario, error) || !open_sandbox(scenario, error) || !run_text(scenario, error))
        return false;
    if (!scenario->declared)
        return dd_fail(error, DD_WRONG,
                       "%s:1: a scenario begins with scenario{ city = \"bentre\", ... }; "
                       "'domdom new' writes one to start from",
                       scenario->def.path);
    return check_parameters(scenario, error) && dd_scenario_world(scenario, error);
}

void dd_scenario_start(dd_scenario *scenario) {
    dd_engine_listen(scenario->world->engine, scenario->listening, keep_record, scenario);
    dd_world_start(scenario->world);
    scenario->started = true;
}

void dd_scenario_close(dd_scenario *scenario) {
    dd_world_close(scenario->world);
    dd_sandbox_close(scenario->sandbox);
    dd_city_fini(&scenario->city);
    dd_verdicts_fini(&scenario->verdicts);
    free(scenario->heard);
    free(scenario->text);
    free(scenario->name);
    free(scenario->about);
    free(scenario->city_path);
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

dd_time dd_scenario_next(const dd_scenario *scenario) {
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

bool dd_scenario_act(dd_scenario *scenario, dd_error *error) {
    scenario->acted = scenario->world->engine->now;
    if (!scenario->heard_n && scenario->planned > scenario->acted) return true;
    if (!tell_observers(scenario, error)) return false;
    push_house(scenario, "act");
    return dd_sandbox_call(scenario->sandbox, 0, 0, error) && look_ahead(scenario, error);
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

bool dd_scenario_finish(dd_scenario *scenario, dd_error *error) {
    lua_State *L = push_house(scenario, "finish");
    lua_pushboolean(L, scenario->stop >= scenario->declared_stop);
    if (!dd_sandbox_call(scenario->sandbox, 1, 1, error)) return false;
    scenario->unreached = (uint32_t)lua_tointeger(L, -1);
    lua_pop(L, 1);
    return true;
}
