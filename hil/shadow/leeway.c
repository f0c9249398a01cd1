#include "hil/shadow/leeway.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {"",     "datagram", "line", "contactors", "look",
                                    "boot", "leds",     "air",  NULL};
static const char *const figures[] = {"time_us",   "clock_ms", "level_pm", "power_mw", "voltage_dv",
                                      "energy_wh", "ids",      "order",    "ignored",  NULL};
enum { TIME, CLOCK, LEVEL, POWER, VOLTAGE, ENERGY, IDS, ORDER, IGNORED };
enum { MOST = 1000000000 };

static int place(const char *word, const char *const *words) {
    for (int i = 0; words[i]; i++)
        if (*words[i] && strcmp(words[i], word) == 0) return i;
    return -1;
}

static void set(dd_tolerance *tolerance, int figure, int32_t value) {
    int32_t *const values[] = {[LEVEL] = &tolerance->level_pm,
                               [POWER] = &tolerance->power_mw,
                               [VOLTAGE] = &tolerance->voltage_dv,
                               [ENERGY] = &tolerance->energy_wh};
    bool *const flags[] = {
        [IDS] = &tolerance->ids, [ORDER] = &tolerance->order, [IGNORED] = &tolerance->ignored};
    if (figure == TIME)
        tolerance->time_us = value;
    else if (figure == CLOCK)
        tolerance->clock_ms = value;
    else if (figure < IDS)
        *values[figure] = value;
    else
        *flags[figure] = value;
}

// One word: "line.clock_ms=2000".
static bool read_word(dd_shadow_def *def, char *word, dd_error *error) {
    char *dot = strchr(word, '.'), *equals = strchr(word, '='), *end = NULL;
    if (!dot || !equals || equals < dot)
        return dd_fail(error, DD_WRONG, "leeway: '%s' is no word such as line.clock_ms=2000", word);
    *dot = *equals = 0;
    int kind = place(word, kinds), figure = place(dot + 1, figures);
    if (kind < 0)
        return dd_fail_unknown(error, "kind of message", word, kinds + 1,
                               "datagram, line, contactors, look, boot, leds and air are");
    if (figure < 0)
        return dd_fail_unknown(error, "leeway", dot + 1, figures,
                               "time_us, clock_ms, level_pm, power_mw, voltage_dv, energy_wh, ids, "
                               "order and ignored are");
    long long value = strtoll(equals + 1, &end, 10);
    if (end == equals + 1 || *end || value < 0 || value > (figure >= IDS ? 1 : MOST))
        return dd_fail(error, DD_WRONG, "leeway: %s.%s=%s is no whole number up to %d", word,
                       dot + 1, equals + 1, figure >= IDS ? 1 : MOST);
    set(&def->tolerances[kind], figure, (int32_t)value);
    return true;
}

bool dd_leeway_read(dd_shadow_def *def, const char *text, dd_error *error) {
    while (*(text += strspn(text, " "))) {
        char word[64];
        size_t n = strcspn(text, " ");
        snprintf(word, sizeof word, "%.*s", (int)n, text);
        if (!read_word(def, word, error)) return false;
        text += n;
    }
    return true;
}
