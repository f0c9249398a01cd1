// The shift's log: what an operator writes down for whoever comes after him.
#include "models/action/verb.h"

// The record of the action is the line.
static bool write_line(dd_world *world, const dd_action *action, const dd_meant *meant,
                       uint64_t cause, dd_error *error) {
    (void)world, (void)action, (void)meant, (void)cause, (void)error;
    return true;
}

static bool parse_line(const dd_world *world, dd_words *words, dd_action *action, dd_error *error) {
    (void)world;
    if (words->n < 2)
        return dd_fail(error, DD_WRONG,
                       "log needs a line: 'log crew-2 says that the cable is gone'");
    action->text = dd_words_rest(words, 1);
    return true;
}

const dd_verb_def dd_verbs_log[] = {
    {DD_VERB_LOG,
     DD_ROLE_OPERATOR,
     DD_ENTITY_NONE,
     {{"log TEXT", "write a line into the shift's log"}},
     parse_line,
     NULL,
     write_line},
    {.verb = DD_VERB_NONE},
};
