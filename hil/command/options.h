// Words of a command line, for the commands of `domdom board`.
#pragma once

#include "engine/base.h"

// "--name" or "--name VALUE" (also "--name=VALUE"): exactly one of flag and value is not NULL.
typedef struct dd_option {
    const char *name;
    bool *flag;
    const char **value;
} dd_option;

// Takes the options of argv[1...] (the last row of `options` has no name), and puts the other words
// to `words`, at most `words_max`; their number to *n. DD_WRONG where something is none of these.
bool dd_options_take(int argc, char **argv, const dd_option *options, const char **words,
                     size_t words_max, size_t *n, dd_error *error);

// "1.5": seconds, from 0 to a day; an error names the option.
bool dd_option_seconds(const char *name, const char *value, double *seconds, dd_error *error);

// Prints the error as commands do; returns its status.
int dd_option_complain(const dd_error *error);
