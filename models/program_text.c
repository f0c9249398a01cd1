#include "models/program_text.h"
#include "engine/time.h"

#include <string.h>

// "sunset", "sunrise-10m"
static bool parse_sun(const char *text, dd_switch_point *point) {
    static const struct {
        const char *word;
        uint8_t reference;
    } words[] = {{"sunset", DD_AT_SUNSET}, {"sunrise", DD_AT_SUNRISE}};
    for (size_t i = 0; i < DD_COUNT(words); i++) {
        size_t length = strlen(words[i].word);
        if (strncmp(text, words[i].word, length) != 0) continue;
        dd_time offset = 0;
        char sign = text[length];
        if (sign &&
            ((sign != '+' && sign != '-') || !dd_duration_parse(text + length + 1, &offset)))
            return false;
        point->reference = words[i].reference & 3;
        if (offset > DD_DAY) return false;
        point->offset_s = (int32_t)(offset / DD_SECOND) * (sign == '-' ? -1 : 1);
        return true;
    }
    return false;
}

static bool parse_moment(const char *text, dd_switch_point *point) {
    static const dd_calendar epoch = {0, 0};
    dd_time t;
    if (parse_sun(text, point)) return true;
    if (!dd_moment_parse(text, &epoch, 0, &t) || t < 0 || t >= DD_DAY) return false;
    point->reference = DD_AT_CLOCK;
    point->offset_s = (int32_t)(t / DD_SECOND);
    return true;
}

bool dd_program_add(dd_program *program, const char *moment, double level, dd_error *error) {
    dd_switch_point point = {0};
    if (program->point_n == DD_PROGRAM_POINTS)
        return dd_fail(error, DD_WRONG, "a program has at most %d switch points",
                       DD_PROGRAM_POINTS);
    if (!(level >= 0 && level <= 100))
        return dd_fail(error, DD_WRONG, "a program's level must be 0 to 100 percent, not %g",
                       level);
    if (!parse_moment(moment, &point))
        return dd_fail(error, DD_WRONG,
                       "'%s' is no switch point; write \"23:00\", \"sunset\" or \"sunrise-10m\"",
                       moment);
    point.level_pm = (uint32_t)(level * 10 + 0.5) & 1023;
    program->points[program->point_n++] = point;
    return true;
}
