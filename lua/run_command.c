#define _POSIX_C_SOURCE 200809L // access
#include "lua/run_command.h"
#include "engine/data.h"
#include "lua/play.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int report(const dd_error *error) {
    fprintf(stderr, "domdom: %s\n", error->text);
    return error->status;
}

// --- Options ---

enum { ACTS_MAX = 256, BOARDS_MAX = 64 };

typedef struct options {
    dd_play_def play;
    json_t *values; // --set
    const char *acts[ACTS_MAX];
    const char *boards[BOARDS_MAX];
    const char *argument; // the scenario or the folder
} options;

typedef struct option {
    const char *name;
    bool (*take)(options *options, const char *value, dd_error *error);
    bool flag; // takes no value
} option;

static bool take_out(options *o, const char *value, dd_error *error) {
    (void)error;
    o->play.out = value;
    return true;
}

static bool take_force(options *o, const char *value, dd_error *error) {
    (void)value, (void)error;
    return o->play.force = true;
}

static bool take_seed(options *o, const char *value, dd_error *error) {
    char *end;
    errno = 0;
    unsigned long long seed = strtoull(value, &end, 10);
    if (errno || !isdigit((unsigned char)*value) || *end || seed > INT64_MAX)
        return dd_fail(error, DD_WRONG, "--seed %s: must be a whole number from 0 on", value);
    o->play.scenario.seeded = true;
    o->play.scenario.seed = seed;
    return true;
}

static bool take_threads(options *o, const char *value, dd_error *error) {
    char *end;
    errno = 0;
    long n = strtol(value, &end, 10);
    if (errno || end == value || *end || n < 1 || n > DD_WORKERS_MAX)
        return dd_fail(error, DD_WRONG, "--threads %s: must be a whole number from 1 to %d", value,
                       DD_WORKERS_MAX);
    o->play.scenario.thread_n = (uint32_t)n;
    return true;
}

static bool take_until(options *o, const char *value, dd_error *error) {
    (void)error;
    o->play.scenario.until = value;
    return true;
}

static bool take_speed(options *o, const char *value, dd_error *error) {
    char *end;
    double speed = strtod(value, &end);
    if (strcmp(value, "max") == 0)
        speed = 0;
    else if (end == value || *end || !isfinite(speed) || speed < 0.001 || speed > 1e6)
        return dd_fail(error, DD_WRONG, "--speed %s: must be 0.001 to 1000000, or max", value);
    o->play.speed = speed;
    return true;
}

static bool take_paused(options *o, const char *value, dd_error *error) {
    (void)value, (void)error;
    if (o->play.speed == 0) o->play.speed = 1;
    return o->play.paused = true;
}

static bool take_set(options *o, const char *value, dd_error *error) {
    const char *equals = strchr(value, '=');
    if (!equals || equals == value)
        return dd_fail(error, DD_WRONG, "--set %s: write NAME=VALUE", value);
    char name[100];
    size_t length = (size_t)(equals - value);
    if (length >= sizeof name)
        return dd_fail(error, DD_WRONG, "--set %s: no parameter or setting has so long a name",
                       value);
    memcpy(name, value, length);
    name[length] = 0;
    if (json_object_set_new(o->values, name, json_string(equals + 1)) != 0)
        return dd_fail(error, DD_WRONG, "--set %s: is not UTF-8 text", value);
    return true;
}

static bool take_act(options *o, const char *value, dd_error *error) {
    if (o->play.act_n == ACTS_MAX)
        return dd_fail(error, DD_WRONG, "more than %d --act; write them into the scenario",
                       ACTS_MAX);
    o->acts[o->play.act_n++] = value;
    return true;
}

static bool take_capture(options *o, const char *value, dd_error *error) {
    (void)value, (void)error;
    return o->play.captures.air = true;
}

static bool take_capture_at(options *o, const char *value, dd_error *error) {
    (void)error;
    o->play.captures.at = value;
    return true;
}

static bool take_capture_segment(options *o, const char *value, dd_error *error) {
    (void)error;
    o->play.captures.segments = value;
    return true;
}

static bool take_capture_from(options *o, const char *value, dd_error *error) {
    (void)error;
    o->play.captures.from = value;
    return true;
}

static bool take_capture_until(options *o, const char *value, dd_error *error) {
    (void)error;
    o->play.captures.until = value;
    return true;
}

