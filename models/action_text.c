#define _POSIX_C_SOURCE 200809L // strtok_r
#include "models/action_text.h"
#include "models/program_text.h"
#include "models/selection.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 8, TEXT_MAX = 500 };

typedef struct parsed {
    dd_action action;
    uint32_t *entities;
} parsed;

static dd_verb find_verb(const char *word, dd_error *error) {
    for (int verb = 1; dd_verb_names[verb]; verb++)
        if (strcmp(dd_verb_names[verb], word) == 0) return (dd_verb)verb;
    dd_fail_unknown(error, "action", word, dd_verb_names + 1, "'domdom help actions' lists them");
    return DD_VERB_NONE;
}

static bool parse_number(const char *word, const char *unit, double least, double most,
                         double *value) {
    char *end;
    *value = strtod(word, &end);
    return end != word && strcmp(end, unit) == 0 && *value >= least && *value <= most;
}

// The target itself for faults, its lamps for commands.
static bool parse_target(const dd_world *world, char *word, parsed *out, dd_error *error) {
    bool named = strncmp(word, "road:", 5) == 0 || strncmp(word, "ward:", 5) == 0;
    for (char *c = word; named && *c; c++)
        if (*c == '_') *c = ' ';
    uint32_t entity = dd_entity_parse(world, word, error);
    if (!entity) return false;
    out->entities = malloc(world->city->lamp_n * sizeof *out->entities);
    if (!out->entities) return dd_fail(error, DD_OUTSIDE, "no memory for an action");
    bool command = out->action.verb <= DD_VERB_READ || out->action.verb == DD_VERB_PROGRAM;
    uint32_t n = 0;
    for (uint32_t lamp = 1; command && lamp < world->city->lamp_n; lamp++)
        if (dd_lamp_belongs(world, lamp, entity)) out->entities[n++] = lamp;
    if (!command) out->entities[n++] = entity;
    out->action.about = entity;
    out->action.entities = out->entities;
    out->action.entity_n = n;
    return true;
}

static bool parse_override(char **words, int n, dd_action *action, dd_error *error) {
    double level;
    bool good =
        n >= 3 && n <= 4 &&
        (parse_number(words[2], "%", 0, 100, &level) || parse_number(words[2], "", 1, 100, &level));
    if (!good)
        return dd_fail(error, DD_WRONG,
                       "override needs a target and a level: 'override road:Đồng_Khởi 50%% 1h' "
                       "(blanks in a name are written as _)");
    if (n == 4 && !dd_duration_parse(words[3], &action->lasts))
        return dd_fail(error, DD_WRONG, "'%s' is no duration; write 90s, 15m or 1h30m", words[3]);
    action->level_pm = (uint16_t)(level * 10 + 0.5);
    return true;
}

static bool parse_acknowledge(char **words, int n, dd_action *action, dd_error *error) {
    double number;
    if (n != 2 || !parse_number(words[1], "", 1, 4e9, &number))
        return dd_fail(error, DD_WRONG, "acknowledge needs an alarm's number: 'acknowledge 3'");
    action->alarm = (uint32_t)number;
    return true;
}

// "sunset=100,23:00=60,sunrise=0"
static bool parse_program(char **words, int n, dd_program *program, dd_error *error) {
    char *rest = NULL;
    if (n != 3)
        return dd_fail(error, DD_WRONG,
                       "program needs a target and points: 'program city sunset=100,sunrise=0'");
    for (char *point = strtok_r(words[2], ",", &rest); point; point = strtok_r(NULL, ",", &rest)) {
        char *equals = strchr(point, '=');
        double level;
        if (!equals || !parse_number(equals + 1, "", 0, 100, &level))
            return dd_fail(error, DD_WRONG, "'%s' is no switch point; write 23:00=60", point);
        *equals = 0;
        if (!dd_program_add(program, point, level, error)) return false;
    }
    return true;
}

