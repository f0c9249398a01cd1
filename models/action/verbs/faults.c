// What the instructor makes fail, at once or by chance, and what is repaired.
#include "models/action/verb.h"
#include "models/hazard.h"
#include "models/light/lifetime.h"

#include <math.h>
#include <string.h>

static bool check_fault(const dd_world *world, const dd_action *action, const dd_meant *meant,
                        dd_error *error) {
    for (uint32_t i = 0; action->fault && i < meant->n; i++)
        if (!dd_fault_fits(world, meant->entities[i], action->fault, error)) return false;
    bool jams = action->verb == DD_VERB_FAIL && action->fault == DD_FAULT_JAMMER;
    return !jams || dd_disturbance_check(world, &action->jammer, meant->n, error);
}

static bool change_faults(dd_world *world, const dd_action *action, const dd_meant *meant,
                          uint64_t cause, dd_error *error) {
    (void)cause, (void)error;
    for (uint32_t i = 0; i < meant->n; i++) {
        if (action->verb == DD_VERB_FAIL && action->fault == DD_FAULT_JAMMER)
            dd_disturbance_jam(world, meant->entities[i], &action->jammer);
        else if (action->fault)
            dd_fault_set(world, meant->entities[i], action->fault, action->verb == DD_VERB_FAIL);
        else
            dd_fault_repair_all(world, meant->entities[i]);
    }
    return true;
}

static bool check_hazard(const dd_world *world, const dd_action *action, const dd_meant *meant,
                         dd_error *error) {
    return check_fault(world, action, meant, error) &&
           (action->fault != DD_FAULT_JAMMER ||
            dd_fail(error, DD_WRONG, "a jammer is no hazard; set it up by fail")) &&
           (action->fault != DD_FAULT_OUTAGE ||
            dd_fail(error, DD_WRONG, "an outage is no hazard; backhaul.outages has nature's")) &&
           dd_setting_in_range("a hazard's rate", action->per_1000_h, 1e-6, 1000, "in 1000 h",
                               error) &&
           dd_setting_in_range("a hazard's repair", action->repair_h, 0, 1e5, "h", error);
}

static bool begin_hazard(dd_world *world, const dd_action *action, const dd_meant *meant,
                         uint64_t cause, dd_error *error) {
    (void)cause;
    uint32_t number = dd_hazard_add(world,
                                    &(dd_hazard_def){.fault = action->fault,
                                                     .entities = meant->entities,
                                                     .entity_n = meant->n,
                                                     .per_1000_h = action->per_1000_h,
                                                     .repair_h = action->repair_h},
                                    error);
    if (action->made) *action->made = number;
    return number != 0;
}

static dd_batch_def batch_of(const dd_action *action, const dd_meant *meant) {
    return (dd_batch_def){.lamps = meant->entities,
                          .lamp_n = meant->n,
                          .share_ppm = (uint32_t)lrint(action->share * 10000),
                          .fault = action->fault,
                          .factor = action->factor};
}

static bool check_batch(const dd_world *world, const dd_action *action, const dd_meant *meant,
                        dd_error *error) {
    dd_batch_def def = batch_of(action, meant);
    return dd_setting_in_range("a batch's share", action->share, 0.0001, 100, "%", error) &&
           dd_batch_fits(world, &def, error);
}

static bool add_batch(dd_world *world, const dd_action *action, const dd_meant *meant,
                      uint64_t cause, dd_error *error) {
    (void)cause;
    dd_batch_def def = batch_of(action, meant);
    uint32_t number = dd_batch_add(world, &def, error);
    if (action->made) *action->made = number;
    return number != 0;
}

// "jammer wifi power=20 channel=6 duty=30": from the kind on; without one it is a carrier.
static bool parse_jammer(dd_words *words, dd_jammer_def *jammer, dd_error *error) {
    if (words->n < 4) return true;
    for (int kind = 0; kind <= DD_JAMMER_KINDS; kind++) {
        if (kind == DD_JAMMER_KINDS)
            return dd_fail_unknown(error, "kind of jammer", words->word[3], dd_jammer_kind_names,
                                   "there are carrier, wifi, rfid and mesh");
        jammer->kind = (dd_jammer_kind)kind;
        if (strcmp(dd_jammer_kind_names[kind], words->word[3]) == 0) break;
    }
    for (int i = 4; i < words->n; i++) {
        char *word = words->word[i];
        double value;
        if (!dd_word_figure(word, &value))
            return dd_fail(error, DD_WRONG, "'%s' is no figure of a jammer; write power=20", word);
        if (!dd_jammer_set(jammer, word, value, error)) return false;
    }
    return true;
}

