// `domdom board`: its commands, each in a file of its own here.
#pragma once

// argv[0] is "board"; returns the exit status.
int dd_board_command(int argc, char **argv);

extern const char dd_board_usage[]; // what `domdom help board` prints
