// What the operator does with incidents: the root causes behind alarms and reports.
#include "models/action/verb.h"
#include "models/hub.h"

#include <string.h>

static bool not_open(const dd_action *action, dd_error *error) {
    return dd_fail(error, DD_WRONG, "there is no incident %u that is not closed", action->number);
}

static bool open_incident(dd_world *world, const dd_action *action, const dd_meant *meant,
                          uint64_t cause, dd_error *error) {
    (void)meant, (void)cause, (void)error;
    dd_domain *hub = dd_verb_hub(world);
    uint32_t number = dd_incident_open(hub, &dd_hub_of(hub)->centre, action->about, action->cause,
                                       action->priority ? action->priority : DD_PRIORITY_MEDIUM);
    if (action->made) *action->made = number;
    return true;
}

// One that is answered is the centre's to link when it was before.
static bool has_report(const dd_domain *hub, uint32_t number) {
    return dd_report_find(hub, number) || dd_incident_of_report(&dd_hub_of(hub)->centre, number);
}

static bool link_to_incident(dd_world *world, const dd_action *action, const dd_meant *meant,
                             uint64_t cause, dd_error *error) {
    (void)meant, (void)cause;
    dd_domain *hub = dd_verb_hub(world);
    dd_centre *centre = &dd_hub_of(hub)->centre;
    const dd_incident *incident = dd_incident_find(centre, action->number);
    if (!incident || incident->state == DD_INCIDENT_CLOSED) return not_open(action, error);
    if (action->links_report)
        return (has_report(hub, action->linked) &&
                dd_incident_link_report(hub, centre, action->number, action->linked)) ||
               dd_fail(error, DD_WRONG, "there is no report %u that is not answered",
                       action->linked);
    return dd_incident_link_alarm(hub, centre, action->number, action->linked) ||
           dd_fail(error, DD_WRONG, "there is no live alarm %u", action->linked);
}

static bool note_cause(dd_world *world, const dd_action *action, const dd_meant *meant,
                       uint64_t cause, dd_error *error) {
    (void)meant, (void)cause;
    dd_domain *hub = dd_verb_hub(world);
    return dd_incident_cause(hub, &dd_hub_of(hub)->centre, action->number, action->cause) ||
           not_open(action, error);
}

static bool close_incident(dd_world *world, const dd_action *action, const dd_meant *meant,
                           uint64_t cause, dd_error *error) {
    (void)meant, (void)cause;
    dd_domain *hub = dd_verb_hub(world);
    return dd_incident_close(hub, &dd_hub_of(hub)->centre, action->number) ||
           not_open(action, error);
}

// --- Text ---

static bool find_cause(const char *word, dd_action *action, dd_error *error) {
    for (int cause = 0; dd_cause_names[cause]; cause++)
        if (strcmp(dd_cause_names[cause], word) == 0) {
            action->cause = (dd_cause)cause;
            return true;
        }
    return dd_fail_unknown(error, "cause", word, dd_cause_names,
                           "'domdom help actions' lists them");
}

// "open road:Đồng_Khởi feeder high"
static bool parse_open(const dd_world *world, dd_words *words, dd_action *action, dd_error *error) {
    if (words->n < 3 || words->n > 4)
        return dd_fail(error, DD_WRONG,
                       "open needs a target, a cause, and perhaps a priority: 'open feeder:F-001 "
                       "cable high'");
    return find_cause(words->word[2], action, error) &&
           (words->n == 3 || dd_word_priority(words->word[3], &action->priority, error)) &&
           dd_words_target(world, words, 1, action, error);
}

// "link 4 alarm 17", "link 4 report 3"
static bool parse_link(const dd_world *world, dd_words *words, dd_action *action, dd_error *error) {
    (void)world;
    char **word = words->word;
    action->links_report = words->n == 4 && strcmp(word[2], "report") == 0;
    return (words->n == 4 && (action->links_report || strcmp(word[2], "alarm") == 0) &&
            dd_word_count(word[1], &action->number) && dd_word_count(word[3], &action->linked)) ||
           dd_fail(error, DD_WRONG,
                   "link needs an incident and what belongs to it: 'link 4 alarm 17', 'link 4 "
                   "report 3'");
}

// "cause 4 cable"
static bool parse_cause(const dd_world *world, dd_words *words, dd_action *action,
                        dd_error *error) {
    (void)world;
    if (words->n != 3 || !dd_word_count(words->word[1], &action->number))
        return dd_fail(error, DD_WRONG, "cause needs an incident and its cause: 'cause 4 cable'");
    return find_cause(words->word[2], action, error);
}

// "close 4"
static bool parse_close(const dd_world *world, dd_words *words, dd_action *action,
                        dd_error *error) {
    (void)world;
    return (words->n == 2 && dd_word_count(words->word[1], &action->number)) ||
           dd_fail(error, DD_WRONG, "close needs an incident's number: 'close 4'");
}

const dd_verb_def dd_verbs_incidents[] = {
    {DD_VERB_OPEN,
     DD_ROLE_OPERATOR,
     DD_ENTITY_NONE,
     {{"open TARGET CAUSE [PRIORITY]",
       "an incident, by hand: one root cause at a place; PRIORITY is high, medium or low"}},
     parse_open,
     NULL,
     open_incident},
    {DD_VERB_LINK,
     DD_ROLE_OPERATOR,
     DD_ENTITY_NONE,
     {{"link INCIDENT alarm ALARM", "an alarm belongs to an incident"},
      {"link INCIDENT report REPORT", "a citizen's report belongs to an incident"}},
     parse_link,
     NULL,
     link_to_incident},
    {DD_VERB_CAUSE,
     DD_ROLE_OPERATOR,
     DD_ENTITY_NONE,
     {{"cause INCIDENT CAUSE", "note what is behind it, whatever the alarms add up to"}},
     parse_cause,
     NULL,
     note_cause},
    {DD_VERB_CLOSE,
     DD_ROLE_OPERATOR,
     DD_ENTITY_NONE,
     {{"close INCIDENT", "it is dealt with; alarms of its own that still stand call again"}},
     parse_close,
     NULL,
     close_incident},
    {.verb = DD_VERB_NONE},
};