static bool take_quiet(options *o, const char *value, dd_error *error) {
    (void)value, (void)error;
    return o->play.quiet = true;
}

static bool take_json(options *o, const char *value, dd_error *error) {
    (void)value, (void)error;
    return o->play.json = true;
}

static bool take_board(options *o, const char *value, dd_error *error) {
    if (o->play.board_n == BOARDS_MAX)
        return dd_fail(error, DD_WRONG, "more than %d --board; attach them in the scenario",
                       BOARDS_MAX);
    o->boards[o->play.board_n++] = value;
    return true;
}

static const option run_options[] = {
    {"--out", take_out, false},
    {"--force", take_force, true},
    {"--seed", take_seed, false},
    {"--until", take_until, false},
    {"--speed", take_speed, false},
    {"--paused", take_paused, true},
    {"--threads", take_threads, false},
    {"--set", take_set, false},
    {"--act", take_act, false},
    {"--board", take_board, false},
    {"--capture", take_capture, true},
    {"--capture-at", take_capture_at, false},
    {"--capture-segment", take_capture_segment, false},
    {"--capture-from", take_capture_from, false},
    {"--capture-until", take_capture_until, false},
    {"--quiet", take_quiet, true},
    {"--json", take_json, true},
    {NULL, NULL, false},
};

static const option replay_options[] = {
    {"--out", take_out, false},
    {"--force", take_force, true},
    {"--speed", take_speed, false},
    {"--threads", take_threads, false},
    {"--capture", take_capture, true},
    {"--capture-at", take_capture_at, false},
    {"--capture-segment", take_capture_segment, false},
    {"--capture-from", take_capture_from, false},
    {"--capture-until", take_capture_until, false},
    {"--quiet", take_quiet, true},
    {"--json", take_json, true},
    {NULL, NULL, false},
};

static bool unknown_option(const option *table, const char *word, const char *command,
                           dd_error *error) {
    const char *names[32] = {0};
    for (size_t i = 0; table[i].name; i++)
        names[i] = table[i].name;
    char hint[80];
    snprintf(hint, sizeof hint, "'domdom help %s' lists them", command);
    return dd_fail_unknown(error, "option", word, names, hint);
}

// Takes the option at argv[*i], as "--name value" or "--name=value".
static bool take_option(options *o, const option *table, int argc, char **argv, int *i,
                        dd_error *error) {
    const char *word = argv[*i];
    size_t length = strcspn(word, "=");
    for (; table->name; table++) {
        if (strlen(table->name) != length || strncmp(table->name, word, length) != 0) continue;
        const char *value = word[length] ? word + length + 1 : NULL;
        if (table->flag)
            return value ? dd_fail(error, DD_WRONG, "%s takes no value", table->name)
                         : table->take(o, NULL, error);
        if (!value && *i + 1 < argc) value = argv[++*i];
        if (!value) return dd_fail(error, DD_WRONG, "%s needs a value", table->name);
        return table->take(o, value, error);
    }
    return false;
}

static bool known_option(const option *table, const char *word) {
    size_t length = strcspn(word, "=");
    for (; table->name; table++)
        if (strlen(table->name) == length && strncmp(table->name, word, length) == 0) return true;
    return false;
}

static bool parse(options *o, const option *table, int argc, char **argv, const char *needs,
                  dd_error *error) {
    *o = (options){.values = json_object()};
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-' && argv[i][1]) {
            if (!known_option(table, argv[i]))
                return unknown_option(table, argv[i], argv[0], error);
            if (!take_option(o, table, argc, argv, &i, error)) return false;
        } else if (o->argument) {
            return dd_fail(error, DD_WRONG, "one %s at a time: what is '%s'?", needs, argv[i]);
        } else {
            o->argument = argv[i];
        }
    }
    if (!o->argument)
        return dd_fail(error, DD_WRONG, "%s needs a %s; 'domdom help %s' tells more", argv[0],
                       needs, argv[0]);
    o->play.acts = o->acts;
    o->play.boards = o->boards;
    o->play.scenario.values = o->values;
    return true;
}

// --- run ---

// A scenario that is not here may be one of those that came with the program.
static const char *find_scenario(const char *path, char found[DD_PATH_SIZE]) {
    bool here = access(path, F_OK) == 0 || path[0] == '/';
    return !here && dd_data_find(path, found, NULL) ? found : path;
}

