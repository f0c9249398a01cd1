#include "models/action/verb.h"

#include <assert.h>
#include <string.h>

const char *const dd_role_names[] = {"operator", "technician", "instructor", NULL};

static const dd_verb_def *const tables[] = {
    dd_verbs_commands, dd_verbs_schedules, dd_verbs_alarms,  dd_verbs_incidents,
    dd_verbs_tickets,  dd_verbs_reports,   dd_verbs_updates, dd_verbs_log,
    dd_verbs_street,   dd_verbs_faults,    dd_verbs_sky,     dd_verbs_boards};

const dd_verb_def *dd_verb_of(dd_verb verb) {
    for (size_t i = 0; i < DD_COUNT(tables); i++)
        for (const dd_verb_def *it = tables[i]; it->verb; it++)
            if (it->verb == verb) return it;
    assert(!"a verb without a definition");
    return NULL;
}

dd_verb dd_verb_find(const char *name, dd_error *error) {
    for (int verb = 1; dd_verb_names[verb]; verb++)
        if (strcmp(dd_verb_names[verb], name) == 0) return (dd_verb)verb;
    dd_fail_unknown(error, "action", name, dd_verb_names + 1, "'domdom help actions' lists them");
    return DD_VERB_NONE;
}

dd_domain *dd_verb_hub(dd_world *world) {
    dd_domain *domain = &world->engine->domains[DD_HUB_DOMAIN];
    domain->now = world->engine->now;
    return domain;
}

bool dd_verb_parse_bare(const dd_world *world, dd_words *words, dd_action *action,
                        dd_error *error) {
    const char *verb = words->word[0];
    if (words->n != 2) return dd_fail(error, DD_WRONG, "%s needs a target: '%s city'", verb, verb);
    return dd_words_target(world, words, 1, action, error);
}
