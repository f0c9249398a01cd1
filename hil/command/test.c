#include "hil/command/test.h"

#include "hil/battery/battery_report.h"
#include "hil/command/options.h"
#include "hil/outlet/discovery.h"
#include "hil/outlet/emulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ONLY_MAX = 256 };

typedef struct test_options {
    bool json, quiet, list;
    const char *junit, *only, *target, *firmware;
    size_t n;
    uint16_t numbers[ONLY_MAX];
    size_t number_n;
} test_options;

static bool take_only(test_options *o, dd_error *error) {
    for (const char *at = o->only; at && *at;) {
        char *end;
        unsigned long number = strtoul(at, &end, 10);
        if (end == at || (*end && *end != ',') || number < 100 || number > 9999 ||
            o->number_n == ONLY_MAX)
            return dd_fail(
                error, DD_WRONG,
                "--only %s: must be numbers of cases, or of groups (100, 200, ...), with "
                "commas between; --list shows them",
                o->only);
        o->numbers[o->number_n++] = (uint16_t)number;
        at = *end ? end + 1 : end;
    }
    return true;
}

static bool take(int argc, char **argv, test_options *o, dd_error *error) {
    const dd_option options[] = {{"--json", &o->json, NULL}, {"--quiet", &o->quiet, NULL},
                                 {"--list", &o->list, NULL}, {"--junit", NULL, &o->junit},
                                 {"--only", NULL, &o->only}, {"--firmware", NULL, &o->firmware},
                                 {NULL, NULL, NULL}};
    *o = (test_options){0};
    if (!dd_options_take(argc, argv, options, &o->target, 1, &o->n, error)) return false;
    if (o->n == 0 && !o->list)
        return dd_fail(error, DD_WRONG,
                       "which board? Name a serial, a path, or \"emulated\"; `domdom board list` "
                       "shows what is there");
    return take_only(o, error);
}

// --- The board ---

// "emulated" or "emulated:MACHINE"; else NULL.
static const char *machine_of(const char *target) {
    static const char word[] = "emulated";
    size_t n = sizeof word - 1;
    if (strncmp(target, word, n) != 0 || (target[n] && target[n] != ':')) return NULL;
    return target[n] ? target + n + 1 : "lm3s6965evb";
}

// Three of an emulated one are tried side by side: a laboratory's board is one, and takes longer.
enum { BOARDS_MAX = 3 };

typedef struct test_boards {
    dd_emulator *emulators[BOARDS_MAX];
    int fds[BOARDS_MAX];
    size_t n; // that could be opened
} test_boards;

static bool keep_board(test_boards *boards, int fd) {
    if (fd >= 0) boards->fds[boards->n++] = fd;
    return fd >= 0;
}

static bool emulate(const test_options *o, const char *machine, test_boards *boards,
                    dd_error *error) {
    bool fine = true;
    for (size_t i = 0; fine && i < BOARDS_MAX; i++) {
        char serial[16];
        snprintf(serial, sizeof serial, "TEST-%04zu", i + 1);
        const dd_emulator_def def = {.machine = machine, .firmware = o->firmware, .serial = serial};
        boards->emulators[i] = dd_emulator_start(&def, error);
        fine = boards->emulators[i] &&
               keep_board(boards, dd_emulator_open(boards->emulators[i], error));
    }
    return fine;
}

static bool open_boards(const test_options *o, test_boards *boards, dd_error *error) {
    const char *machine = machine_of(o->target);
    dd_board_verdict verdict;
    *boards = (test_boards){.n = 0};
    return machine ? emulate(o, machine, boards, error)
                   : keep_board(boards, dd_discovery_open_port(o->target, &verdict, error));
}

// --- The battery ---

static void list_case(void *context, const dd_case_group *group, const dd_case *it) {
    const dd_case_group **last = context;
    if (*last != group) printf("%s%s\n", *last ? "\n" : "", group->name);
    *last = group;
    printf("%5u  %s\n", it->number, it->title);
}

static void show(void *context, const dd_outcome *outcome) {
    const test_options *o = context;
    if (!o->json && (!o->quiet || outcome->result == DD_TRIAL_FAILED))
        dd_battery_report_line(outcome, stdout);
    fflush(stdout);
}

static bool report_on(const test_options *o, const dd_battery_report *report, dd_error *error) {
    if (o->json)
        dd_battery_report_json(report, stdout);
    else
        dd_battery_report_text(report, stdout);
    return !o->junit || dd_battery_report_junit(report, o->junit, error);
}

static bool try_board(test_options *o, dd_battery_report *report, dd_error *error) {
    test_boards boards;
    const dd_battery_def def = {.target = o->target,
                                .only = o->number_n ? o->numbers : NULL,
                                .only_n = o->number_n,
                                .tell = show,
                                .context = o};
    bool fine =
        open_boards(o, &boards, error) && dd_battery_run(boards.fds, boards.n, &def, report, error);
    if (fine && report->n == 0)
        fine = dd_fail(error, DD_WRONG, "--only %s: there is no such case; --list shows them",
                       o->only);
    else if (report->n)
        fine = report_on(o, report, fine ? error : NULL) && fine;
    for (size_t i = 0; i < BOARDS_MAX; i++)
        dd_emulator_stop(boards.emulators[i]);
    return fine;
}

int dd_board_test(int argc, char **argv) {
    test_options o;
    dd_error error;
    dd_battery_report report = {0};
    const dd_case_group *last = NULL;
    bool fine = take(argc, argv, &o, &error);
    if (fine && o.list)
        dd_battery_each(list_case, &last);
    else
        fine = fine && try_board(&o, &report, &error);
    int status = fine ? report.failed ? DD_FAILED : DD_OK : error.status;
    if (!fine) fprintf(stderr, "domdom: board test: %s\n", error.text);
    dd_battery_report_fini(&report);
    return status;
}
