#include "models/action.h"
#include "engine/texts.h"
#include "models/hub.h"
#include "models/sky/sky.h"

#include <stdlib.h>
#include <string.h>

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
                                            [DD_VERB_PROGRAM] = DD_ORDER_PROGRAM};
    dd_order order = {.kind = kinds[action->verb], .level_pm = action->level_pm};
    if (action->verb == DD_VERB_PROGRAM) order.program = action->program;
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
static bool command(dd_world *world, const dd_action *action, uint64_t cause, dd_error *error) {
    uint32_t *lamps = malloc(action->entity_n * sizeof *lamps + 1);
    if (!lamps) return dd_fail(error, DD_OUTSIDE, "no memory for a command");
    memcpy(lamps, action->entities, action->entity_n * sizeof *lamps);
    qsort(lamps, action->entity_n, sizeof *lamps, by_index);
    for (uint32_t first = 0, end; first < action->entity_n; first = end) {
        uint32_t segment = world->city->lamps[lamps[first]].segment;
        for (end = first; end < action->entity_n; end++)
            if (world->city->lamps[lamps[end]].segment != segment) break;
        command_segment(world, segment, order_of(world, action), lamps + first, end - first, cause);
    }
    free(lamps);
    return true;
}

static bool acknowledge(dd_world *world, uint32_t number, dd_error *error) {
    dd_domain *domain = standing_hub(world);
    if (dd_alarm_acknowledge(domain, &dd_hub_of(domain)->centre.alarms, number)) return true;
    return dd_fail(error, DD_WRONG, "there is no live alarm %u: it is cleared, or was never raised",
                   number);
}

// A controller hands a program to all of its lamps.
static bool check_program(const dd_world *world, const dd_action *action, dd_error *error) {
    const dd_city *city = world->city;
    if (action->verb != DD_VERB_PROGRAM) return true;
    uint32_t *chosen = calloc(city->segment_n, sizeof *chosen);
    if (!chosen) return dd_fail(error, DD_OUTSIDE, "no memory for a program");
    bool good =
        dd_program_valid(&action->program) ||
        dd_fail(error, DD_WRONG, "a program needs 1 to %d switch points", DD_PROGRAM_POINTS);
    for (uint32_t i = 0; i < action->entity_n; i++)
        chosen[city->lamps[action->entities[i]].segment]++;
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

static bool check_fault(const dd_world *world, const dd_action *action, dd_error *error) {
    for (uint32_t i = 0; action->fault && i < action->entity_n; i++)
        if (!dd_fault_fits(world, action->entities[i], action->fault, error)) return false;
    bool jams = action->verb == DD_VERB_FAIL && action->fault == DD_FAULT_JAMMER;
    return !jams || dd_disturbance_check(world, &action->jammer, action->entity_n, error);
}

static bool change_faults(dd_world *world, const dd_action *action) {
    for (uint32_t i = 0; i < action->entity_n; i++) {
        if (action->verb == DD_VERB_FAIL && action->fault == DD_FAULT_JAMMER)
            dd_disturbance_jam(world, action->entities[i], &action->jammer);
        else if (action->fault)
            dd_fault_set(world, action->entities[i], action->fault, action->verb == DD_VERB_FAIL);
        else
            dd_fault_repair_all(world, action->entities[i]);
    }
    return true;
}

static bool check_rain(const dd_action *action, dd_error *error) {
    enum { MOST_MM_H = 500 }; // the hardest hour ever measured had some 400
    return action->verb != DD_VERB_RAIN ||
           dd_setting_in_range("rain", action->rain_mm_h, 0, MOST_MM_H, "mm/h", error);
}

bool dd_action_check(const dd_world *world, const dd_action *action, dd_error *error) {
    return check_rain(action, error) && check_fault(world, action, error) &&
           check_program(world, action, error);
}

bool dd_action_do(dd_world *world, const dd_action *action, const char *text, dd_error *error) {
    if (!dd_action_check(world, action, error)) return false;
    if (action->verb == DD_VERB_ACKNOWLEDGE && !acknowledge(world, action->alarm, error))
        return false;
    uint32_t what = action->about           ? action->about
                    : action->entity_n == 1 ? action->entities[0]
                                            : dd_world_entity(world, DD_ENTITY_CITY, 1);
    uint64_t cause = dd_engine_note(world->engine, DD_REC_ACTION, what, 0, action->verb,
                                    action->entity_n, dd_texts_add(world->engine->texts, text), 0);
    switch (action->verb) {
    case DD_VERB_OVERRIDE:
    case DD_VERB_RESUME:
    case DD_VERB_READ:
    case DD_VERB_PROGRAM:
        return command(world, action, cause, error);
    case DD_VERB_FAIL:
    case DD_VERB_REPAIR:
        return change_faults(world, action);
    case DD_VERB_RAIN:
        dd_sky_say(world, &(dd_sky_said){.what = DD_SAID_RAIN,
                                         .rain_um_h = (uint32_t)(action->rain_mm_h * 1000 + 0.5)});
        return true;
    default:
        return true;
    }
}
