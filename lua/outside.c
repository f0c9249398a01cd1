#include "lua/outside.h"
#include "models/action/action_text.h"

#include <stdlib.h>
#include <string.h>

// The moment at the beginning of `text`, which ends at `space`.
static bool moment_before(const dd_scenario *scenario, const char *text, const char *space,
                          dd_time *t, dd_error *error) {
    char moment[DD_MOMENT_SIZE * 2];
    size_t length = space ? (size_t)(space - text) : 0;
    if (!length || length >= sizeof moment)
        return dd_fail(error, DD_WRONG, "'%s': write TIME ACTION, as in '21:30 read city'", text);
    memcpy(moment, text, length);
    moment[length] = 0;
    return dd_duration_parse(moment, t) || dd_scenario_moment(scenario, moment, t, error);
}

static bool add_text(dd_outside *outside, const dd_scenario *scenario, const char *text,
                     dd_error *error) {
    dd_outside_action *action = &outside->actions[outside->n++];
    const char *space = strchr(text, ' ');
    const char *second = space ? strchr(space + 1, ' ') : NULL; // "2020-08-03 21:30 read city"
    if (second && moment_before(scenario, text, second, &action->t, NULL))
        space = second;
    else if (!moment_before(scenario, text, space, &action->t, error))
        return dd_fail(error, DD_WRONG,
                       "--act '%s': an action begins with its time, as in '21:30 read city'", text);
    if (action->t < 0 || action->t > scenario->stop)
        return dd_fail(error, DD_WRONG, "--act '%s': this moment does not lie within the run",
                       text);
    action->text = space + 1;
    return dd_action_check_text(scenario->world, action->text, error) || dd_fail_in(error, "--act");
}

static bool add_entry(dd_outside *outside, const dd_journal_entry *entry, dd_error *error) {
    const char *text = json_string_value(json_object_get(entry->json, "text"));
    if (!text)
        return dd_fail(error, DD_WRONG, "the journal's action at t = %lld has no text",
                       (long long)entry->t);
    outside->actions[outside->n++] = (dd_outside_action){.t = entry->t, .text = text};
    return true;
}

// Insertion keeps the order in which they were given for the same moment.
static void sort(dd_outside *outside) {
    for (size_t i = 1; i < outside->n; i++) {
        dd_outside_action action = outside->actions[i];
        size_t j = i;
        for (; j > 0 && outside->actions[j - 1].t > action.t; j--)
            outside->actions[j] = outside->actions[j - 1];
        outside->actions[j] = action;
    }
}

bool dd_outside_init(dd_outside *outside, const dd_scenario *scenario, const char *const *acts,
                     size_t act_n, const dd_journal_log *log, dd_error *error) {
    size_t most = act_n + (log ? log->n : 0);
    *outside = (dd_outside){.actions = calloc(most + 1, sizeof *outside->actions)};
    if (!outside->actions) return dd_fail(error, DD_OUTSIDE, "no memory for actions");
    for (size_t i = 0; i < act_n; i++)
        if (!add_text(outside, scenario, acts[i], error)) return false;
    for (size_t i = 0; log && i < log->n; i++)
        if (strcmp(log->entries[i].kind, "action") == 0 &&
            !add_entry(outside, &log->entries[i], error))
            return false;
    sort(outside);
    return true;
}

void dd_outside_fini(dd_outside *outside) {
    free(outside->actions);
    *outside = (dd_outside){0};
}

dd_time dd_outside_next(const dd_outside *outside) {
    return outside->next < outside->n ? outside->actions[outside->next].t : DD_NEVER;
}

const char *dd_outside_take(dd_outside *outside, dd_time now) {
    return dd_outside_next(outside) <= now ? outside->actions[outside->next++].text : NULL;
}