// "jammer wifi power=20 channel=6 duty=30": from the kind on; without one it is a carrier.
static bool parse_jammer(char **words, int n, dd_jammer_def *jammer, dd_error *error) {
    if (n < 1) return true;
    for (int kind = 0; kind <= DD_JAMMER_KINDS; kind++) {
        if (kind == DD_JAMMER_KINDS)
            return dd_fail_unknown(error, "kind of jammer", words[0], dd_jammer_kind_names,
                                   "there are carrier, wifi, rfid and mesh");
        jammer->kind = (dd_jammer_kind)kind;
        if (strcmp(dd_jammer_kind_names[kind], words[0]) == 0) break;
    }
    for (int i = 1; i < n; i++) {
        char *equals = strchr(words[i], '=');
        double value;
        if (!equals || !parse_number(equals + 1, "", -1e9, 1e9, &value))
            return dd_fail(error, DD_WRONG, "'%s' is no figure of a jammer; write power=20",
                           words[i]);
        *equals = 0;
        if (!dd_jammer_set(jammer, words[i], value, error)) return false;
    }
    return true;
}

static bool parse_fault(char **words, int n, dd_action *action, dd_error *error) {
    bool fails = action->verb == DD_VERB_FAIL;
    if (n < 3 && (fails || n < 2))
        return dd_fail(error, DD_WRONG, "%s needs a target and a fault: '%s feeder:F-001 breaker'",
                       words[0], words[0]);
    if (n >= 3 && !(action->fault = dd_fault_find(words[2], error))) return false;
    if (fails && action->fault == DD_FAULT_JAMMER)
        return parse_jammer(words + 3, n - 3, &action->jammer, error);
    return n <= 3 || dd_fail(error, DD_WRONG, "'%s' is too much after '%s'", words[3], words[2]);
}

static bool parse_rain(char **words, int n, dd_action *action, dd_error *error) {
    return (n == 2 && parse_number(words[1], "", -1e9, 1e9, &action->rain_mm_h)) ||
           dd_fail(error, DD_WRONG, "rain needs millimetres per hour: 'rain 30', 'rain 0'");
}

static bool parse_words(const dd_world *world, char **words, int n, parsed *out, dd_error *error) {
    dd_action *action = &out->action;
    action->verb = find_verb(words[0], error);
    switch (action->verb) {
    case DD_VERB_NONE:
        return false;
    case DD_VERB_ACKNOWLEDGE:
        return parse_acknowledge(words, n, action, error);
    case DD_VERB_OVERRIDE:
        if (!parse_override(words, n, action, error)) return false;
        break;
    case DD_VERB_PROGRAM:
        if (!parse_program(words, n, &action->program, error)) return false;
        break;
    case DD_VERB_FAIL:
    case DD_VERB_REPAIR:
        if (!parse_fault(words, n, action, error)) return false;
        break;
    case DD_VERB_RAIN:
        return parse_rain(words, n, action, error) && dd_action_check(world, action, error);
    default:
        if (n != 2)
            return dd_fail(error, DD_WRONG, "%s needs a target: '%s city'", words[0], words[0]);
    }
    return parse_target(world, words[1], out, error) && dd_action_check(world, action, error);
}

static bool parse(const dd_world *world, const char *text, parsed *out, dd_error *error) {
    char copy[TEXT_MAX], *words[WORDS_MAX], *rest = NULL;
    int n = 0;
    *out = (parsed){0};
    if (strlen(text) >= sizeof copy)
        return dd_fail(error, DD_WRONG,
                       "'%.40s...' is too long for an action; name a road or a ward", text);
    strcpy(copy, text);
    for (char *word = strtok_r(copy, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        if (n == WORDS_MAX) return dd_fail(error, DD_WRONG, "'%s' has too many words", text);
        words[n++] = word;
    }
    if (!n) return dd_fail(error, DD_WRONG, "an action is missing; write one, such as 'read city'");
    return parse_words(world, words, n, out, error);
}

bool dd_action_check_text(const dd_world *world, const char *text, dd_error *error) {
    parsed it;
    bool good = parse(world, text, &it, error);
    free(it.entities);
    return good;
}

bool dd_action_do_text(dd_world *world, const char *text, dd_error *error) {
    parsed it;
    bool good = parse(world, text, &it, error) && dd_action_do(world, &it.action, text, error);
    free(it.entities);
    return good;
}
