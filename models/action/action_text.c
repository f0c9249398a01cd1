#define _POSIX_C_SOURCE 200809L // strtok_r
#include "models/action/action_text.h"
#include "models/action/selection.h"
#include "models/program_text.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 8, TEXT_MAX = 500 };

const dd_action_form dd_action_forms[] = {
    {"override TARGET LEVEL% [DURATION]", "hold lamps at a level, for a time or until resumed"},
    {"resume TARGET", "back to the program"},
    {"read TARGET", "read lamps now"},
    {"acknowledge NUMBER", "an alarm has been seen"},
    {"program TARGET POINTS", "give whole segments a program: `sunset=100,23:00=60,sunrise=0`"},
    {"refit TARGET [MODEL]",
     "other luminaires on the poles: those of the city file, or of a model, each with its node"},
    {"commission TARGET",
     "a technician takes the inventory of segments anew and starts their controllers"},
    {"fail TARGET FAULT", "make something fail (instructor)"},
    {"fail TARGET jammer [KIND [FIGURES]]",
     "jam the mesh at a lamp, a segment's controller or the middle of a road (instructor); KIND is "
     "carrier, wifi, rfid or mesh, FIGURES are `power=20` (dBm EIRP), `channel=15`, `duty=30` (%)"},
    {"repair TARGET [FAULT]", "repair it, or all that is wrong with it itself"},
    {"hazard TARGET FAULT PER_1000_H [REPAIR_H]",
     "from now on each fails by chance, so often in 1000 h, and is repaired after so many hours on "
     "average, or never (instructor)"},
    {"batch TARGET SHARE% FAULT FACTOR",
     "a share of the lamps, drawn by chance, is of a bad batch: their lives end that way so many "
     "times sooner (instructor)"},
    {"strike TARGET KILOAMPERES",
     "lightning strikes a pole, a segment's cabinet, or the middle of a road (instructor)"},
    {"weather FIGURES",
     "from now on it is so: `rain=30` (mm/h), `clouds=80` (%), `temperature=24` (°C), `water=1.9` "
     "(m over mean sea level) (instructor)"},
    {"weather storm FLASHES DURATION",
     "a thunderstorm of so many flashes to ground by km² and hour (instructor)"},
    {"weather nature", "the weather is the place's own again (instructor)"},
    {NULL, NULL},
};

