// What technicians do in the street.
#include "models/action/job.h"
#include "models/action/verb.h"

// The number of the model that a lamp shall get.
static uint8_t model_for(const dd_world *world, const dd_action *action, uint32_t lamp) {
    if (!action->model) return world->city->lamps[lamp].kind;
    return (uint8_t)dd_catalogue_find(&world->def.catalogue, action->model);
}

static bool check_refit(const dd_world *world, const dd_action *action, const dd_meant *meant,
                        dd_error *error) {
    (void)meant;
    const dd_catalogue *catalogue = &world->def.catalogue;
    if (!action->model || dd_catalogue_find(catalogue, action->model)) return true;
    const char *names[DD_MODELS_MAX + 1] = {0};
    for (uint32_t i = 1; i < catalogue->n; i++)
        names[i - 1] = catalogue->models[i].name;
    return dd_fail_unknown(error, "luminaire", action->model, names,
                           "'domdom city info' lists those of a city");
}

static bool work(dd_world *world, const dd_action *action, const dd_meant *meant, uint64_t cause,
                 dd_error *error) {
    static const dd_job_kind kinds[DD_VERBS] = {
        [DD_VERB_REFIT] = DD_JOB_REFIT, [DD_VERB_COMMISSION] = DD_JOB_COMMISSION};
    (void)error;
    for (uint32_t i = 0; i < meant->n; i++) {
        dd_job it = {
            .record = cause, .entity = meant->entities[i], .kind = (uint8_t)kinds[action->verb]};
        if (it.kind == DD_JOB_REFIT) it.model = model_for(world, action, it.entity);
        dd_job_do(world, &it);
    }
    return true;
}

static bool parse_refit(const dd_world *world, dd_words *words, dd_action *action,
                        dd_error *error) {
    if (words->n != 2 && words->n != 3)
        return dd_fail(
            error, DD_WRONG,
            "refit needs a target and perhaps a luminaire: 'refit road:Đồng_Khởi HPS-250'");
    if (words->n == 3) action->model = words->word[2];
    return dd_words_target(world, words, 1, action, error);
}

const dd_verb_def dd_verbs_street[] = {
    {DD_VERB_REFIT,
     DD_ROLE_TECHNICIAN,
     DD_ENTITY_LAMP,
     {{"refit TARGET [MODEL]", "other luminaires on the poles: those of the city file, or of a "
                               "model, each with its node"}},
     parse_refit,
     check_refit,
     work},
    {DD_VERB_COMMISSION,
     DD_ROLE_TECHNICIAN,
     DD_ENTITY_SEGMENT,
     {{"commission TARGET", "take the inventory of segments anew and start their controllers; new "
                            "ones for dead or worn ones"}},
     dd_verb_parse_bare,
     NULL,
     work},
    {.verb = DD_VERB_NONE},
};