static bool parse_fault(const dd_world *world, dd_words *words, dd_action *action,
                        dd_error *error) {
    char **word = words->word;
    bool fails = action->verb == DD_VERB_FAIL;
    if (words->n < 3 && (fails || words->n < 2))
        return dd_fail(error, DD_WRONG, "%s needs a target and a fault: '%s feeder:F-001 breaker'",
                       word[0], word[0]);
    if (words->n >= 3 && !(action->fault = dd_fault_find(word[2], error))) return false;
    if (fails && action->fault == DD_FAULT_JAMMER) {
        if (!parse_jammer(words, &action->jammer, error)) return false;
    } else if (words->n > 3) {
        return dd_fail(error, DD_WRONG, "'%s' is too much after '%s'", word[3], word[2]);
    }
    return dd_words_target(world, words, 1, action, error);
}

// "hazard city led_open 0.2", "hazard city cycling 0.2 48"
static bool parse_hazard(const dd_world *world, dd_words *words, dd_action *action,
                         dd_error *error) {
    char **word = words->word;
    int n = words->n;
    if (n < 4 || n > 5 || !dd_word_number(word[3], "", -1e9, 1e9, &action->per_1000_h) ||
        (n == 5 && !dd_word_number(word[4], "", -1e9, 1e9, &action->repair_h)))
        return dd_fail(error, DD_WRONG,
                       "hazard needs a target, a fault, a rate in 1000 h, and perhaps the hours to "
                       "its repair: 'hazard city led_open 0.2 48'");
    action->fault = dd_fault_find(word[2], error);
    return action->fault && dd_words_target(world, words, 1, action, error);
}

static bool parse_batch(const dd_world *world, dd_words *words, dd_action *action,
                        dd_error *error) {
    char **word = words->word;
    if (words->n != 5 || !dd_word_number(word[2], "%", -1e9, 1e9, &action->share) ||
        !dd_word_number(word[4], "", -1e9, 1e9, &action->factor))
        return dd_fail(error, DD_WRONG,
                       "batch needs a target, a share, a fault and a factor: 'batch city 30%% "
                       "overheating 500'");
    action->fault = dd_fault_find(word[3], error);
    return action->fault && dd_words_target(world, words, 1, action, error);
}

const dd_verb_def dd_verbs_faults[] = {
    {DD_VERB_FAIL,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_NONE,
     {{"fail TARGET FAULT", "make something fail"},
      {"fail TARGET jammer [KIND [FIGURES]]",
       "jam the mesh at a lamp, a segment's controller or the middle of a road; KIND is carrier, "
       "wifi, rfid or mesh, FIGURES are `power=20` (dBm EIRP), `channel=15`, `duty=30` (%)"}},
     parse_fault,
     check_fault,
     change_faults},
    {DD_VERB_REPAIR,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_NONE,
     {{"repair TARGET [FAULT]", "repair it, or all that is wrong with it itself"}},
     parse_fault,
     check_fault,
     change_faults},
    {DD_VERB_HAZARD,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_NONE,
     {{"hazard TARGET FAULT PER_1000_H [REPAIR_H]",
       "from now on each fails by chance, so often in 1000 h, and is repaired after so many hours "
       "on average, or never"}},
     parse_hazard,
     check_hazard,
     begin_hazard},
    {DD_VERB_BATCH,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_LAMP,
     {{"batch TARGET SHARE% FAULT FACTOR", "a share of the lamps, drawn by chance, is of a bad "
                                           "batch: their lives end that way so many times sooner"}},
     parse_batch,
     check_batch,
     add_batch},
    {.verb = DD_VERB_NONE},
};