typedef struct parsed {
    dd_action action;
    uint32_t entity;
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

// What the target names; the action knows what that stands for.
static bool parse_target(const dd_world *world, char *word, parsed *out, dd_error *error) {
    bool named = strncmp(word, "road:", 5) == 0 || strncmp(word, "ward:", 5) == 0;
    for (char *c = word; named && *c; c++)
        if (*c == '_') *c = ' ';
    out->entity = dd_entity_parse(world, word, error);
    out->action.about = out->entity;
    out->action.entities = &out->entity;
    out->action.entity_n = 1;
    return out->entity != 0;
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
static bool parse_program(char **words, int n, dd_action *action, dd_error *error) {
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
        if (!dd_program_add(&action->program, point, level, error)) return false;
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

// "hazard city led_open 0.2", "hazard city cycling 0.2 48"
static bool parse_hazard(char **words, int n, dd_action *action, dd_error *error) {
    if (n >= 4 && n <= 5 && parse_number(words[3], "", -1e9, 1e9, &action->per_1000_h) &&
        (n == 4 || parse_number(words[4], "", -1e9, 1e9, &action->repair_h)))
        return (action->fault = dd_fault_find(words[2], error)) != DD_FAULT_NONE;
    return dd_fail(error, DD_WRONG,
                   "hazard needs a target, a fault, a rate in 1000 h, and perhaps the hours to its "
                   "repair: 'hazard city led_open 0.2 48'");
}

static bool parse_batch(char **words, int n, dd_action *action, dd_error *error) {
    if (n == 5 && parse_number(words[2], "%", -1e9, 1e9, &action->share) &&
        parse_number(words[4], "", -1e9, 1e9, &action->factor))
        return (action->fault = dd_fault_find(words[3], error)) != DD_FAULT_NONE;
    return dd_fail(error, DD_WRONG,
                   "batch needs a target, a share, a fault and a factor: 'batch city 30%% "
                   "overheating 500'");
}

static bool parse_strike(char **words, int n, dd_action *action, dd_error *error) {
    return (n == 3 && parse_number(words[2], "", -1e9, 1e9, &action->kiloamperes)) ||
           dd_fail(error, DD_WRONG,
                   "strike needs a target and kiloamperes: 'strike lamp:L-0001 30'");
}

static bool parse_refit(char **words, int n, dd_action *action, dd_error *error) {
    if (n == 3) action->model = words[2];
    return n == 2 || n == 3 ||
           dd_fail(error, DD_WRONG,
                   "refit needs a target and perhaps a luminaire: 'refit road:Đồng_Khởi HPS-250'");
}

// "rain=30"
static bool parse_weather_figure(char *word, dd_sky_said *said, dd_error *error) {
    static const char *const names[] = {"rain", "clouds", "temperature", "water", NULL};
    char *equals = strchr(word, '=');
    double value;
    int i = 0;
    if (!equals || !parse_number(equals + 1, "", -1e6, 1e6, &value))
        return dd_fail(error, DD_WRONG,
                       "'%s' is no figure of the weather; write rain=30, clouds=80, "
                       "temperature=24, water=1.9, 'storm 5 1h' or 'nature'",
                       word);
    *equals = 0;
    while (names[i] && strcmp(names[i], word) != 0)
        i++;
    if (!names[i])
        return dd_fail_unknown(error, "figure of the weather", word, names,
                               "there are rain, clouds, temperature and water");
    return dd_weather_say(said, 1u << i, value, error);
}

static bool parse_weather(char **words, int n, dd_action *action, dd_error *error) {
    action->nature = n == 2 && strcmp(words[1], "nature") == 0;
    if (action->nature) return true;
    if (n == 4 && strcmp(words[1], "storm") == 0)
        return (parse_number(words[2], "", 0.001, 1000, &action->flashes) &&
                dd_duration_parse(words[3], &action->lasts)) ||
               dd_fail(error, DD_WRONG,
                       "a storm needs its flashes by km² and hour (0.001 to 1000), and how long it "
                       "lasts: 'weather storm 5 1h'");
    for (int i = 1; i < n; i++)
        if (!parse_weather_figure(words[i], &action->weather, error)) return false;
    return n >= 2 ||
           dd_fail(error, DD_WRONG, "weather needs figures: 'weather rain=30 clouds=100'");
}

static bool parse_bare(char **words, int n, dd_action *action, dd_error *error) {
    (void)action;
    return n == 2 || dd_fail(error, DD_WRONG, "%s needs a target: '%s city'", words[0], words[0]);
}

// How the words of each verb are read; and whether the second of them is its target.
static const struct {
    bool (*parse)(char **words, int n, dd_action *action, dd_error *error);
    bool target;
} verbs[DD_VERBS] = {
    [DD_VERB_OVERRIDE] = {parse_override, true}, [DD_VERB_RESUME] = {parse_bare, true},
    [DD_VERB_READ] = {parse_bare, true},         [DD_VERB_ACKNOWLEDGE] = {parse_acknowledge, false},
    [DD_VERB_PROGRAM] = {parse_program, true},   [DD_VERB_REFIT] = {parse_refit, true},
    [DD_VERB_COMMISSION] = {parse_bare, true},   [DD_VERB_FAIL] = {parse_fault, true},
    [DD_VERB_REPAIR] = {parse_fault, true},      [DD_VERB_HAZARD] = {parse_hazard, true},
    [DD_VERB_BATCH] = {parse_batch, true},       [DD_VERB_STRIKE] = {parse_strike, true},
    [DD_VERB_WEATHER] = {parse_weather, false},
};

// Reads `text`, which is cut into words.
static bool parse(const dd_world *world, char *text, parsed *out, dd_error *error) {
    char *words[WORDS_MAX], *rest = NULL;
    int n = 0;
    *out = (parsed){0};
    for (char *word = strtok_r(text, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        if (n == WORDS_MAX) return dd_fail(error, DD_WRONG, "'%s ...' has too many words", text);
        words[n++] = word;
    }
    if (!n) return dd_fail(error, DD_WRONG, "an action is missing; write one, such as 'read city'");
    dd_verb verb = out->action.verb = find_verb(words[0], error);
    return verb && verbs[verb].parse(words, n, &out->action, error) &&
           (!verbs[verb].target || parse_target(world, words[1], out, error));
}

static bool copy_text(const char *text, char copy[static TEXT_MAX], dd_error *error) {
    if (strlen(text) >= TEXT_MAX)
        return dd_fail(error, DD_WRONG,
                       "'%.40s...' is too long for an action; name a road or a ward", text);
    strcpy(copy, text);
    return true;
}

bool dd_action_check_text(const dd_world *world, const char *text, dd_error *error) {
    char copy[TEXT_MAX];
    parsed it;
    return copy_text(text, copy, error) && parse(world, copy, &it, error) &&
           dd_action_check(world, &it.action, error);
}

bool dd_action_do_text(dd_world *world, const char *text, dd_error *error) {
    char copy[TEXT_MAX];
    parsed it;
    return copy_text(text, copy, error) && parse(world, copy, &it, error) &&
           dd_action_do(world, &it.action, text, error);
}
