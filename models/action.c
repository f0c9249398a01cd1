#define _POSIX_C_SOURCE 200809L // strtok_r
#include "models/action.h"
#include "engine/texts.h"
#include "models/hub.h"
#include "models/segment.h"
#include "models/selection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- Doing ---

static dd_order order_of(const dd_world *world, const dd_action *action) {
    dd_order order = {.level_pm = action->level_pm};
    order.kind = action->verb == DD_VERB_OVERRIDE ? DD_ORDER_OVERRIDE
                 : action->verb == DD_VERB_RESUME ? DD_ORDER_RESUME
                                                  : DD_ORDER_READ;
    if (action->lasts)
        order.expires_ms = dd_world_unix_us(world, world->engine->now + action->lasts) / 1000;
    return order;
}

// One command a segment, or more where only some of many lamps are meant.
static void command_segment(dd_world *world, uint32_t segment, dd_order order,
                            const uint32_t *lamps, uint32_t n, uint64_t cause) {
    const dd_segment *place = &world->city->segments[segment];
    dd_domain *domain = &world->engine->domains[DD_HUB_DOMAIN];
    dd_centre *centre = &dd_hub_of(domain)->centre;
    if (n == place->lamp_count) {
        dd_centre_command(domain, centre, segment, &order, cause);
        return;
    }
    for (uint32_t done = 0; done < n; done += order.lamp_n) {
        uint32_t part = n - done < DD_COUNT(order.lamps) ? n - done : DD_COUNT(order.lamps);
        order.lamp_n = (uint8_t)part;
        for (uint32_t i = 0; i < part; i++)
            order.lamps[i] = (uint16_t)(lamps[done + i] - place->first_lamp + 1);
        dd_centre_command(domain, centre, segment, &order, cause);
    }
}

