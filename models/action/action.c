#include "models/action/action.h"
#include "engine/texts.h"
#include "models/action/job.h"
#include "models/action/selection.h"
#include "models/exposure/lightning.h"
#include "models/hazard.h"
#include "models/hub.h"
#include "models/light/lifetime.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// What an action is done to: the entities that are meant, or, where it is not done to such, those
// that they stand for.
typedef struct dd_meant {
    const uint32_t *entities;
    uint32_t n;
    uint32_t *related; // owned; NULL: the entities are the action's own
} dd_meant;

// --- The centre ---

// The hub, at the moment at which the world stands.
static dd_domain *standing_hub(dd_world *world) {
    dd_domain *domain = &world->engine->domains[DD_HUB_DOMAIN];
    domain->now = world->engine->now;
    return domain;
}

static dd_order order_of(const dd_world *world, const dd_action *action) {
    static const uint8_t kinds[DD_VERBS] = {[DD_VERB_OVERRIDE] = DD_ORDER_OVERRIDE,
                                            [DD_VERB_RESUME] = DD_ORDER_RESUME,
                                            [DD_VERB_READ] = DD_ORDER_READ,
                                            [DD_VERB_PROGRAM] = DD_ORDER_CALENDAR};
    dd_order order = {.kind = kinds[action->verb], .level_pm = action->level_pm};
    if (action->verb == DD_VERB_PROGRAM) order.calendar = dd_light_calendar_of(&action->program);
    if (action->lasts)
        order.expires_ms = dd_world_unix_us(world, world->engine->now + action->lasts) / 1000;
    return order;
}

// One command a segment, or more where only some of many lamps are meant.
static void command_segment(dd_world *world, uint32_t segment, dd_order order,
                            const uint32_t *lamps, uint32_t n, uint64_t cause) {
    const dd_segment *place = &world->city->segments[segment];
    dd_domain *domain = standing_hub(world);
    dd_centre *centre = &dd_hub_of(domain)->centre;
    if (order.kind == DD_ORDER_CALENDAR) {
        dd_schedule_calendar(domain, centre, segment, 0, &order.calendar, cause);
        return;
    }
    if (n == place->lamp_count) {
        dd_centre_command(domain, centre, segment, &order, cause);
        return;
    }
    for (uint32_t done = 0; done < n; done += order.lamp_n) {
        uint32_t part = n - done < DD_COUNT(order.lamps) ? n - done : DD_COUNT(order.lamps);
        order.lamp_n = (uint8_t)part;
        for (uint32_t i = 0; i < part; i++)
            order.lamps[i] = (uint16_t)(lamps[done + i] - place->first_lamp + 1);
        dd_centre_command(domain, centre, segment, &order, cause);
    }
}

