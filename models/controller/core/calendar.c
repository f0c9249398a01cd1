#include "models/controller/core/calendar.h"

enum {
    LOOK_BACK = 3,   // days whose last switch point may still hold
    FORGOTTEN = 366, // days after which a day's program is no guide to this one's
    WEEKDAYS = 0x7F, // all of the masks
    WEEKS = 0x3F,
    LAST_WEEK = 1 << 5,
};

// --- What it says, as a number ---

// FNV-1a (Fowler, Noll, Vo), octet by octet, so that it is the same on every machine.
static uint32_t mix(uint32_t hash, uint32_t value) {
    for (int i = 0; i < 4; i++)
        hash = (hash ^ (value >> 8 * i & 0xFF)) * 16777619u;
    return hash;
}

static uint32_t mix_program(uint32_t hash, const dd_program *program) {
    hash = mix(hash, program->point_n);
    for (int i = 0; i < program->point_n && i < DD_PROGRAM_POINTS; i++) {
        const dd_switch_point *point = &program->points[i];
        hash = mix(hash, (uint32_t)point->reference << 16 | point->level_pm);
        hash = mix(hash, (uint32_t)point->offset_s);
    }
    return hash;
}

static uint32_t mix_date(uint32_t hash, dd_date date) {
    return mix(hash, (uint32_t)date.year << 16 | (uint32_t)date.month << 8 | date.day);
}

static uint32_t mix_rule(uint32_t hash, const dd_calendar_rule *rule) {
    uint32_t days = (uint32_t)rule->weekdays << 8 | rule->weeks;
    return mix_date(mix_date(mix(hash, (uint32_t)rule->program << 16 | days), rule->from),
                    rule->to);
}

uint32_t dd_light_calendar_id(const dd_light_calendar *calendar) {
    uint32_t hash = 2166136261u;
    hash = mix(hash, (uint32_t)calendar->program_n << 16 | (uint32_t)calendar->rule_n << 8 |
                         calendar->default_program);
    for (int i = 0; i < calendar->program_n && i < DD_CALENDAR_PROGRAMS; i++)
        hash = mix_program(hash, &calendar->programs[i]);
    for (int i = 0; i < calendar->rule_n && i < DD_CALENDAR_RULES; i++)
        hash = mix_rule(hash, &calendar->rules[i]);
    return hash ? hash : 1;
}

void dd_light_calendar_seal(dd_light_calendar *calendar) {
    calendar->id = dd_light_calendar_id(calendar);
}

dd_light_calendar dd_light_calendar_of(const dd_program *program) {
    dd_light_calendar calendar = {.program_n = 1, .default_program = 1, .programs = {*program}};
    dd_light_calendar_seal(&calendar);
    return calendar;
}

// --- Dates ---

uint32_t dd_date_number(dd_date date) {
    uint32_t year = date.year ? date.year + DD_YEAR_ZERO : 0;
    return year * 10000 + date.month * 100u + date.day;
}

bool dd_date_read(dd_date *date, uint32_t number) {
    uint32_t year = number / 10000, month = number / 100 % 100, day = number % 100;
    uint32_t since = year > DD_YEAR_ZERO ? year - DD_YEAR_ZERO : 0;
    *date = (dd_date){.year = since & 127, .month = month & 15, .day = day & 31};
    return dd_date_number(*date) == number;
}

bool dd_calendar_rule_read(dd_calendar_rule *rule, uint32_t program, uint32_t weekdays,
                           uint32_t weeks, uint32_t from, uint32_t to) {
    rule->program = (uint8_t)program;
    rule->weekdays = (uint8_t)weekdays;
    rule->weeks = (uint8_t)weeks;
    return rule->program == program && rule->weekdays == weekdays && rule->weeks == weeks &&
           dd_date_read(&rule->from, from) && dd_date_read(&rule->to, to);
}

// --- Whether it can be followed ---

static bool given(dd_date date) {
    return date.day != 0;
}

// How often a date comes: 0 once, 1 each year, 2 each month.
static int recurrence(dd_date date) {
    return date.year ? 0 : date.month ? 1 : 2;
}

