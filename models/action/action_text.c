#include "models/action/action_text.h"
#include "models/action/verb.h"

bool dd_action_parse(const dd_world *world, const char *text, dd_words *words, dd_action *action,
                     dd_error *error) {
    *action = (dd_action){0};
    if (!dd_words_cut(words, text, error)) return false;
    action->verb = dd_verb_find(words->word[0], error);
    if (!action->verb || !dd_verb_of(action->verb)->parse(world, words, action, error))
        return false;
    return !words->more || words->rest ||
           dd_fail(error, DD_WRONG, "'%.40s...' has too many words", text);
}

bool dd_action_check_text(const dd_world *world, const char *text, dd_error *error) {
    dd_words words;
    dd_action action;
    return dd_action_parse(world, text, &words, &action, error) &&
           dd_action_check(world, &action, error);
}

bool dd_action_do_text(dd_world *world, const char *text, dd_error *error) {
    dd_words words;
    dd_action action;
    return dd_action_parse(world, text, &words, &action, error) &&
           dd_action_do(world, &action, text, error);
}
