#include "models/action/action.h"
#include "engine/texts.h"
#include "models/action/selection.h"
#include "models/action/verb.h"

#include <stdlib.h>

// Whether all that is meant is what the action is done to.
static bool all_fit(const dd_world *world, const dd_action *action, uint32_t types) {
    for (uint32_t i = 0; i < action->entity_n; i++)
        if (!(types >> world->entities.all[action->entities[i]].type & 1)) return false;
    return true;
}

static bool find_meant(const dd_world *world, const dd_action *action, dd_meant *meant,
                       dd_error *error) {
    dd_entity_type target = dd_verb_of(action->verb)->target;
    uint32_t types = target ? 1u << target : dd_faults[action->fault].types;
    if (!target) target = dd_faults[action->fault].target;
    *meant = (dd_meant){action->entities, action->entity_n, NULL};
    if (!target || all_fit(world, action, types)) return true;
    uint8_t *marks = calloc(world->entities.n, 1);
    meant->related = malloc(world->entities.n * sizeof *meant->related);
    meant->entities = meant->related;
    bool had = marks && meant->related;
    if (had)
        meant->n = dd_select_related(world, action->entities, action->entity_n, target, marks,
                                     meant->related);
    free(marks);
    if (!had) return dd_fail(error, DD_OUTSIDE, "no memory for an action");
    return meant->n || !action->fault ||
           dd_fail(error, DD_WRONG, "'%s' happens to a %s, and there is none here",
                   dd_fault_names[action->fault], dd_entity_type_names[target]);
}

static bool check(const dd_world *world, const dd_action *action, const dd_meant *meant,
                  dd_error *error) {
    const dd_verb_def *def = dd_verb_of(action->verb);
    return !def->check || def->check(world, action, meant, error);
}

bool dd_action_check(const dd_world *world, const dd_action *action, dd_error *error) {
    dd_meant meant;
    bool good = find_meant(world, action, &meant, error) && check(world, action, &meant, error);
    free(meant.related);
    return good;
}

static uint64_t note(dd_world *world, const dd_action *action, uint32_t n, const char *text) {
    uint32_t what = action->about           ? action->about
                    : action->entity_n == 1 ? action->entities[0]
                                            : dd_world_entity(world, DD_ENTITY_CITY, 1);
    return dd_engine_note(world->engine, DD_REC_ACTION, what, 0, action->verb, n,
                          dd_texts_add(world->engine->texts, text), 0);
}

bool dd_action_do(dd_world *world, const dd_action *action, const char *text, dd_error *error) {
    dd_meant meant;
    bool good = find_meant(world, action, &meant, error) && check(world, action, &meant, error);
    if (good) {
        uint64_t cause = note(world, action, meant.n, text);
        good = dd_verb_of(action->verb)->act(world, action, &meant, cause, error);
    }
    free(meant.related);
    return good;
}