static int by_index(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// The centre's commands go by segment; a segment's lamps are neighbours in the city's order.
static bool command(dd_world *world, const dd_action *action, const dd_meant *meant, uint64_t cause,
                    dd_error *error) {
    uint32_t *lamps = malloc(meant->n * sizeof *lamps + 1);
    if (!lamps) return dd_fail(error, DD_OUTSIDE, "no memory for a command");
    memcpy(lamps, meant->entities, meant->n * sizeof *lamps);
    qsort(lamps, meant->n, sizeof *lamps, by_index);
    for (uint32_t first = 0, end; first < meant->n; first = end) {
        uint32_t segment = world->city->lamps[lamps[first]].segment;
        for (end = first; end < meant->n; end++)
            if (world->city->lamps[lamps[end]].segment != segment) break;
        command_segment(world, segment, order_of(world, action), lamps + first, end - first, cause);
    }
    free(lamps);
    return true;
}

// A controller hands a program to all of its lamps.
static bool check_program(const dd_world *world, const dd_action *action, const dd_meant *meant,
                          dd_error *error) {
    const dd_city *city = world->city;
    uint32_t *chosen = calloc(city->segment_n, sizeof *chosen);
    if (!chosen) return dd_fail(error, DD_OUTSIDE, "no memory for a program");
    bool good =
        dd_program_valid(&action->program) ||
        dd_fail(error, DD_WRONG, "a program needs 1 to %d switch points", DD_PROGRAM_POINTS);
    for (uint32_t i = 0; i < meant->n; i++)
        chosen[city->lamps[meant->entities[i]].segment]++;
    for (uint32_t i = 1; good && i < city->segment_n; i++)
        if (chosen[i] && chosen[i] != city->segments[i].lamp_count)
            good = dd_fail(
                error, DD_WRONG,
                "a program goes to whole segments, but only %u of %u lamps of %s are meant; "
                "choose by segment, or override the lamps",
                chosen[i], city->segments[i].lamp_count, city->segments[i].id);
    free(chosen);
    return good;
}

static bool acknowledge(dd_world *world, const dd_action *action, const dd_meant *meant,
                        uint64_t cause, dd_error *error) {
    (void)meant, (void)cause;
    dd_domain *domain = standing_hub(world);
    if (dd_alarm_acknowledge(domain, &dd_hub_of(domain)->centre.alarms, action->alarm)) return true;
    return dd_fail(error, DD_WRONG, "there is no live alarm %u: it is cleared, or was never raised",
                   action->alarm);
}

// --- Crews ---

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

// --- Faults ---

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

// --- Sky ---

static bool check_strike(const dd_world *world, const dd_action *action, const dd_meant *meant,
                         dd_error *error) {
    for (uint32_t i = 0; i < meant->n; i++)
        if (!dd_lightning_fits(world, meant->entities[i], action->kiloamperes, error)) return false;
    return true;
}

static bool strike(dd_world *world, const dd_action *action, const dd_meant *meant, uint64_t cause,
                   dd_error *error) {
    (void)cause, (void)error;
    for (uint32_t i = 0; i < meant->n; i++)
        dd_lightning_strike(world, meant->entities[i], action->kiloamperes);
    return true;
}

bool dd_weather_say(dd_sky_said *said, unsigned what, double value, dd_error *error) {
    said->what |= (uint8_t)what;
    switch (what) {
    case DD_SAID_RAIN: // the hardest hour ever measured had some 400
        said->rain_um_h = (uint32_t)lrint(fmax(value, 0) * 1000);
        return dd_setting_in_range("rain", value, 0, 500, "mm/h", error);
    case DD_SAID_CLOUDS:
        said->clouds_pm = (uint16_t)lrint(fmax(value, 0) * 10);
        return dd_setting_in_range("clouds", value, 0, 100, "%", error);
    case DD_SAID_TEMPERATURE:
        said->temperature_md = (int32_t)lrint(value * 1000);
        return dd_setting_in_range("temperature", value, -20, 60, "°C", error);
    default:
        said->water_mm = (int32_t)lrint(value * 1000);
        return dd_setting_in_range("water", value, -10, 10, "m", error);
    }
}

static bool check_weather(const dd_world *world, const dd_action *action, const dd_meant *meant,
                          dd_error *error) {
    (void)world, (void)meant;
    return action->flashes == 0 || dd_setting_in_range("a storm's flashes", action->flashes, 0.001,
                                                       1000, "by km² and h", error);
}

static bool change_weather(dd_world *world, const dd_action *action, const dd_meant *meant,
                           uint64_t cause, dd_error *error) {
    (void)meant, (void)cause;
    if (action->flashes > 0 &&
        !dd_lightning_storm(world, world->engine->now, action->lasts, action->flashes, error))
        return false;
    if (action->nature) dd_sky_unsay(world, DD_SAID_ALL);
    if (action->weather.what) dd_sky_say(world, &action->weather);
    return true;
}

// --- Verbs ---

// How a verb is checked, and what it does; checks may run before anything is at work.
typedef struct dd_doing {
    dd_entity_type target; // what it is done to; none: whatever is meant, or its fault's
    bool (*check)(const dd_world *world, const dd_action *action, const dd_meant *meant,
                  dd_error *error);
    bool (*act)(dd_world *world, const dd_action *action, const dd_meant *meant, uint64_t cause,
                dd_error *error);
} dd_doing;

static const dd_doing doings[DD_VERBS] = {
    [DD_VERB_OVERRIDE] = {DD_ENTITY_LAMP, NULL, command},
    [DD_VERB_RESUME] = {DD_ENTITY_LAMP, NULL, command},
    [DD_VERB_READ] = {DD_ENTITY_LAMP, NULL, command},
    [DD_VERB_ACKNOWLEDGE] = {DD_ENTITY_NONE, NULL, acknowledge},
    [DD_VERB_PROGRAM] = {DD_ENTITY_LAMP, check_program, command},
    [DD_VERB_REFIT] = {DD_ENTITY_LAMP, check_refit, work},
    [DD_VERB_COMMISSION] = {DD_ENTITY_SEGMENT, NULL, work},
    [DD_VERB_FAIL] = {DD_ENTITY_NONE, check_fault, change_faults},
    [DD_VERB_REPAIR] = {DD_ENTITY_NONE, check_fault, change_faults},
    [DD_VERB_HAZARD] = {DD_ENTITY_NONE, check_hazard, begin_hazard},
    [DD_VERB_BATCH] = {DD_ENTITY_LAMP, check_batch, add_batch},
    [DD_VERB_STRIKE] = {DD_ENTITY_NONE, check_strike, strike},
    [DD_VERB_WEATHER] = {DD_ENTITY_NONE, check_weather, change_weather},
};

// Whether all that is meant is what the action is done to.
static bool all_fit(const dd_world *world, const dd_action *action, uint32_t types) {
    for (uint32_t i = 0; i < action->entity_n; i++)
        if (!(types >> world->entities.all[action->entities[i]].type & 1)) return false;
    return true;
}

static bool find_meant(const dd_world *world, const dd_action *action, dd_meant *meant,
                       dd_error *error) {
    dd_entity_type target = doings[action->verb].target;
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
    const dd_doing *doing = &doings[action->verb];
    return !doing->check || doing->check(world, action, meant, error);
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
        good = doings[action->verb].act(world, action, &meant, cause, error);
    }
    free(meant.related);
    return good;
}