static bool date_valid(dd_date date) {
    static const uint8_t days[] = {31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (!given(date)) return !date.year && !date.month;
    return date.month <= 12 && date.day <= days[date.month] && (date.month || !date.year);
}

static bool rule_valid(const dd_calendar_rule *rule, uint8_t program_n) {
    bool alike =
        !given(rule->from) || !given(rule->to) || recurrence(rule->from) == recurrence(rule->to);
    return rule->program >= 1 && rule->program <= program_n && rule->weekdays <= WEEKDAYS &&
           rule->weeks <= WEEKS && date_valid(rule->from) && date_valid(rule->to) && alike;
}

bool dd_light_calendar_valid(const dd_light_calendar *calendar) {
    uint8_t program_n = calendar->program_n;
    if (program_n < 1 || program_n > DD_CALENDAR_PROGRAMS || calendar->rule_n > DD_CALENDAR_RULES ||
        calendar->default_program > program_n)
        return false;
    for (int i = 0; i < program_n; i++)
        if (!dd_program_valid(&calendar->programs[i])) return false;
    for (int i = 0; i < calendar->rule_n; i++)
        if (!rule_valid(&calendar->rules[i], program_n)) return false;
    return calendar->id == dd_light_calendar_id(calendar);
}

// --- Days ---

// A day as rules look at it.
typedef struct civil_day {
    int32_t year, month, day, last; // last of its month
    uint8_t weekday;                // 0: Monday
} civil_day;

static bool leap(int32_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

// Years are counted from March, so that the leap day is the last of them (days of months by the
// line through 153 days in five of them); 719468 days lie between 0000-03-01 and 1970-01-01.
static civil_day civil_of(int64_t day) {
    static const uint8_t lasts[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int64_t shift = 719468, era_days = 146097;
    int64_t era = (day + shift - (day + shift < 0 ? era_days - 1 : 0)) / era_days;
    int32_t in_era = (int32_t)(day + shift - era * era_days);
    int32_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int32_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int32_t march = (5 * in_year + 2) / 153, month = march < 10 ? march + 3 : march - 9;
    civil_day it = {.year = (int32_t)(era * 400) + year + (month <= 2), .month = month};
    it.day = in_year - (153 * march + 2) / 5 + 1;
    it.last = lasts[month - 1] + (month == 2 && leap(it.year));
    int64_t since_monday = (day + 3) % 7; // 1970-01-01 was a Thursday
    it.weekday = (uint8_t)(since_monday < 0 ? since_monday + 7 : since_monday);
    return it;
}

// A number that grows with the date, as far as it comes again.
static int32_t rank(int32_t year, int32_t month, int32_t day, int recurs) {
    return (recurs < 1 ? year * 512 : 0) + (recurs < 2 ? month * 32 : 0) + day;
}

static bool between(const civil_day *day, dd_date from, dd_date to) {
    if (!given(from) && !given(to)) return true;
    int recurs = recurrence(given(from) ? from : to);
    int32_t now = rank(day->year, day->month, day->day, recurs);
    int32_t first = rank(from.year + DD_YEAR_ZERO, from.month, from.day, recurs);
    int32_t last = rank(to.year + DD_YEAR_ZERO, to.month, to.day, recurs);
    bool begun = !given(from) || now >= first, goes_on = !given(to) || now <= last;
    bool turns = recurs && given(from) && given(to) && first > last;
    return turns ? begun || goes_on : begun && goes_on;
}

static bool in_weeks(const civil_day *day, uint8_t weeks) {
    if (!weeks) return true;
    bool last = day->day + 7 > day->last;
    return weeks >> (day->day - 1) / 7 & 1 || (last && weeks & LAST_WEEK);
}

static bool fits(const dd_calendar_rule *rule, const civil_day *day) {
    bool weekday = !rule->weekdays || rule->weekdays >> day->weekday & 1;
    return weekday && in_weeks(day, rule->weeks) && between(day, rule->from, rule->to);
}

uint8_t dd_light_calendar_program(const dd_light_calendar *calendar, int64_t day) {
    if (calendar->rule_n == 0) return calendar->default_program;
    civil_day it = civil_of(day);
    for (int i = 0; i < calendar->rule_n && i < DD_CALENDAR_RULES; i++)
        if (fits(&calendar->rules[i], &it)) return calendar->rules[i].program;
    return calendar->default_program;
}

// --- What it says at a moment ---

static const dd_program *program_of(const dd_light_calendar *calendar, int64_t day) {
    uint8_t number = dd_light_calendar_program(calendar, day);
    for (int64_t before = 1; number == 0 && calendar->rule_n && before <= FORGOTTEN; before++)
        number = dd_light_calendar_program(calendar, day - before);
    return &calendar->programs[number ? number - 1 : 0];
}

dd_light_state dd_light_calendar_at(const dd_light_calendar *calendar, const dd_site *site,
                                    dd_sun_cache *sun, int64_t now_ms) {
    int64_t offset_ms = (int64_t)site->utc_offset_s * 1000, local_ms = now_ms + offset_ms;
    int64_t now_s = local_ms / 1000 - (local_ms % 1000 < 0);
    int64_t today = dd_lighting_day(now_s);
    dd_light_state state = {.next_ms = now_ms + 2 * DD_DAY_S * INT64_C(1000)};
    if (calendar->id == 0) return state;
    state.invalid = dd_light_calendar_program(calendar, today) == 0;
    dd_program_view view = dd_program_look(program_of(calendar, today), site, sun, today, now_s);
    int64_t next_s = view.next_s;
    for (int64_t day = today; !view.switched && day > today - LOOK_BACK;) {
        day--;
        view = dd_program_look(program_of(calendar, day), site, sun, day, now_s);
    }
    if (next_s == INT64_MAX)
        next_s =
            dd_program_look(program_of(calendar, today + 1), site, sun, today + 1, now_s).next_s;
    state.level_pm = view.level_pm; // 0 where nothing has switched
    if (next_s != INT64_MAX) state.next_ms = next_s * 1000 - offset_ms;
    return state;
}