int dd_run_command(int argc, char **argv) {
    char found[DD_PATH_SIZE];
    options o;
    dd_error error = {DD_OK, ""};
    dd_outcome outcome = {.status = DD_OK};
    bool good = parse(&o, run_options, argc, argv, "scenario", &error);
    if (good) {
        o.play.scenario.path = find_scenario(o.argument, found);
        good = dd_play(&o.play, &outcome, &error);
    }
    json_decref(o.values);
    if (!good) return report(&error);
    if (outcome.interrupted) fprintf(stderr, "domdom: interrupted; what the run had is kept\n");
    return outcome.status;
}

// --- replay ---

static const char *header_text(const dd_journal_log *log, const char *name) {
    return json_string_value(json_object_get(log->header, name));
}

// The scenario as it was then, from the journal itself; the city must still be the same.
static bool scenario_of_journal(const dd_journal_log *log, const char *path, dd_scenario_def *def,
                                dd_error *error) {
    const json_t *city = json_object_get(log->header, "city");
    const json_t *text = json_object_get(log->header, "text");
    const char *seed = header_text(log, "seed");
    def->path = header_text(log, "scenario");
    def->text = json_string_value(text);
    def->size = def->text ? json_string_length(text) : 0;
    def->city = json_string_value(json_object_get(city, "path"));
    def->city_hash = json_string_value(json_object_get(city, "hash"));
    def->until = header_text(log, "until");
    def->values = json_object_get(log->header, "set");
    if (!seed || !def->path || !def->text || !def->city || !def->city_hash)
        return dd_fail(error, DD_WRONG, "%s:1: the header lacks scenario, text, seed or city",
                       path);
    def->seeded = true;
    def->seed = strtoull(seed, NULL, 10);
    return true;
}

static const char *recorded_digest(const dd_journal_log *log) {
    for (size_t i = log->n; i-- > 0;)
        if (strcmp(log->entries[i].kind, "end") == 0)
            return json_string_value(json_object_get(log->entries[i].json, "digest"));
    return NULL;
}

static int compare(const dd_journal_log *log, const dd_outcome *outcome, bool quiet) {
    char digest[DD_DIGEST_TEXT];
    const char *before = recorded_digest(log);
    dd_digest_format(&outcome->digest, digest);
    if (!before) {
        fprintf(stderr,
                "domdom: the journal has no end (the run was killed), so there is no digest to "
                "compare with; this replay's is %s\n",
                digest);
        return DD_FAILED;
    }
    bool same = strcmp(before, digest) == 0;
    if (!same)
        fprintf(stderr, "domdom: the replay differs: digest %s, the run's was %s\n", digest,
                before);
    else if (!quiet)
        printf("replayed: the same digest %s\n", digest);
    return same ? DD_OK : DD_FAILED;
}

// Boards of the command line; what they did then is recorded beside the journal.
static void boards_of_journal(options *o, const dd_journal_log *log) {
    size_t i;
    json_t *board;
    json_array_foreach(json_object_get(log->header, "boards"), i,
                       board) if (o->play.board_n < BOARDS_MAX && json_is_string(board))
        o->boards[o->play.board_n++] = json_string_value(board);
    o->play.recorded = o->argument;
}

static bool replay(options *o, const dd_journal_log *log, const char *path, dd_outcome *outcome,
                   dd_error *error) {
    if (!scenario_of_journal(log, path, &o->play.scenario, error)) return false;
    boards_of_journal(o, log);
    o->play.replayed = log;
    return dd_play(&o->play, outcome, error);
}

int dd_replay_command(int argc, char **argv) {
    options o;
    dd_error error = {DD_OK, ""};
    dd_outcome outcome;
    dd_journal_log log = {0};
    char path[4096];
    bool good = parse(&o, replay_options, argc, argv, "run's folder", &error);
    if (good) {
        snprintf(path, sizeof path, "%s/journal", o.argument);
        good = dd_journal_read(path, &log, &error);
    }
    good = good && replay(&o, &log, path, &outcome, &error);
    int status = good ? compare(&log, &outcome, o.play.quiet || o.play.json) : report(&error);
    dd_journal_log_fini(&log);
    json_decref(o.values);
    return status;
}
