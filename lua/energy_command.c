#include "lua/energy_command.h"
#include "lua/energy_report.h"

#include <string.h>

typedef struct options {
    const char *folder;
    dd_energy_by by;
    bool rows, json;
} options;

static bool take_by(options *o, const char *value, dd_error *error) {
    o->rows = true;
    for (int by = 0; by < DD_ENERGY_BYS; by++)
        if (strcmp(value, dd_energy_by_names[by]) == 0) {
            o->by = (dd_energy_by)by;
            return true;
        }
    return dd_fail_unknown(error, "grouping", value, dd_energy_by_names,
                           "there are lamp, feeder, road and ward");
}

static bool take_option(options *o, int argc, char **argv, int *i, dd_error *error) {
    static const char *const names[] = {"--by", "--json", NULL};
    const char *word = argv[*i];
    if (strcmp(word, "--json") == 0) return o->json = true;
    if (strncmp(word, "--by=", 5) == 0) return take_by(o, word + 5, error);
    if (strcmp(word, "--by") == 0)
        return *i + 1 < argc ? take_by(o, argv[++*i], error)
                             : dd_fail(error, DD_WRONG, "--by needs a value");
    return dd_fail_unknown(error, "option", word, names, "'domdom help energy' lists them");
}

static bool parse(options *o, int argc, char **argv, dd_error *error) {
    *o = (options){.by = DD_BY_FEEDER};
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-' && argv[i][1]) {
            if (!take_option(o, argc, argv, &i, error)) return false;
        } else if (o->folder) {
            return dd_fail(error, DD_WRONG, "one folder at a time: what is '%s'?", argv[i]);
        } else {
            o->folder = argv[i];
        }
    }
    return o->folder || dd_fail(error, DD_WRONG,
                                "energy needs the folder of a run; 'domdom help energy' tells "
                                "more");
}

int dd_energy_command(int argc, char **argv) {
    options o;
    dd_energy_history history;
    dd_error error = {DD_OK, ""};
    if (!parse(&o, argc, argv, &error) ||
        !dd_energy_history_read(&history, o.folder, o.by, &error)) {
        fprintf(stderr, "domdom: %s\n", error.text);
        return error.status;
    }
    if (o.json) {
        json_t *document = dd_energy_report_json(&history);
        json_dumpf(document, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
        putchar('\n');
        json_decref(document);
    } else {
        dd_energy_report_print(&history, o.rows, stdout);
    }
    dd_energy_history_fini(&history);
    return DD_OK;
}
