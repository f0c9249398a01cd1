#define _POSIX_C_SOURCE 200809L // strtok_r
#include "models/calendar_text.h"
#include "models/program_text.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 2000, NAME_MAX_SIZE = 32 };

// What is being read: programs by their names.
typedef struct reading {
    dd_light_calendar *calendar;
    char names[DD_CALENDAR_PROGRAMS][NAME_MAX_SIZE];
    const char *list[DD_CALENDAR_PROGRAMS + 1]; // of them, NULL-terminated
} reading;

// --- Programs ---

static bool add_point(dd_program *program, char *text, dd_error *error) {
    char *equals = strchr(text, '=');
    char *end = NULL;
    double level = equals ? strtod(equals + 1, &end) : 0;
    if (!equals || end == equals + 1 || *end)
        return dd_fail(error, DD_WRONG, "'%s' is no switch point; write 23:00=60", text);
    *equals = 0;
    return dd_program_add(program, text, level, error);
}

static bool read_program(reading *it, const char *name, char *points, dd_error *error) {
    dd_light_calendar *calendar = it->calendar;
    size_t length = strlen(name);
    if (calendar->program_n == DD_CALENDAR_PROGRAMS)
        return dd_fail(error, DD_WRONG, "a calendar has at most %d programs", DD_CALENDAR_PROGRAMS);
    if (length == 0 || length >= NAME_MAX_SIZE)
        return dd_fail(error, DD_WRONG, "a program's name has 1 to %d octets", NAME_MAX_SIZE - 1);
    for (int i = 0; i < calendar->program_n; i++)
        if (strcmp(it->names[i], name) == 0)
            return dd_fail(error, DD_WRONG, "there are two programs '%s'", name);
    memcpy(it->names[calendar->program_n], name, length + 1);
    it->list[calendar->program_n] = it->names[calendar->program_n];
    dd_program *program = &calendar->programs[calendar->program_n++];
    if (strcmp(points, "off") == 0) return true;
    char *rest = NULL;
    for (char *point = strtok_r(points, ",", &rest); point; point = strtok_r(NULL, ",", &rest))
        if (!add_point(program, point, error)) return false;
    if (program->point_n) return true;
    return dd_fail(error, DD_WRONG, "program '%s' switches nothing; write %s:off", name, name);
}

// The number of a program, 0 and an error: there is none.
static uint8_t find_program(const reading *it, const char *name, dd_error *error) {
    for (uint8_t i = 0; i < it->calendar->program_n; i++)
        if (strcmp(it->names[i], name) == 0) return i + 1;
    dd_fail_unknown(error, "program", name, it->list,
                    "each must be written before it is used: NAME:sunset=100,sunrise=0");
    return 0;
}

// --- Conditions ---

static const char *const weekday_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};
static const char *const week_names[] = {"1st", "2nd", "3rd", "4th", "5th", "last", NULL};

// Place of a word of some length in a list, or -1.
static int place_of(const char *const *list, const char *word, size_t n) {
    for (int i = 0; list[i]; i++)
        if (strlen(list[i]) == n && strncmp(list[i], word, n) == 0) return i;
    return -1;
}

// "sat", "mon-fri", "fri-mon"
static bool read_weekdays(const char *text, uint8_t *weekdays) {
    const char *dash = strchr(text, '-');
    int first = place_of(weekday_names, text, dash ? (size_t)(dash - text) : strlen(text));
    int last = dash ? place_of(weekday_names, dash + 1, strlen(dash + 1)) : first;
    if (first < 0 || last < 0) return false;
    for (int day = first;; day = (day + 1) % 7) {
        *weekdays |= (uint8_t)(1u << day);
        if (day == last) return true;
    }
}

