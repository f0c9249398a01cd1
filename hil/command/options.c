#include "hil/command/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool unknown(const char *word, const dd_option *options, dd_error *error) {
    enum { NAMES_MAX = 32 };
    const char *names[NAMES_MAX + 1] = {0};
    for (size_t i = 0; options[i].name && i < NAMES_MAX; i++)
        names[i] = options[i].name;
    return dd_fail_unknown(error, "option", word, names, "'domdom help board' lists them");
}

static bool take_option(int argc, char **argv, int *i, const dd_option *options, dd_error *error) {
    const char *word = argv[*i], *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    const dd_option *option = options;
    while (option->name &&
           (strlen(option->name) != length || strncmp(option->name, word, length) != 0))
        option++;
    if (!option->name) return unknown(word, options, error);
    if (option->flag) {
        if (equals) return dd_fail(error, DD_WRONG, "%s takes no value", option->name);
        return *option->flag = true;
    }
    *option->value = equals ? equals + 1 : *i + 1 < argc ? argv[++*i] : NULL;
    return *option->value || dd_fail(error, DD_WRONG, "%s needs a value", option->name);
}

bool dd_options_take(int argc, char **argv, const dd_option *options, const char **words,
                     size_t words_max, size_t *n, dd_error *error) {
    *n = 0;
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-' && argv[i][1]) {
            if (!take_option(argc, argv, &i, options, error)) return false;
        } else if (*n < words_max) {
            words[(*n)++] = argv[i];
        } else {
            return dd_fail(error, DD_WRONG, "one word too many: what is '%s'?", argv[i]);
        }
    }
    return true;
}

bool dd_option_seconds(const char *name, const char *value, double *seconds, dd_error *error) {
    char *end;
    *seconds = strtod(value, &end);
    if (end != value && !*end && *seconds >= 0 && *seconds <= 86400) return true;
    return dd_fail(error, DD_WRONG, "%s %s: must be seconds, from 0 to 86400", name, value);
}

int dd_option_complain(const dd_error *error) {
    fprintf(stderr, "domdom: %s\n", error->text);
    return (int)error->status;
}
