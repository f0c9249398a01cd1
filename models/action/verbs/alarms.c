// What the operator does with alarms, by their numbers.
#include "engine/texts.h"
#include "models/action/verb.h"
#include "models/hub.h"

static dd_alarms *alarms_of(dd_domain *hub) {
    return &dd_hub_of(hub)->centre.alarms;
}

static bool no_alarm(const dd_action *action, dd_error *error) {
    return dd_fail(error, DD_WRONG, "there is no live alarm %u: it is cleared, or was never raised",
                   action->number);
}

static bool acknowledge(dd_world *world, const dd_action *action, const dd_meant *meant,
                        uint64_t cause, dd_error *error) {
    (void)meant, (void)cause;
    dd_domain *hub = dd_verb_hub(world);
    return dd_alarm_acknowledge(hub, alarms_of(hub), action->number) || no_alarm(action, error);
}

static bool shelve(dd_world *world, const dd_action *action, const dd_meant *meant, uint64_t cause,
                   dd_error *error) {
    (void)meant, (void)cause;
    dd_domain *hub = dd_verb_hub(world);
    uint32_t reason = dd_texts_add(world->engine->texts, action->text);
    return dd_alarm_shelve(hub, alarms_of(hub), action->number, hub->now + action->lasts, reason) ||
           no_alarm(action, error);
}

static bool unshelve(dd_world *world, const dd_action *action, const dd_meant *meant,
                     uint64_t cause, dd_error *error) {
    (void)meant, (void)cause;
    dd_domain *hub = dd_verb_hub(world);
    return dd_alarm_unshelve(hub, alarms_of(hub), action->number) ||
           dd_fail(error, DD_WRONG, "alarm %u is not on the shelf", action->number);
}

// "acknowledge 3", "unshelve 3"
static bool parse_number(const dd_world *world, dd_words *words, dd_action *action,
                         dd_error *error) {
    (void)world;
    const char *verb = words->word[0];
    return (words->n == 2 && dd_word_count(words->word[1], &action->number)) ||
           dd_fail(error, DD_WRONG, "%s needs an alarm's number: '%s 3'", verb, verb);
}

// "shelve 3 2h the crew is on its way"
static bool parse_shelve(const dd_world *world, dd_words *words, dd_action *action,
                         dd_error *error) {
    (void)world;
    if (words->n < 4 || !dd_word_count(words->word[1], &action->number) ||
        !dd_duration_parse(words->word[2], &action->lasts) || action->lasts <= 0)
        return dd_fail(error, DD_WRONG,
                       "shelve needs an alarm's number, a time and a reason: 'shelve 3 2h the crew "
                       "is on its way'");
    action->text = dd_words_rest(words, 3);
    return true;
}

const dd_verb_def dd_verbs_alarms[] = {
    {DD_VERB_ACKNOWLEDGE,
     DD_ROLE_OPERATOR,
     DD_ENTITY_NONE,
     {{"acknowledge ALARM", "an alarm has been seen"}},
     parse_number,
     NULL,
     acknowledge},
    {DD_VERB_SHELVE,
     DD_ROLE_OPERATOR,
     DD_ENTITY_NONE,
     {{"shelve ALARM DURATION REASON",
       "an alarm calls nobody for a while, however often it comes"}},
     parse_shelve,
     NULL,
     shelve},
    {DD_VERB_UNSHELVE,
     DD_ROLE_OPERATOR,
     DD_ENTITY_NONE,
     {{"unshelve ALARM", "it may call again"}},
     parse_number,
     NULL,
     unshelve},
    {.verb = DD_VERB_NONE},
};