// "2021-02-11", "02-11", "11": up to `end`.
static bool read_date(const char *text, const char *end, dd_date *date) {
    uint32_t numbers[3] = {0};
    int n = 0;
    for (const char *at = text; at < end; at++) {
        if (*at == '-' && at > text && n < 2)
            n++;
        else if (*at >= '0' && *at <= '9' && numbers[n] < 1000)
            numbers[n] = numbers[n] * 10 + (uint32_t)(*at - '0');
        else
            return false;
    }
    uint32_t year = n == 2 ? numbers[0] : 0, month = n ? numbers[n - 1] : 0, day = numbers[n];
    bool fits = day >= 1 && day <= 31 && month <= 12 && (n == 0 || month >= 1) &&
                (n < 2 || year > DD_YEAR_ZERO);
    return fits && dd_date_read(date, year * 10000 + month * 100 + day);
}

static bool read_dates(const char *text, dd_calendar_rule *rule) {
    const char *dots = strstr(text, ".."), *end = text + strlen(text);
    if (!read_date(text, dots ? dots : end, &rule->from)) return false;
    if (!dots) rule->to = rule->from;
    return !dots || read_date(dots + 2, end, &rule->to);
}

static bool read_term(const char *text, dd_calendar_rule *rule, dd_error *error) {
    int week = place_of(week_names, text, strlen(text));
    bool dated = rule->from.day != 0;
    if (week >= 0) {
        rule->weeks |= (uint8_t)(1u << week);
        return true;
    }
    if (read_weekdays(text, &rule->weekdays)) return true;
    if (!dated && read_dates(text, rule)) return true;
    if (dated) return dd_fail(error, DD_WRONG, "'%s': a rule has one date, or one range", text);
    return dd_fail(error, DD_WRONG,
                   "'%s' is no day; write 2021-02-11, 09-02, 12-24..01-02, sat, mon-fri or last",
                   text);
}

static bool read_rule(reading *it, const char *name, char *condition, dd_error *error) {
    dd_light_calendar *calendar = it->calendar;
    if (calendar->rule_n == DD_CALENDAR_RULES)
        return dd_fail(error, DD_WRONG, "a calendar has at most %d rules", DD_CALENDAR_RULES);
    dd_calendar_rule *rule = &calendar->rules[calendar->rule_n++];
    rule->program = find_program(it, name, error);
    if (!rule->program) return false;
    if (!*condition) return dd_fail(error, DD_WRONG, "'%s@' needs a day", name);
    char *rest = NULL;
    for (char *term = strtok_r(condition, ",", &rest); term; term = strtok_r(NULL, ",", &rest))
        if (!read_term(term, rule, error)) return false;
    return true;
}

// --- All of it ---

static bool read_part(reading *it, char *part, dd_error *error) {
    size_t length = strcspn(part, ":@");
    char mark = part[length];
    char *rest = part + length + (mark != 0);
    part[length] = 0;
    if (mark == ':') return read_program(it, part, rest, error);
    if (mark == '@') return read_rule(it, part, rest, error);
    if (it->calendar->default_program)
        return dd_fail(error, DD_WRONG, "'%s': there is a default already", part);
    it->calendar->default_program = find_program(it, part, error);
    return it->calendar->default_program != 0;
}

bool dd_calendar_parse(const char *text, dd_light_calendar *calendar, dd_error *error) {
    char copy[TEXT_MAX], *rest = NULL;
    reading it = {.calendar = calendar};
    *calendar = (dd_light_calendar){0};
    if (strlen(text) >= sizeof copy)
        return dd_fail(error, DD_WRONG, "a calendar has at most %d octets", TEXT_MAX - 1);
    memcpy(copy, text, strlen(text) + 1);
    for (char *part = strtok_r(copy, ";", &rest); part; part = strtok_r(NULL, ";", &rest))
        if (!read_part(&it, part, error)) return dd_fail_in(error, "calendar");
    if (!calendar->program_n)
        return dd_fail(error, DD_WRONG,
                       "a calendar needs a program: 'night:sunset=100,sunrise=0;night'");
    dd_light_calendar_seal(calendar);
    if (dd_light_calendar_valid(calendar)) return true;
    return dd_fail(error, DD_WRONG, "a calendar's dates must exist, and both ends of a range be "
                                    "alike: '12-24..01-02', '2021-02-11..2021-02-17'");
}
