// What the operator does about firmware: campaigns that bring a release to segments.
#include "models/action/verb.h"
#include "models/hub.h"

#include <stdlib.h>
#include <string.h>

static const char *const step_names[] = {"begin", "halt", "continue", "abort", NULL};

// --- Beginning one ---

static bool find_release(const dd_world *world, dd_action *action, const char *name,
                         dd_error *error) {
    const char *names[DD_RELEASES_MAX + 1] = {0};
    for (uint32_t i = 1; i <= world->def.releases.n; i++)
        names[i - 1] = world->def.releases.at[i].name;
    action->campaign.release = dd_release_find(&world->def.releases, name);
    return action->campaign.release ||
           dd_fail_unknown(error, "firmware release", name, names, "firmware{...} declares them");
}

static bool check(const dd_world *world, const dd_action *action, const dd_meant *meant,
                  dd_error *error) {
    (void)world;
    return action->step != DD_UPDATE_STEP_BEGIN || meant->n ||
           dd_fail(error, DD_WRONG, "update needs segments: 'update city RELEASE'");
}

static bool begin(dd_world *world, const dd_action *action, const dd_meant *meant, uint64_t cause,
                  dd_error *error) {
    dd_domain *hub = dd_verb_hub(world);
    uint32_t *segments = malloc(meant->n * sizeof *segments + 1);
    if (!segments) return dd_fail(error, DD_OUTSIDE, "no memory for a campaign");
    for (uint32_t i = 0; i < meant->n; i++)
        segments[i] = dd_world_index(world, meant->entities[i]);
    dd_campaign_def def = action->campaign;
    def.segments = segments;
    def.segment_n = meant->n;
    uint32_t number = dd_campaign_begin(hub, &dd_hub_of(hub)->centre, &def, cause, error);
    free(segments);
    if (action->made) *action->made = number;
    return number != 0;
}

static bool act(dd_world *world, const dd_action *action, const dd_meant *meant, uint64_t cause,
                dd_error *error) {
    dd_domain *hub = dd_verb_hub(world);
    dd_centre *centre = &dd_hub_of(hub)->centre;
    bool back = action->goes_back, done = true;
    switch (action->step) {
    case DD_UPDATE_STEP_BEGIN:
        return begin(world, action, meant, cause, error);
    case DD_UPDATE_STEP_HALT:
        done = dd_campaign_halt(hub, centre, action->number, back, cause);
        break;
    case DD_UPDATE_STEP_CONTINUE:
        done = dd_campaign_resume(hub, centre, action->number, cause);
        break;
    case DD_UPDATE_STEP_ABORT:
        done = dd_campaign_abort(hub, centre, action->number, back, cause);
        break;
    }
    return done || dd_fail(error, DD_WRONG, "there is no campaign %u to %s", action->number,
                           step_names[action->step]);
}

// --- How it is written ---

static bool parse_figure(char *word, dd_campaign_def *def, dd_error *error) {
    double value;
    if (!dd_word_figure(word, &value))
        return dd_fail(error, DD_WRONG, "'%s' is no figure; write canary=1 wave=25 soak=1440", word);
    const struct {
        const char *name;
        double *share;
    } shares[] = {
        {"wave", &def->wave_share}, {"failed", &def->failed_share}, {"alarms", &def->alarm_share}};
    for (size_t i = 0; i < DD_COUNT(shares); i++)
        if (strcmp(word, shares[i].name) == 0) {
            *shares[i].share = value;
            return true;
        }
    bool sane = value >= 0 && value <= 1e6;
    if (strcmp(word, "canary") == 0 && sane)
        def->canary_n = (uint32_t)value;
    else if (strcmp(word, "soak") == 0 && sane)
        def->soak = dd_seconds(value * 60);
    else if (strcmp(word, "patience") == 0 && sane)
        def->patience = dd_seconds(value * 60);
    else if (strcmp(word, "back") == 0 && sane)
        def->goes_back = value != 0;
    else
        return dd_fail(error, DD_WRONG,
                       "'%s' is no figure of a campaign, or out of range; there are canary, wave, "
                       "soak, patience, failed, alarms and back",
                       word);
    return true;
}

static bool parse_step(dd_words *words, dd_action *action, dd_error *error) {
    bool back = words->n == 4 && strcmp(words->word[3], "back") == 0;
    action->goes_back = back;
    return (dd_word_count(words->word[2], &action->number) && (words->n == 3 || back)) ||
           dd_fail(error, DD_WRONG, "update %s needs a campaign's number: 'update %s 1'",
                   words->word[1], words->word[1]);
}

static bool parse(const dd_world *world, dd_words *words, dd_action *action, dd_error *error) {
    if (words->n < 3)
        return dd_fail(error, DD_WRONG,
                       "update needs a target and a release: 'update city node-2.1'");
    for (int step = DD_UPDATE_STEP_HALT; step_names[step]; step++)
        if (strcmp(words->word[1], step_names[step]) == 0) {
            action->step = (dd_update_step)step;
            return parse_step(words, action, error);
        }
    action->campaign = dd_campaign_default_def();
    for (int i = 3; i < words->n; i++)
        if (!parse_figure(words->word[i], &action->campaign, error)) return false;
    return find_release(world, action, words->word[2], error) &&
           dd_words_target(world, words, 1, action, error);
}

const dd_verb_def dd_verbs_updates[] = {
    {DD_VERB_UPDATE,
     DD_ROLE_OPERATOR,
     DD_ENTITY_SEGMENT,
     {{"update TARGET RELEASE [canary=1] [wave=25] [soak=1440] [patience=4320] [failed=5] "
       "[alarms=5] [back=1]",
       "bring a firmware release to segments: some first, then shares of them (percent); each wave "
       "watched (minutes), and halted when too many fail or have new alarms (percent)"},
      {"update halt|continue|abort NUMBER [back]",
       "stop a campaign, for now or for good, let it go on; `back`: what was updated goes back"}},
     parse,
     check,
     act},
    {.verb = DD_VERB_NONE},
};
