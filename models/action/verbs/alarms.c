// What the operator does with alarms.
#include "models/action/verb.h"
#include "models/hub.h"

static bool acknowledge(dd_world *world, const dd_action *action, const dd_meant *meant,
                        uint64_t cause, dd_error *error) {
    (void)meant, (void)cause;
    dd_domain *domain = dd_verb_hub(world);
    if (dd_alarm_acknowledge(domain, &dd_hub_of(domain)->centre.alarms, action->number))
        return true;
    return dd_fail(error, DD_WRONG, "there is no live alarm %u: it is cleared, or was never raised",
                   action->number);
}

static bool parse_acknowledge(const dd_world *world, dd_words *words, dd_action *action,
                              dd_error *error) {
    (void)world;
    return (words->n == 2 && dd_word_count(words->word[1], &action->number)) ||
           dd_fail(error, DD_WRONG, "acknowledge needs an alarm's number: 'acknowledge 3'");
}

const dd_verb_def dd_verbs_alarms[] = {
    {DD_VERB_ACKNOWLEDGE,
     DD_ROLE_OPERATOR,
     DD_ENTITY_NONE,
     {{"acknowledge NUMBER", "an alarm has been seen"}},
     parse_acknowledge,
     NULL,
     acknowledge},
    {.verb = DD_VERB_NONE},
};
