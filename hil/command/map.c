#include "hil/command/map.h"

#include "engine/output/text_table.h"
#include "hil/command/options.h"
#include "hil/command/surveyed_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 64, HELLO_MS = 1500 };

// By segment, those that belong to none last; then by serial.
static int compare(const void *one, const void *other) {
    const dd_surveyed *a = one, *b = other;
    bool free_a = !*a->identity.segment, free_b = !*b->identity.segment;
    if (free_a != free_b) return free_a ? 1 : -1;
    int order = strcmp(a->identity.segment, b->identity.segment);
    return order ? order : strcmp(dd_surveyed_serial(a), dd_surveyed_serial(b));
}

static void print_table(const dd_survey *survey) {
    dd_text_table table = {.heads = {"segment", "serial", "place", "if", "node", "verdict"},
                           .align = "lllrll"};
    for (size_t i = 0; i < survey->n; i++) {
        const dd_surveyed *board = &survey->boards[i];
        char part[8] = "-";
        if (board->device.interface >= 0)
            snprintf(part, sizeof part, "%d", board->device.interface);
        const char *serial = dd_surveyed_serial(board), *segment = board->identity.segment;
        dd_text_table_add(&table, "%s\t%s\t%s\t%s\t%s\t%s", *segment ? segment : "any",
                          *serial ? serial : "-", board->device.place, part, board->device.node,
                          dd_board_verdict_names[board->verdict]);
    }
    dd_text_table_print(&table, stdout);
}

// Only one of them can sit there.
static void print_doubles(const dd_survey *survey) {
    for (size_t i = 1; i < survey->n; i++) {
        const char *segment = survey->boards[i].identity.segment;
        if (*segment && strcmp(segment, survey->boards[i - 1].identity.segment) == 0)
            printf("%s: %s and %s are both commissioned for it; name one by its serial\n", segment,
                   dd_surveyed_serial(&survey->boards[i - 1]),
                   dd_surveyed_serial(&survey->boards[i]));
    }
}

int dd_board_map(int argc, char **argv) {
    dd_error error = {0};
    bool json = false;
    const dd_option options[] = {{"--json", &json, NULL}, {NULL, NULL, NULL}};
    const char *words[WORDS_MAX];
    size_t n;
    dd_survey survey;
    if (!dd_options_take(argc, argv, options, words, WORDS_MAX, &n, &error) ||
        !dd_survey_make(&survey, words, n, HELLO_MS, &error))
        return dd_option_complain(&error);
    qsort(survey.boards, survey.n, sizeof *survey.boards, compare);
    if (json) {
        dd_survey_print_json(&survey);
    } else if (survey.n == 0) {
        puts("No boards are there; `domdom board list` tells where it looks.");
    } else {
        print_table(&survey);
        print_doubles(&survey);
    }
    dd_survey_fini(&survey);
    return DD_OK;
}
