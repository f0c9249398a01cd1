#define _POSIX_C_SOURCE 200809L // strtok_r
// What the operator commands: the lamps and their controllers do it, and answer.
#include "models/action/verb.h"
#include "models/hub.h"
#include "models/program_text.h"

#include <stdlib.h>
#include <string.h>

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
    dd_domain *domain = dd_verb_hub(world);
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

static bool parse_override(const dd_world *world, dd_words *words, dd_action *action,
                           dd_error *error) {
    double level;
    bool good = words->n >= 3 && words->n <= 4 &&
                (dd_word_number(words->word[2], "%", 0, 100, &level) ||
                 dd_word_number(words->word[2], "", 1, 100, &level));
    if (!good)
        return dd_fail(error, DD_WRONG,
                       "override needs a target and a level: 'override road:Đồng_Khởi 50%% 1h' "
                       "(blanks in a name are written as _)");
    if (words->n == 4 && !dd_duration_parse(words->word[3], &action->lasts))
        return dd_fail(error, DD_WRONG, "'%s' is no duration; write 90s, 15m or 1h30m",
                       words->word[3]);
    action->level_pm = (uint16_t)(level * 10 + 0.5);
    return dd_words_target(world, words, 1, action, error);
}

// "sunset=100,23:00=60,sunrise=0"
static bool parse_program(const dd_world *world, dd_words *words, dd_action *action,
                          dd_error *error) {
    char *rest = NULL;
    if (words->n != 3)
        return dd_fail(error, DD_WRONG,
                       "program needs a target and points: 'program city sunset=100,sunrise=0'");
    for (char *point = strtok_r(words->word[2], ",", &rest); point;
         point = strtok_r(NULL, ",", &rest)) {
        char *equals = strchr(point, '=');
        double level;
        if (!equals || !dd_word_number(equals + 1, "", 0, 100, &level))
            return dd_fail(error, DD_WRONG, "'%s' is no switch point; write 23:00=60", point);
        *equals = 0;
        if (!dd_program_add(&action->program, point, level, error)) return false;
    }
    return dd_words_target(world, words, 1, action, error);
}

const dd_verb_def dd_verbs_commands[] = {
    {DD_VERB_OVERRIDE,
     DD_ROLE_OPERATOR,
     DD_ENTITY_LAMP,
     {{"override TARGET LEVEL% [DURATION]", "hold lamps at a level, for a time or until resumed"}},
     parse_override,
     NULL,
     command},
    {DD_VERB_RESUME,
     DD_ROLE_OPERATOR,
     DD_ENTITY_LAMP,
     {{"resume TARGET", "back to the program"}},
     dd_verb_parse_bare,
     NULL,
     command},
    {DD_VERB_READ,
     DD_ROLE_OPERATOR,
     DD_ENTITY_LAMP,
     {{"read TARGET", "read lamps now"}},
     dd_verb_parse_bare,
     NULL,
     command},
    {DD_VERB_PROGRAM,
     DD_ROLE_OPERATOR,
     DD_ENTITY_LAMP,
     {{"program TARGET POINTS", "give whole segments a program: `sunset=100,23:00=60,sunrise=0`"}},
     parse_program,
     check_program,
     command},
    {.verb = DD_VERB_NONE},
};
