// Where the operator sends crews.
#include "models/action/selection.h"
#include "models/action/verb.h"
#include "models/hub.h"

#include <string.h>

// An operator who gives no priority goes by the incident's.
static dd_alarm_priority priority_of(const dd_centre *centre, const dd_action *action) {
    const dd_incident *incident = action->number ? dd_incident_find(centre, action->number) : NULL;
    if (action->priority) return action->priority;
    return incident ? (dd_alarm_priority)incident->priority : DD_PRIORITY_MEDIUM;
}

static bool dispatch(dd_world *world, const dd_action *action, const dd_meant *meant,
                     uint64_t cause, dd_error *error) {
    dd_domain *domain = dd_verb_hub(world);
    dd_hub *hub = dd_hub_of(domain);
    uint32_t crew = action->crew ? dd_world_index(world, action->crew) : 0;
    if (meant->n != 1)
        return dd_fail(error, DD_WRONG, "a crew goes to one place at a time, not to %u", meant->n);
    if (action->number && !dd_incident_find(&hub->centre, action->number))
        return dd_fail(error, DD_WRONG, "there is no incident %u", action->number);
    uint32_t ticket =
        dd_crew_dispatch(domain, &hub->crews, crew, meant->entities[0], action->number,
                         priority_of(&hub->centre, action), cause, error);
    if (ticket && action->made) *action->made = ticket;
    return ticket != 0;
}

static bool recall(dd_world *world, const dd_action *action, const dd_meant *meant, uint64_t cause,
                   dd_error *error) {
    (void)meant;
    dd_domain *hub = dd_verb_hub(world);
    dd_crews *crews = &dd_hub_of(hub)->crews;
    if (!action->crew) return dd_crew_cancel(hub, crews, action->number, error);
    return dd_crew_recall(hub, crews, dd_world_index(world, action->crew), cause, error);
}

// --- Text ---

static bool find_crew(const dd_world *world, const char *word, dd_action *action, dd_error *error) {
    action->crew = dd_entity_parse(world, word, error);
    if (!action->crew) return false;
    return world->entities.all[action->crew].type == DD_ENTITY_CREW ||
           dd_fail(error, DD_WRONG, "'%s' is no crew; write crew:crew-1", word);
}

// "dispatch feeder:F-001", "dispatch lamp:L-0001 crew:crew-2 incident=4 priority=high"
static bool parse_dispatch(const dd_world *world, dd_words *words, dd_action *action,
                           dd_error *error) {
    for (int i = 2; i < words->n; i++) {
        char *word = words->word[i], *equals = strchr(word, '=');
        if (strncmp(word, "crew:", 5) == 0) {
            if (!find_crew(world, word, action, error)) return false;
        } else if (equals && strncmp(word, "incident=", 9) == 0) {
            if (!dd_word_count(equals + 1, &action->number))
                return dd_fail(error, DD_WRONG, "'%s' is no incident; write incident=4", word);
        } else if (equals && strncmp(word, "priority=", 9) == 0) {
            if (!dd_word_priority(equals + 1, &action->priority, error)) return false;
        } else {
            return dd_fail(error, DD_WRONG,
                           "dispatch does not know '%s'; write crew:crew-2, incident=4 or "
                           "priority=high",
                           word);
        }
    }
    if (words->n < 2)
        return dd_fail(error, DD_WRONG,
                       "dispatch needs a place: 'dispatch feeder:F-001 crew:crew-2 incident=4'");
    return dd_words_target(world, words, 1, action, error);
}

// "recall crew:crew-2", "recall 7"
static bool parse_recall(const dd_world *world, dd_words *words, dd_action *action,
                         dd_error *error) {
    if (words->n != 2)
        return dd_fail(error, DD_WRONG,
                       "recall needs a crew, or the number of a ticket: 'recall crew:crew-2'");
    if (dd_word_count(words->word[1], &action->number)) return true;
    if (!find_crew(world, words->word[1], action, error)) return false;
    action->about = action->crew;
    return true;
}

const dd_verb_def dd_verbs_tickets[] = {
    {DD_VERB_DISPATCH,
     DD_ROLE_OPERATOR,
     DD_ENTITY_NONE,
     {{"dispatch TARGET [crew:CREW] [incident=INCIDENT] [priority=PRIORITY]",
       "a ticket: a crew, or whichever can be there soonest, goes to a lamp, feeder, segment or "
       "road; until one can it waits"}},
     parse_dispatch,
     NULL,
     dispatch},
    {DD_VERB_RECALL,
     DD_ROLE_OPERATOR,
     DD_ENTITY_NONE,
     {{"recall crew:CREW", "call a crew home; its ticket ends"},
      {"recall TICKET", "withdraw a ticket that waits for a crew"}},
     parse_recall,
     NULL,
     recall},
    {.verb = DD_VERB_NONE},
};
