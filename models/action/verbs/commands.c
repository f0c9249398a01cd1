// What the operator commands: the lamps and their controllers do it, and answer.
#include "models/action/verb.h"
#include "models/hub.h"

#include <stdlib.h>
#include <string.h>

static dd_order order_of(const dd_world *world, const dd_action *action) {
    static const uint8_t kinds[DD_VERBS] = {[DD_VERB_OVERRIDE] = DD_ORDER_OVERRIDE,
                                            [DD_VERB_RESUME] = DD_ORDER_RESUME,
                                            [DD_VERB_READ] = DD_ORDER_READ};
    dd_order order = {.kind = kinds[action->verb],
                      .level_pm = action->level_pm,
                      .group = action->group,
                      .ramp = action->ramp};
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
    if (order.group && !dd_schedule_has(centre, segment, order.group)) return;
    if (n == place->lamp_count || order.group) {
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

bool dd_verb_finds_group(const dd_world *world, const dd_action *action, const dd_meant *meant,
                         dd_error *error) {
    const dd_centre *centre = &dd_world_hub(world)->centre;
    for (uint32_t i = 0; action->group && i < meant->n; i++)
        if (dd_schedule_has(centre, world->city->lamps[meant->entities[i]].segment, action->group))
            return true;
    return !action->group || dd_fail(error, DD_WRONG,
                                     "no segment of these lamps has such a group; make it first: "
                                     "'group road:Đồng_Khởi market'");
}

// The centre's commands go by segment; a segment's lamps are neighbours in the city's order.
static bool command(dd_world *world, const dd_action *action, const dd_meant *meant, uint64_t cause,
                    dd_error *error) {
    if (!dd_verb_finds_group(world, action, meant, error)) return false;
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

// "group=market", "to=30s", "back=1m"; false when it is none of them.
static bool parse_option(const char *word, dd_action *action) {
    const char *equals = strchr(word, '=');
    dd_time lasts;
    if (!equals) return false;
    if (strncmp(word, "group=", 6) == 0 && word[6]) {
        action->group = dd_group_id(word + 6);
        return true;
    }
    if (!dd_duration_parse(equals + 1, &lasts) || lasts > UINT16_MAX * DD_SECOND) return false;
    if (strncmp(word, "to=", 3) == 0) action->ramp.to_s = (uint16_t)(lasts / DD_SECOND);
    if (strncmp(word, "back=", 5) == 0) action->ramp.from_s = (uint16_t)(lasts / DD_SECOND);
    return strncmp(word, "to=", 3) == 0 || strncmp(word, "back=", 5) == 0;
}

static bool parse_override(const dd_world *world, dd_words *words, dd_action *action,
                           dd_error *error) {
    double level;
    bool good = words->n >= 3 && (dd_word_number(words->word[2], "%", 0, 100, &level) ||
                                  dd_word_number(words->word[2], "", 1, 100, &level));
    if (!good)
        return dd_fail(error, DD_WRONG,
                       "override needs a target and a level: 'override road:Đồng_Khởi 50%% 1h' "
                       "(blanks in a name are written as _)");
    action->level_pm = (uint16_t)(level * 10 + 0.5);
    int next = 3;
    if (words->n > 3 && !strchr(words->word[3], '=')) {
        if (!dd_duration_parse(words->word[3], &action->lasts))
            return dd_fail(error, DD_WRONG, "'%s' is no duration; write 90s, 15m or 1h30m",
                           words->word[3]);
        next = 4;
    }
    for (; next < words->n; next++)
        if (!parse_option(words->word[next], action))
            return dd_fail(error, DD_WRONG,
                           "'%s' is nothing that an override has; there are to=30s, back=1m (up "
                           "to 18h) and group=NAME",
                           words->word[next]);
    return dd_words_target(world, words, 1, action, error);
}

static bool parse_lamps(const dd_world *world, dd_words *words, dd_action *action,
                        dd_error *error) {
    const char *verb = words->word[0];
    bool group = words->n == 3 && strncmp(words->word[2], "group=", 6) == 0 && words->word[2][6];
    if (words->n != 2 && !group)
        return dd_fail(error, DD_WRONG, "%s needs a target: '%s city', '%s city group=market'",
                       verb, verb, verb);
    if (group) action->group = dd_group_id(words->word[2] + 6);
    return dd_words_target(world, words, 1, action, error);
}

const dd_verb_def dd_verbs_commands[] = {
    {DD_VERB_OVERRIDE,
     DD_ROLE_OPERATOR,
     DD_ENTITY_LAMP,
     {{"override TARGET LEVEL% [DURATION] [to=TIME] [back=TIME] [group=NAME]",
       "hold lamps, or a group of their segments, at a level, for a time or until resumed; they "
       "fade to it and back from it in that time, or go over at once"}},
     parse_override,
     NULL,
     command},
    {DD_VERB_RESUME,
     DD_ROLE_OPERATOR,
     DD_ENTITY_LAMP,
     {{"resume TARGET [group=NAME]", "back to the calendar"}},
     parse_lamps,
     NULL,
     command},
    {DD_VERB_READ,
     DD_ROLE_OPERATOR,
     DD_ENTITY_LAMP,
     {{"read TARGET [group=NAME]", "read lamps now"}},
     parse_lamps,
     NULL,
     command},
    {.verb = DD_VERB_NONE},
};
