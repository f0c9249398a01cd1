#include "hil/command/board_command.h"
#include "engine/base.h"

#include <stdio.h>
#include <string.h>

const char dd_board_usage[] =
    "domdom board list | monitor | test | record | replay | map | firmware | emulate\n"
    "\n"
    "Real boards, and emulated ones, in place of simulated controllers.\n";

typedef struct dd_board_row {
    const char *name;
    int (*run)(int argc, char **argv); // argv[0] is its name; returns the exit status
} dd_board_row;

static const dd_board_row rows[] = {
    {NULL, NULL},
};

int dd_board_command(int argc, char **argv) {
    for (const dd_board_row *row = rows; argc > 1 && row->name; row++)
        if (strcmp(row->name, argv[1]) == 0) return row->run(argc - 1, argv + 1);
    fputs(dd_board_usage, argc > 1 ? stderr : stdout);
    return argc > 1 ? DD_WRONG : DD_OK;
}
