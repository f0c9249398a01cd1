// Citizens' reports: what the operator does with them where the office leaves it to him, and what
// the instructor has somebody file.
#include "engine/texts.h"
#include "models/action/verb.h"
#include "models/hub.h"

#include <string.h>

// --- Transfer, answer ---

static bool no_report(const dd_action *action, dd_error *error) {
    return dd_fail(error, DD_WRONG, "there is no report %u that is not answered", action->number);
}

static bool transfer(dd_world *world, const dd_action *action, const dd_meant *meant,
                     uint64_t cause, dd_error *error) {
    (void)meant, (void)cause;
    uint32_t unit = DD_LIGHTING_UNIT;
    if (world->entities.all[action->about].type == DD_ENTITY_WARD)
        unit = dd_world_index(world, action->about);
    return dd_report_transfer(dd_verb_hub(world), action->number, unit) || no_report(action, error);
}

static bool answer(dd_world *world, const dd_action *action, const dd_meant *meant, uint64_t cause,
                   dd_error *error) {
    (void)meant, (void)cause;
    return dd_report_answer(dd_verb_hub(world), action->number, action->answer) ||
           no_report(action, error);
}

// --- Filing ---

// The lamp of a ward that is nearest to its middle; 0: it has none.
static uint32_t lamp_of_ward(const dd_city *city, uint32_t ward) {
    uint32_t nearest = 0;
    float least_m = 0;
    for (uint32_t lamp = 1; lamp < city->lamp_n; lamp++) {
        if (city->lamps[lamp].ward != ward) continue;
        float m = dd_distance_m(&city->lamps[lamp].place, &city->wards[ward].centre);
        if (nearest && m >= least_m) continue;
        nearest = lamp;
        least_m = m;
    }
    return nearest;
}

// Places are known by the lamps that stand there; 0: none does.
static uint32_t lamp_at(const dd_world *world, uint32_t entity) {
    uint32_t index = dd_world_index(world, entity);
    switch (world->entities.all[entity].type) {
    case DD_ENTITY_LAMP:
        return index;
    case DD_ENTITY_ROAD:
        return dd_city_middle_lamp(world->city, index);
    case DD_ENTITY_WARD:
        return lamp_of_ward(world->city, index);
    default:
        return 0;
    }
}

static bool check_place(const dd_world *world, const dd_action *action, const dd_meant *meant,
                        dd_error *error) {
    (void)action;
    return (meant->n == 1 && lamp_at(world, meant->entities[0])) ||
           dd_fail(error, DD_WRONG,
                   "a report's place is a lamp, or a road or ward that has lamps, and one of them");
}

static bool file(dd_world *world, const dd_action *action, const dd_meant *meant, uint64_t cause,
                 dd_error *error) {
    (void)cause, (void)error;
    dd_filing filing = {.kind = action->topic,
                        .filed = action->filed_as,
                        .lamp = lamp_at(world, meant->entities[0]),
                        .pole = world->entities.all[meant->entities[0]].type == DD_ENTITY_LAMP,
                        .unfounded = action->unfounded};
    if (action->text) filing.text = dd_texts_add(world->engine->texts, action->text);
    uint32_t number = dd_filing_order(world, &filing);
    if (action->made) *action->made = number;
    return true;
}

// --- Text ---

// "transfer 12 ward:Phú_Tân", "transfer 12 city"
static bool parse_transfer(const dd_world *world, dd_words *words, dd_action *action,
                           dd_error *error) {
    if (words->n != 3 || !dd_word_count(words->word[1], &action->number))
        return dd_fail(error, DD_WRONG,
                       "transfer needs a report and who shall see to it: 'transfer 12 "
                       "ward:Phú_Tân', or 'transfer 12 city' for the control centre");
    if (!dd_words_target(world, words, 2, action, error)) return false;
    uint32_t type = world->entities.all[action->about].type;
    return type == DD_ENTITY_WARD || type == DD_ENTITY_CITY ||
           dd_fail(error, DD_WRONG, "'%s' is no ward or commune; write ward:NAME, or city",
                   words->word[2]);
}

// The place of a word among names, or -1 and an error.
static int find(const char *what, const char *word, const char *const *names, dd_error *error) {
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], word) == 0) return i;
    dd_fail_unknown(error, what, word, names, "'domdom help actions' lists them");
    return -1;
}

// "answer 12 done"
static bool parse_answer(const dd_world *world, dd_words *words, dd_action *action,
                         dd_error *error) {
    (void)world;
    if (words->n != 3 || !dd_word_count(words->word[1], &action->number))
        return dd_fail(error, DD_WRONG, "answer needs a report and an answer: 'answer 12 done'");
    int answer_n = find("answer", words->word[2], dd_answer_names, error);
    action->answer = (dd_answer)answer_n;
    return answer_n >= 0;
}

// "file road:Đồng_Khởi rubbish as=advertising unfounded a heap of it"
static bool parse_file(const dd_world *world, dd_words *words, dd_action *action, dd_error *error) {
    int i = 3, topic;
    if (words->n < 3)
        return dd_fail(error, DD_WRONG,
                       "file needs a place and a topic: 'file road:Đồng_Khởi rubbish'");
    if ((topic = find("topic", words->word[2], dd_report_names, error)) < 0) return false;
    action->topic = action->filed_as = (dd_report_kind)topic;
    if (i < words->n && strncmp(words->word[i], "as=", 3) == 0) {
        if ((topic = find("topic", words->word[i++] + 3, dd_report_names, error)) < 0) return false;
        action->filed_as = (dd_report_kind)topic;
    }
    if (i < words->n && strcmp(words->word[i], "unfounded") == 0) {
        action->unfounded = true;
        i++;
    }
    if (i < words->n) action->text = dd_words_rest(words, i);
    return dd_words_target(world, words, 1, action, error);
}

const dd_verb_def dd_verbs_reports[] = {
    {DD_VERB_TRANSFER,
     DD_ROLE_OPERATOR,
     DD_ENTITY_NONE,
     {{"transfer REPORT ward:NAME", "a ward or commune shall see to a citizen's report"},
      {"transfer REPORT city", "the control centre and the lighting people shall"}},
     parse_transfer,
     NULL,
     transfer},
    {DD_VERB_ANSWER,
     DD_ROLE_OPERATOR,
     DD_ENTITY_NONE,
     {{"answer REPORT ANSWER", "tell who filed it what has come of it"}},
     parse_answer,
     NULL,
     answer},
    {DD_VERB_FILE,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_NONE,
     {{"file TARGET TOPIC [as=TOPIC] [unfounded] [TEXT]",
       "a citizen files a report of what is there from now on, perhaps in another group, or of "
       "nothing"}},
     parse_file,
     check_place,
     file},
    {.verb = DD_VERB_NONE},
};
