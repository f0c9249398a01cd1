// The sky as the instructor wants it.
#include "models/action/verb.h"
#include "models/action/weather.h"
#include "models/exposure/lightning.h"

#include <string.h>

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

static bool parse_strike(const dd_world *world, dd_words *words, dd_action *action,
                         dd_error *error) {
    if (words->n != 3 || !dd_word_number(words->word[2], "", -1e9, 1e9, &action->kiloamperes))
        return dd_fail(error, DD_WRONG,
                       "strike needs a target and kiloamperes: 'strike lamp:L-0001 30'");
    return dd_words_target(world, words, 1, action, error);
}

// "rain=30"
static bool parse_figure(char *word, dd_sky_said *said, dd_error *error) {
    static const char *const names[] = {"rain", "clouds", "temperature", "water", NULL};
    double value;
    int i = 0;
    if (!dd_word_figure(word, &value))
        return dd_fail(error, DD_WRONG,
                       "'%s' is no figure of the weather; write rain=30, clouds=80, "
                       "temperature=24, water=1.9, 'storm 5 1h' or 'nature'",
                       word);
    while (names[i] && strcmp(names[i], word) != 0)
        i++;
    if (!names[i])
        return dd_fail_unknown(error, "figure of the weather", word, names,
                               "there are rain, clouds, temperature and water");
    return dd_weather_say(said, 1u << i, value, error);
}

static bool parse_weather(const dd_world *world, dd_words *words, dd_action *action,
                          dd_error *error) {
    (void)world;
    char **word = words->word;
    action->nature = words->n == 2 && strcmp(word[1], "nature") == 0;
    if (action->nature) return true;
    if (words->n == 4 && strcmp(word[1], "storm") == 0)
        return (dd_word_number(word[2], "", 0.001, 1000, &action->flashes) &&
                dd_duration_parse(word[3], &action->lasts)) ||
               dd_fail(error, DD_WRONG,
                       "a storm needs its flashes by km² and hour (0.001 to 1000), and how long it "
                       "lasts: 'weather storm 5 1h'");
    for (int i = 1; i < words->n; i++)
        if (!parse_figure(word[i], &action->weather, error)) return false;
    return words->n >= 2 ||
           dd_fail(error, DD_WRONG, "weather needs figures: 'weather rain=30 clouds=100'");
}

const dd_verb_def dd_verbs_sky[] = {
    {DD_VERB_STRIKE,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_NONE,
     {{"strike TARGET KILOAMPERES",
       "lightning strikes a pole, a segment's cabinet, or the middle of a road"}},
     parse_strike,
     check_strike,
     strike},
    {DD_VERB_WEATHER,
     DD_ROLE_INSTRUCTOR,
     DD_ENTITY_NONE,
     {{"weather FIGURES", "from now on it is so: `rain=30` (mm/h), `clouds=80` (%), "
                          "`temperature=24` (°C), `water=1.9` (m over mean sea level)"},
      {"weather storm FLASHES DURATION",
       "a thunderstorm of so many flashes to ground by km² and hour"},
      {"weather nature", "the weather is the place's own again"}},
     parse_weather,
     check_weather,
     change_weather},
    {.verb = DD_VERB_NONE},
};
