#define _POSIX_C_SOURCE 200809L // strtok_r
// What the operator has lamps follow: programs, calendars, and the groups that may have their own.
#include "models/action/verb.h"
#include "models/calendar_text.h"
#include "models/hub.h"
#include "models/program_text.h"

#include <stdlib.h>
#include <string.h>

// How many lamps of each segment are meant, by segment; owned by the caller. NULL and an error:
// there is no memory.
static uint32_t *count_meant(const dd_world *world, const dd_meant *meant, dd_error *error) {
    const dd_city *city = world->city;
    uint32_t *chosen = calloc(city->segment_n, sizeof *chosen);
    if (!chosen) dd_fail(error, DD_OUTSIDE, "no memory for a calendar");
    for (uint32_t i = 0; chosen && i < meant->n; i++)
        chosen[city->lamps[meant->entities[i]].segment]++;
    return chosen;
}

static bool check_whole(const dd_world *world, const uint32_t *chosen, dd_error *error) {
    const dd_city *city = world->city;
    for (uint32_t i = 1; i < city->segment_n; i++)
        if (chosen[i] && chosen[i] != city->segments[i].lamp_count)
            return dd_fail(error, DD_WRONG,
                           "a calendar or program goes to whole segments, but only %u of %u lamps "
                           "of %s are meant; choose by segment, make them a group, or override "
                           "them",
                           chosen[i], city->segments[i].lamp_count, city->segments[i].id);
    return true;
}

static bool check_calendar(const dd_world *world, const dd_action *action, const dd_meant *meant,
                           dd_error *error) {
    uint32_t *chosen = count_meant(world, meant, error);
    if (!chosen) return false;
    bool good = action->group || check_whole(world, chosen, error);
    free(chosen);
    return good;
}

static bool give_calendar(dd_world *world, const dd_action *action, const dd_meant *meant,
                          uint64_t cause, dd_error *error) {
    if (!dd_verb_finds_group(world, action, meant, error)) return false;
    dd_domain *hub = dd_verb_hub(world);
    dd_centre *centre = &dd_hub_of(hub)->centre;
    uint32_t *chosen = count_meant(world, meant, error), full = 0;
    if (!chosen) return false;
    for (uint32_t i = 1; i < world->city->segment_n; i++) {
        bool has = chosen[i] && (!action->group || dd_schedule_has(centre, i, action->group));
        if (has && !dd_schedule_calendar(hub, centre, i, action->group, &action->calendar, cause))
            full = i;
    }
    free(chosen);
    return !full || dd_fail(error, DD_WRONG, "%s has as many calendars as it can keep",
                            world->city->segments[full].id);
}

// In each segment that the lamps are in: those of them, or none when the group is to be no more.
static bool make_group(dd_world *world, const dd_action *action, const dd_meant *meant,
                       uint64_t cause, dd_error *error) {
    const dd_city *city = world->city;
    dd_domain *hub = dd_verb_hub(world);
    dd_lamp_set *members = calloc(city->segment_n, sizeof *members);
    uint32_t *chosen = members ? count_meant(world, meant, error) : NULL, full = 0;
    for (uint32_t i = 0; chosen && !action->removes && i < meant->n; i++) {
        const dd_segment *place = &city->segments[city->lamps[meant->entities[i]].segment];
        dd_lamp_set_add(&members[place - city->segments],
                        (uint16_t)(meant->entities[i] - place->first_lamp + 1));
    }
    for (uint32_t i = 1; chosen && i < city->segment_n; i++)
        if (chosen[i] &&
            !dd_schedule_group(hub, &dd_hub_of(hub)->centre, i, action->group, &members[i], cause))
            full = i;
    bool made = chosen && !full;
    free(members);
    free(chosen);
    if (full)
        return dd_fail(error, DD_WRONG, "%s has %d groups, as many as it can",
                       city->segments[full].id, DD_GROUPS);
    return made || dd_fail(error, DD_OUTSIDE, "no memory for a group");
}

// --- As text ---

// "sunset=100,23:00=60,sunrise=0"
static bool parse_program(const dd_world *world, dd_words *words, dd_action *action,
                          dd_error *error) {
    char *rest = NULL;
    dd_program program = {0};
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
        if (!dd_program_add(&program, point, level, error)) return false;
    }
    action->calendar = dd_light_calendar_of(&program);
    return dd_words_target(world, words, 1, action, error);
}

static bool parse_calendar(const dd_world *world, dd_words *words, dd_action *action,
                           dd_error *error) {
    if (words->n < 3 || words->n > 4)
        return dd_fail(error, DD_WRONG,
                       "calendar needs a target and a calendar: 'calendar city "
                       "normal:sunset=100,sunrise=0;dark:off;dark@sun;normal'");
    if (words->n == 4) action->group = dd_group_id(words->word[3]);
    return dd_calendar_parse(words->word[2], &action->calendar, error) &&
           dd_words_target(world, words, 1, action, error);
}

static bool parse_group(const dd_world *world, dd_words *words, dd_action *action,
                        dd_error *error) {
    action->removes = words->n == 4 && strcmp(words->word[3], "off") == 0;
    if (words->n != 3 && !action->removes)
        return dd_fail(error, DD_WRONG,
                       "group needs a target and a name: 'group road:Đồng_Khởi market', or "
                       "'group city market off'");
    action->group = dd_group_id(words->word[2]);
    return dd_words_target(world, words, 1, action, error);
}

const dd_verb_def dd_verbs_schedules[] = {
    {DD_VERB_PROGRAM,
     DD_ROLE_OPERATOR,
     DD_ENTITY_LAMP,
     {{"program TARGET POINTS", "give whole segments a program: `sunset=100,23:00=60,sunrise=0`"}},
     parse_program,
     check_calendar,
     give_calendar},
    {DD_VERB_CALENDAR,
     DD_ROLE_OPERATOR,
     DD_ENTITY_LAMP,
     {{"calendar TARGET CALENDAR [GROUP]",
       "give whole segments, or a group of theirs, a calendar: programs, then rules, the first "
       "that fits a night counts, then the default: "
       "`normal:sunset=100,sunrise=0;tet:sunset=100,23:00=80,sunrise=0;tet@2021-02-11..2021-02-17;"
       "tet@09-02;tet@fri,last;normal`; `NAME:off` is dark"}},
     parse_calendar,
     check_calendar,
     give_calendar},
    {DD_VERB_GROUP,
     DD_ROLE_OPERATOR,
     DD_ENTITY_LAMP,
     {{"group TARGET NAME",
       "in the segments that they are in, these lamps are group NAME from now on"},
      {"group TARGET NAME off", "segments of these lamps have no such group any more"}},
     parse_group,
     NULL,
     make_group},
    {.verb = DD_VERB_NONE},
};
