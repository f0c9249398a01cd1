#define _POSIX_C_SOURCE 200809L // strtok_r
#include "models/action/words.h"
#include "models/action/selection.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool dd_words_cut(dd_words *words, const char *text, dd_error *error) {
    char *rest = NULL;
    words->text = text;
    words->n = 0;
    words->more = words->rest = false;
    if (strlen(text) >= sizeof words->copy)
        return dd_fail(error, DD_WRONG,
                       "'%.40s...' is too long for an action; name a road or a ward", text);
    strcpy(words->copy, text);
    for (char *word = strtok_r(words->copy, " \t", &rest); word && !words->more;
         word = strtok_r(NULL, " \t", &rest)) {
        words->more = words->n == DD_WORDS_MAX;
        if (!words->more) words->word[words->n++] = word;
    }
    return words->n ||
           dd_fail(error, DD_WRONG, "an action is missing; write one, such as 'read city'");
}

const char *dd_words_rest(dd_words *words, int from) {
    words->rest = true;
    return words->text + (words->word[from] - words->copy);
}

bool dd_word_number(const char *word, const char *unit, double least, double most, double *value) {
    char *end;
    *value = strtod(word, &end);
    bool decimal = !strpbrk(word, "xX"); // strtod would read hexadecimal too
    return decimal && end != word && strcmp(end, unit) == 0 && *value >= least && *value <= most;
}

bool dd_word_count(const char *word, uint32_t *number) {
    double value;
    if (!dd_word_number(word, "", 1, 4e9, &value) || value != floor(value)) return false;
    *number = (uint32_t)value;
    return true;
}

bool dd_word_priority(const char *word, dd_alarm_priority *priority, dd_error *error) {
    static const char *const names[] = {"high", "medium", "low", NULL};
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], word) == 0) {
            *priority = (dd_alarm_priority)(DD_PRIORITY_HIGH + i);
            return true;
        }
    return dd_fail_unknown(error, "priority", word, names, "there are high, medium and low");
}

bool dd_word_figure(char *word, double *value) {
    char *equals = strchr(word, '=');
    if (!equals || !dd_word_number(equals + 1, "", -1e9, 1e9, value)) return false;
    *equals = 0;
    return true;
}

bool dd_words_target(const dd_world *world, dd_words *words, int which, dd_action *action,
                     dd_error *error) {
    char *word = words->word[which];
    bool named = strncmp(word, "road:", 5) == 0 || strncmp(word, "ward:", 5) == 0;
    words->target = named ? dd_entity_parse(world, word, NULL) : 0; // an id may have underscores
    for (char *c = word; named && !words->target && *c; c++)
        if (*c == '_') *c = ' ';
    if (!words->target) words->target = dd_entity_parse(world, word, error);
    action->about = words->target;
    action->entities = &words->target;
    action->entity_n = 1;
    return words->target != 0;
}
