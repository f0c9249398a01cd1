#define _XOPEN_SOURCE 700 // mkdtemp, nftw
#include "lua/mesh_command.h"
#include "lua/mesh_report.h"
#include "lua/run_command.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { RUN_ARGUMENTS_MAX = 64 };

typedef struct options {
    const char *argument; // the scenario or the folder
    const char *segment, *at;
    dd_mesh_report_def report;
    bool json;
    // For the run of a scenario: its options, as `domdom run` takes them.
    char *run[RUN_ARGUMENTS_MAX];
    int run_n;
    const char *out; // where it stays; NULL: nowhere
} options;

// --- Options ---

static const char *const names[] = {"--segment", "--at",   "--lost", "--worst", "--json", "--out",
                                    "--force",   "--seed", "--set",  "--until", "--act",  NULL};

static bool is(const char *word, const char *name) {
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 && (!word[length] || word[length] == '=');
}

static bool take_worst(options *o, const char *value, dd_error *error) {
    char *end;
    unsigned long most = strtoul(value, &end, 10);
    if (end == value || *end || value[0] == '-' || most > 1000000)
        return dd_fail(error, DD_WRONG, "--worst %s: must be a whole number from 0 to 1000000",
                       value);
    o->report.worst = most;
    return true;
}

static bool take_run_option(options *o, char *word, char *value, dd_error *error) {
    if (o->run_n + 2 >= RUN_ARGUMENTS_MAX)
        return dd_fail(error, DD_WRONG, "more options than %d", RUN_ARGUMENTS_MAX);
    if (is(word, "--out")) o->out = value;
    o->run[o->run_n++] = word;
    if (value && !strchr(word, '=')) o->run[o->run_n++] = value;
    return true;
}

static bool take_option(options *o, int argc, char **argv, int *i, dd_error *error) {
    char *word = argv[*i], *equals = strchr(word, '='), *value = equals ? equals + 1 : NULL;
    const char *const *name = names;
    while (*name && !is(word, *name))
        name++;
    if (!*name)
        return dd_fail_unknown(error, "option", word, names, "'domdom help mesh' lists them");
    bool flag = is(word, "--lost") || is(word, "--json") || is(word, "--force");
    if (flag && value) return dd_fail(error, DD_WRONG, "%s takes no value", *name);
    if (!flag && !value && *i + 1 < argc) value = argv[++*i];
    if (!flag && !value) return dd_fail(error, DD_WRONG, "%s needs a value", *name);
    if (is(word, "--lost")) return o->report.lost = true;
    if (is(word, "--json")) return o->json = true;
    if (is(word, "--worst")) return take_worst(o, value, error);
    if (is(word, "--segment")) return (o->segment = value) != NULL;
    if (is(word, "--at")) return (o->at = value) != NULL;
    return take_run_option(o, word, value, error);
}

static bool parse(options *o, int argc, char **argv, dd_error *error) {
    *o = (options){.report.worst = 10};
    o->run[o->run_n++] = (char *)(uintptr_t) "run";
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-' && argv[i][1]) {
            if (!take_option(o, argc, argv, &i, error)) return false;
        } else if (o->argument) {
            return dd_fail(error, DD_WRONG, "one scenario or folder at a time: what is '%s'?",
                           argv[i]);
        } else {
            o->argument = argv[i];
        }
    }
    return o->argument || dd_fail(error, DD_WRONG,
                                  "mesh needs a scenario or the folder of a run; 'domdom help "
                                  "mesh' tells more");
}

// --- The report ---

static int fail(const dd_error *error) {
    fprintf(stderr, "domdom: %s\n", error->text);
    return error->status;
}

static int report(const options *o, const char *folder) {
    dd_error error = {DD_OK, ""};
    dd_history history;
    if (!dd_history_read(&history, folder, o->segment, o->at, &error)) return fail(&error);
    if (o->json) {
        json_t *document = dd_mesh_report_json(&history, &o->report);
        json_dumpf(document, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
        putchar('\n');
        json_decref(document);
    } else {
        dd_mesh_report_print(&history, &o->report, stdout);
    }
    dd_history_fini(&history);
    return DD_OK;
}

// --- A scenario is played first ---

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static int play_into(options *o, char *folder) {
    static char quiet[] = "--quiet", out[] = "--out";
    o->run[o->run_n++] = quiet;
    o->run[o->run_n++] = (char *)(uintptr_t)o->argument;
    if (!o->out) {
        o->run[o->run_n++] = out;
        o->run[o->run_n++] = folder;
    }
    int status = dd_run_command(o->run_n, o->run);
    return status == DD_FAILED ? DD_OK : status; // its verdict is not what was asked for
}

static int play_and_report(options *o) {
    const char *place = getenv("TMPDIR");
    char folder[4096];
    dd_error error;
    snprintf(folder, sizeof folder, "%s/domdom_mesh_XXXXXX", place && *place ? place : "/tmp");
    if (!o->out && !mkdtemp(folder)) {
        dd_fail(&error, DD_OUTSIDE, "%s: no folder for the run can be made there (%s)", folder,
                strerror(errno));
        return fail(&error);
    }
    int status = play_into(o, folder);
    if (status == DD_OK) status = report(o, o->out ? o->out : folder);
    if (!o->out) nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return status;
}

static bool is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int dd_mesh_command(int argc, char **argv) {
    options o;
    dd_error error = {DD_OK, ""};
    if (!parse(&o, argc, argv, &error)) return fail(&error);
    if (!is_folder(o.argument)) return play_and_report(&o);
    if (o.run_n == 1) return report(&o, o.argument);
    dd_fail(&error, DD_WRONG, "%s is for playing a scenario; %s is a run that was played", o.run[1],
            o.argument);
    return fail(&error);
}
