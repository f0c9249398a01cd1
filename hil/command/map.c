#include "hil/command/map.h"

#include "engine/output/text_table.h"
#include "hil/command/options.h"
#include "hil/command/roll_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 64, HELLO_MS = 1500 };

// By segment, those that belong to none last; then by serial.
static int compare(const void *one, const void *other) {
    const dd_roll_entry *a = one, *b = other;
    bool free_a = !*a->identity.segment, free_b = !*b->identity.segment;
    if (free_a != free_b) return free_a ? 1 : -1;
    int order = strcmp(a->identity.segment, b->identity.segment);
    return order ? order : strcmp(dd_roll_serial(a), dd_roll_serial(b));
}

static void print_table(const dd_roll *roll) {
    dd_text_table table = {.heads = {"segment", "serial", "place", "if", "node", "verdict"},
                           .align = "lllrll"};
    for (size_t i = 0; i < roll->n; i++) {
        const dd_roll_entry *board = &roll->boards[i];
        char part[8] = "-";
        if (board->device.interface >= 0)
            snprintf(part, sizeof part, "%d", board->device.interface);
        const char *serial = dd_roll_serial(board), *segment = board->identity.segment;
        dd_text_table_add(&table, "%s\t%s\t%s\t%s\t%s\t%s", *segment ? segment : "any",
                          *serial ? serial : "-", board->device.place, part, board->device.node,
                          dd_board_verdict_names[board->verdict]);
    }
    dd_text_table_print(&table, stdout);
}

// Only one of them can sit there.
static void print_doubles(const dd_roll *roll) {
    for (size_t i = 1; i < roll->n; i++) {
        const char *segment = roll->boards[i].identity.segment;
        if (*segment && strcmp(segment, roll->boards[i - 1].identity.segment) == 0)
            printf("%s: %s and %s are both commissioned for it; name one by its serial\n", segment,
                   dd_roll_serial(&roll->boards[i - 1]), dd_roll_serial(&roll->boards[i]));
    }
}

int dd_board_map(int argc, char **argv) {
    dd_error error = {0};
    bool json = false;
    const dd_option options[] = {{"--json", &json, NULL}, {NULL, NULL, NULL}};
    const char *words[WORDS_MAX];
    size_t n;
    dd_roll roll;
    if (!dd_options_take(argc, argv, options, words, WORDS_MAX, &n, &error) ||
        !dd_roll_call(&roll, words, n, HELLO_MS, &error))
        return dd_option_complain(&error);
    qsort(roll.boards, roll.n, sizeof *roll.boards, compare);
    if (json) {
        dd_roll_print_json(&roll);
    } else if (roll.n == 0) {
        puts("No boards are there; `domdom board list` tells where it looks.");
    } else {
        print_table(&roll);
        print_doubles(&roll);
    }
    dd_roll_fini(&roll);
    return DD_OK;
}