static int by_index(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// The centre's commands go by segment; a segment's lamps are neighbours in the city's order.
static bool command(dd_world *world, const dd_action *action, uint64_t cause, dd_error *error) {
    uint32_t *lamps = malloc(action->entity_n * sizeof *lamps + 1);
    if (!lamps) return dd_fail(error, DD_OUTSIDE, "no memory for a command");
    memcpy(lamps, action->entities, action->entity_n * sizeof *lamps);
    qsort(lamps, action->entity_n, sizeof *lamps, by_index);
    world->engine->domains[DD_HUB_DOMAIN].now = world->engine->now;
    for (uint32_t first = 0, end; first < action->entity_n; first = end) {
        uint32_t segment = world->city->lamps[lamps[first]].segment;
        for (end = first; end < action->entity_n; end++)
            if (world->city->lamps[lamps[end]].segment != segment) break;
        command_segment(world, segment, order_of(world, action), lamps + first, end - first, cause);
    }
    free(lamps);
    return true;
}

static bool acknowledge(dd_world *world, uint32_t number, dd_error *error) {
    dd_domain *domain = &world->engine->domains[DD_HUB_DOMAIN];
    domain->now = world->engine->now;
    if (dd_alarm_acknowledge(domain, &dd_hub_of(domain)->centre.alarms, number)) return true;
    return dd_fail(error, DD_WRONG, "there is no live alarm %u", number);
}

static bool check_fault(const dd_world *world, const dd_action *action, dd_error *error) {
    for (uint32_t i = 0; action->fault && i < action->entity_n; i++)
        if (!dd_fault_fits(world, action->entities[i], action->fault, error)) return false;
    return true;
}

static bool change_faults(dd_world *world, const dd_action *action) {
    for (uint32_t i = 0; i < action->entity_n; i++) {
        if (action->fault)
            dd_fault_set(world, action->entities[i], action->fault, action->verb == DD_VERB_FAIL);
        else dd_fault_repair_all(world, action->entities[i]);
    }
    return true;
}

bool dd_action_do(dd_world *world, const dd_action *action, const char *text, dd_error *error) {
    if (!check_fault(world, action, error)) return false;
    if (action->verb == DD_VERB_ACKNOWLEDGE && !acknowledge(world, action->alarm, error))
        return false;
    uint32_t what = action->entity_n == 1 ? action->entities[0]
                                          : dd_world_entity(world, DD_ENTITY_CITY, 1);
    uint64_t cause = dd_engine_note(world->engine, DD_REC_ACTION, what, 0, action->verb,
                                    action->entity_n, dd_texts_add(world->engine->texts, text), 0);
    switch (action->verb) {
    case DD_VERB_OVERRIDE:
    case DD_VERB_RESUME:
    case DD_VERB_READ: return command(world, action, cause, error);
    case DD_VERB_FAIL:
    case DD_VERB_REPAIR: return change_faults(world, action);
    default: return true;
    }
}

// --- The text form ---

enum { WORDS_MAX = 5, TEXT_MAX = 500 };

typedef struct parsed {
    dd_action action;
    uint32_t *entities;
} parsed;

static dd_verb find_verb(const char *word, dd_error *error) {
    for (int verb = 1; dd_verb_names[verb]; verb++)
        if (strcmp(dd_verb_names[verb], word) == 0) return (dd_verb)verb;
    const char *nearest = dd_nearest(word, dd_verb_names + 1);
    dd_fail(error, DD_WRONG, "there is no action '%s'%s%s%s", word,
            nearest ? ", did you mean '" : "; there are override, resume, read, fail, repair and acknowledge",
            nearest ? nearest : "", nearest ? "'?" : "");
    return DD_VERB_NONE;
}

static bool parse_number(const char *word, const char *unit, double least, double most,
                         double *value) {
    char *end;
    *value = strtod(word, &end);
    return end != word && strcmp(end, unit) == 0 && *value >= least && *value <= most;
}

// The target's own entity for faults, its lamps for commands.
static bool parse_target(const dd_world *world, char *word, parsed *out, dd_error *error) {
    for (char *c = word; *c; c++)
        if (*c == '_' && strncmp(word, "road:", 5) == 0) *c = ' ';
    uint32_t entity = dd_entity_parse(world, word, error);
    if (!entity) return false;
    out->entities = malloc(world->city->lamp_n * sizeof *out->entities);
    if (!out->entities) return dd_fail(error, DD_OUTSIDE, "no memory for an action");
    bool lamps = out->action.verb <= DD_VERB_READ ||
                 dd_fault_target(out->action.fault) == DD_ENTITY_LAMP;
    uint32_t n = 0;
    for (uint32_t lamp = 1; lamps && lamp < world->city->lamp_n; lamp++)
        if (dd_lamp_belongs(world, lamp, entity)) out->entities[n++] = lamp;
    if (!lamps) out->entities[n++] = entity;
    out->action.entities = out->entities;
    out->action.entity_n = n;
    return true;
}

static bool parse_override(char **words, int n, dd_action *action, dd_error *error) {
    double level;
    if (n < 3 || n > 4 || !parse_number(words[2], "%", 0, 100, &level))
        return dd_fail(error, DD_WRONG, "override needs a target and a level: 'override road:Đồng_Khởi 50%% 1h'");
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

static bool parse_words(const dd_world *world, char **words, int n, parsed *out, dd_error *error) {
    dd_action *action = &out->action;
    action->verb = find_verb(words[0], error);
    switch (action->verb) {
    case DD_VERB_NONE: return false;
    case DD_VERB_ACKNOWLEDGE: return parse_acknowledge(words, n, action, error);
    case DD_VERB_OVERRIDE:
        if (!parse_override(words, n, action, error)) return false;
        break;
    case DD_VERB_FAIL:
    case DD_VERB_REPAIR:
        if (n == 3 && !(action->fault = dd_fault_find(words[2], error))) return false;
        if (n != 3 && !(n == 2 && action->verb == DD_VERB_REPAIR))
            return dd_fail(error, DD_WRONG, "%s needs a target and a fault: '%s feeder:F-001 breaker'",
                           words[0], words[0]);
        break;
    default:
        if (n != 2) return dd_fail(error, DD_WRONG, "%s needs a target: '%s city'", words[0], words[0]);
    }
    return parse_target(world, words[1], out, error) && check_fault(world, action, error);
}

static bool parse(const dd_world *world, const char *text, parsed *out, dd_error *error) {
    char copy[TEXT_MAX], *words[WORDS_MAX], *rest = NULL;
    int n = 0;
    *out = (parsed){0};
    if (strlen(text) >= sizeof copy) return dd_fail(error, DD_WRONG, "an action this long is none");
    strcpy(copy, text);
    for (char *word = strtok_r(copy, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        if (n == WORDS_MAX) return dd_fail(error, DD_WRONG, "'%s' has too many words", text);
        words[n++] = word;
    }
    if (!n) return dd_fail(error, DD_WRONG, "an empty action does nothing");
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
