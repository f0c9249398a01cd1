// Lighting calendars, judged by dates worked out by hand, by the C library's calendar, by libnova's
// sun, and by a list of all moments at which anything could switch.
#define _DEFAULT_SOURCE // timegm
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "engine/random.h"
#include "models/controller/core/calendar.h"
#include "models/controller/core/sun.h"
#include "tests/any_calendar.h"
#include "tests/judged_sun.h"

static const dd_site ben_tre = {.lat_e6 = 10241500, .lon_e6 = 106375900, .utc_offset_s = 25200};

static uint64_t draw_n;

static uint32_t draw(uint32_t n) {
    return dd_uniform(dd_random(1, 2, 7, draw_n++).v[0], n);
}

static int64_t day_of(int year, int month, int day) {
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    return timegm(&tm) / DD_DAY_S;
}

// Unix ms of a civil time at Bến Tre.
static int64_t civil(int64_t day, int hour, int minute) {
    return ((day * 24 + hour) * 60 + minute) * 60000 - 25200000;
}

// --- Days, by hand ---

enum { NORMAL = 1, FESTIVE, WEEKEND, QUIET };

#define YEARLY(m, d)                                                                               \
    { .month = m, .day = d }
#define ON(y, m, d)                                                                                \
    { .year = (y)-DD_YEAR_ZERO, .month = m, .day = d }

static dd_light_calendar city(void) {
    dd_light_calendar calendar = {
        .program_n = 4,
        .rule_n = 6,
        .default_program = NORMAL,
        .programs = {{.point_n = 2,
                      .points = {{.reference = DD_AT_SUNSET, .level_pm = 1000},
                                 {.reference = DD_AT_SUNRISE}}},
                     {.point_n = 3,
                      .points = {{.reference = DD_AT_CLOCK, .offset_s = 17 * 3600, .level_pm = 900},
                                 {.reference = DD_AT_CLOCK, .offset_s = 0, .level_pm = 800},
                                 {.reference = DD_AT_SUNRISE}}},
                     {.point_n = 2,
                      .points = {{.reference = DD_AT_SUNSET, .level_pm = 700},
                                 {.reference = DD_AT_SUNRISE}}},
                     {.point_n = 0}},
        .rules = {{.program = FESTIVE, .from = YEARLY(9, 2), .to = YEARLY(9, 2)}, // National Day
                  {.program = FESTIVE, .from = ON(2021, 2, 11), .to = ON(2021, 2, 17)}, // Tết
                  {.program = QUIET, .from = {.day = 15}, .to = {.day = 15}},
                  {.program = FESTIVE, .weekdays = 1 << 4, .weeks = 1 << 5}, // last Friday
                  {.program = FESTIVE, .from = YEARLY(12, 30), .to = YEARLY(1, 2)},
                  {.program = WEEKEND, .weekdays = 1 << 5 | 1 << 6}}};
    dd_light_calendar_seal(&calendar);
    return calendar;
}

Test(calendar, days_worked_out_by_hand) {
    static const struct {
        int year, month, day, program;
    } rows[] = {{2020, 8, 3, NORMAL},    // a Monday
                {2020, 8, 28, FESTIVE},  // the last Friday
                {2020, 8, 21, NORMAL},   // the last but one
                {2020, 8, 29, WEEKEND},  // Saturday
                {2020, 8, 30, WEEKEND},  // Sunday
                {2020, 9, 1, NORMAL},    // Tuesday
                {2020, 9, 2, FESTIVE},   // National Day
                {2020, 9, 3, NORMAL},    //
                {2029, 9, 2, FESTIVE},   // a Sunday: the first rule counts
                {2020, 8, 15, QUIET},    // Saturday
                {2021, 2, 10, NORMAL},   // Wednesday
                {2021, 2, 11, FESTIVE},  //
                {2021, 2, 15, FESTIVE},  // the 15th, but Tết comes first
                {2021, 2, 17, FESTIVE},  //
                {2021, 2, 18, NORMAL},   //
                {2022, 2, 11, NORMAL},   // a Friday in another year
                {2022, 2, 15, QUIET},    //
                {2020, 12, 25, FESTIVE}, // the last Friday
                {2020, 12, 29, NORMAL},  // Tuesday
                {2020, 12, 31, FESTIVE}, //
                {2021, 1, 2, FESTIVE},   //
                {2021, 1, 3, WEEKEND},   // Sunday
                {2024, 2, 29, NORMAL},   // Thursday
                {2024, 2, 23, FESTIVE}}; // the last Friday of 29 days
    dd_light_calendar calendar = city();
    cr_assert(dd_light_calendar_valid(&calendar));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect(eq(u8,
                     dd_light_calendar_program(&calendar,
                                               day_of(rows[i].year, rows[i].month, rows[i].day)),
                     rows[i].program),
                  "%d-%02d-%02d", rows[i].year, rows[i].month, rows[i].day);
}

static dd_light_state at(const dd_light_calendar *calendar, int64_t now_ms) {
    dd_sun_cache sun = {0};
    return dd_light_calendar_at(calendar, &ben_tre, &sun, now_ms);
}

// A night belongs to its evening's date, and ends at noon.
Test(calendar, nights_worked_out_by_hand) {
    dd_light_calendar calendar = city();
    int64_t second = day_of(2020, 9, 2);
    cr_expect(eq(u16, at(&calendar, civil(second - 1, 20, 0)).level_pm, 1000));
    cr_expect(eq(u16, at(&calendar, civil(second, 4, 0)).level_pm, 1000), "the first's night");
    cr_expect(eq(u16, at(&calendar, civil(second, 12, 0)).level_pm, 0));
    cr_expect(eq(u16, at(&calendar, civil(second, 16, 59)).level_pm, 0));
    cr_expect(eq(u16, at(&calendar, civil(second, 17, 0)).level_pm, 900));
    cr_expect(eq(u16, at(&calendar, civil(second, 23, 59)).level_pm, 900));
    cr_expect(eq(u16, at(&calendar, civil(second + 1, 0, 0)).level_pm, 800));
    cr_expect(eq(u16, at(&calendar, civil(second + 1, 5, 0)).level_pm, 800), "the second's night");
    cr_expect(eq(u16, at(&calendar, civil(second + 1, 17, 30)).level_pm, 0));
    cr_expect(eq(u16, at(&calendar, civil(second + 1, 20, 0)).level_pm, 1000));
    int64_t quiet = day_of(2020, 8, 15);
    cr_expect(eq(u16, at(&calendar, civil(quiet, 4, 0)).level_pm, 1000), "Friday's night");
    cr_expect(eq(u16, at(&calendar, civil(quiet, 20, 0)).level_pm, 0));
    cr_expect(eq(u16, at(&calendar, civil(quiet + 1, 4, 0)).level_pm, 0));
    cr_expect(eq(u16, at(&calendar, civil(quiet + 1, 20, 0)).level_pm, 700), "Sunday's");
    cr_expect(eq(i64, at(&calendar, civil(second, 13, 0)).next_ms, civil(second, 17, 0)));
    cr_expect(eq(i64, at(&calendar, civil(second, 18, 0)).next_ms, civil(second + 1, 0, 0)));
}

// --- Days, by the C library ---

static bool recurs_within(const struct tm *tm, const dd_calendar_rule *rule) {
    char now[16], first[16], last[16];
    dd_date from = rule->from, to = rule->to, any = from.day ? from : to;
    if (!any.day) return true;
    const char *format = any.year ? "%Y%m%d" : any.month ? "%m%d" : "%d";
    struct tm begin = {.tm_year = from.year + 100, .tm_mon = from.month - 1, .tm_mday = from.day};
    struct tm end = {.tm_year = to.year + 100, .tm_mon = to.month - 1, .tm_mday = to.day};
    strftime(now, sizeof now, format, tm);
    strftime(first, sizeof first, format, &begin);
    strftime(last, sizeof last, format, &end);
    bool begun = !from.day || strcmp(now, first) >= 0, goes_on = !to.day || strcmp(now, last) <= 0;
    bool turns = from.day && to.day && strcmp(first, last) > 0 && !any.year;
    return turns ? begun || goes_on : begun && goes_on;
}

static bool rule_holds(const struct tm *tm, const dd_calendar_rule *rule) {
    static const uint8_t masks[] = {64, 1, 2, 4, 8, 16, 32}; // from Sunday
    struct tm later = *tm;
    later.tm_mday += 7;
    time_t week_after = timegm(&later);
    bool last = gmtime(&week_after)->tm_mon != tm->tm_mon;
    int nth = 0;
    for (int day = tm->tm_mday; day > 0; day -= 7)
        nth++;
    bool weeks = !rule->weeks || rule->weeks & 1 << (nth - 1) || (last && rule->weeks & 32);
    bool weekday = !rule->weekdays || rule->weekdays & masks[tm->tm_wday];
    return weekday && weeks && recurs_within(tm, rule);
}

static uint8_t judged_program(const dd_light_calendar *calendar, int64_t day) {
    time_t noon = day * DD_DAY_S + DD_DAY_S / 2;
    struct tm tm = *gmtime(&noon);
    for (int i = 0; i < calendar->rule_n; i++)
        if (rule_holds(&tm, &calendar->rules[i])) return calendar->rules[i].program;
    return calendar->default_program;
}

Test(calendar, days_are_those_of_the_c_library) {
    for (int i = 0; i < 300; i++) {
        dd_light_calendar calendar = any_calendar(draw, 3600);
        for (int j = 0; j < 300; j++) {
            int64_t day = day_of(2001, 1, 1) + draw(365 * 127);
            cr_assert(
                eq(u8, dd_light_calendar_program(&calendar, day), judged_program(&calendar, day)),
                "calendar %d, day %d", i, (int)day);
        }
    }
    dd_light_calendar sundays = {.program_n = 1, .rule_n = 1};
    sundays.rules[0] = (dd_calendar_rule){.program = 1, .weekdays = 64};
    for (int64_t day = -20000; day < 60000; day++)
        cr_assert(eq(u8, dd_light_calendar_program(&sundays, day), judged_program(&sundays, day)));
}

// --- Moments ---

typedef struct judgement {
    int64_t last_s, next_s;
    uint16_t level_pm;
} judgement;

static void weigh(judgement *it, int64_t at_s, int64_t now_s, uint16_t level_pm) {
    if (at_s > now_s) {
        if (at_s < it->next_s) it->next_s = at_s;
    } else if (at_s >= it->last_s) {
        it->last_s = at_s;
        it->level_pm = level_pm;
    }
}

static uint8_t judged_or_before(const dd_light_calendar *calendar, int64_t day) {
    for (int64_t before = 0; before <= 366; before++)
        if (judged_program(calendar, day - before)) return judged_program(calendar, day - before);
    return 1;
}

// Every point on every date around counts if it falls within a lighting day that has its program.
static judgement judged(const dd_light_calendar *calendar, const dd_site *site, int64_t now_s) {
    judgement it = {.last_s = INT64_MIN, .next_s = INT64_MAX};
    int64_t today = (int64_t)floor((double)(now_s - 43200) / 86400);
    for (int64_t day = today - 3; day <= today + 1; day++) {
        const dd_program *program = &calendar->programs[judged_or_before(calendar, day) - 1];
        int64_t noon_s = day * 86400 + 43200;
        if (!program->point_n) weigh(&it, noon_s, now_s, 0);
        for (int i = 0; i < program->point_n; i++) {
            dd_switch_point point = program->points[i];
            for (int64_t date = day - 5; date <= day + 5; date++) {
                int32_t rise = 0, set = 0;
                if (point.reference != DD_AT_CLOCK)
                    dd_sun_times(site->lat_e6, site->lon_e6, site->utc_offset_s, (int32_t)date,
                                 &rise, &set);
                int64_t at_s = date * 86400 + point.offset_s;
                at_s += point.reference == DD_AT_SUNSET    ? set
                        : point.reference == DD_AT_SUNRISE ? rise
                                                           : 0;
                if (at_s >= noon_s && at_s < noon_s + 86400)
                    weigh(&it, at_s, now_s, (uint16_t)point.level_pm);
            }
        }
    }
    return it;
}

// Places where the sun sets near noon or not at all, and clocks of other zones, too.
static dd_site any_site(int i) {
    if (i % 3 == 0) return ben_tre;
    return (dd_site){.lat_e6 = (int32_t)draw(180000001) - 90000000,
                     .lon_e6 = (int32_t)draw(360000001) - 180000000,
                     .utc_offset_s = ((int32_t)draw(27) - 12) * 3600};
}

Test(calendar, moments_are_those_of_a_list_of_all) {
    for (int i = 0; i < 60; i++) {
        dd_light_calendar calendar = any_calendar(draw, i % 2 ? 2 * DD_DAY_S : 7200);
        dd_site site = any_site(i);
        dd_sun_cache sun = {0};
        for (int j = 0; j < 20; j++) {
            int64_t day = day_of(2001, 1, 1) + draw(365 * 100);
            int64_t now_ms = (day * 86400 + draw(86400)) * 1000 + draw(1000);
            int64_t now_s = now_ms / 1000 + site.utc_offset_s;
            dd_light_state state = dd_light_calendar_at(&calendar, &site, &sun, now_ms);
            judgement should = judged(&calendar, &site, now_s);
            cr_assert(eq(u16, state.level_pm, should.level_pm), "calendar %d, moment %d", i, j);
            if (should.next_s != INT64_MAX)
                cr_assert(eq(i64, state.next_ms, (should.next_s - site.utc_offset_s) * 1000),
                          "calendar %d, moment %d", i, j);
            cr_assert(gt(i64, state.next_ms, now_ms));
            cr_assert(state.invalid == (judged_program(&calendar, (now_s - 43200) / 86400) == 0));
        }
    }
}

// A year from switch point to switch point: dusk and dawn are where libnova's sun is at -0.833
// degrees, half an hour later on weekends.
Test(calendar, dusk_and_dawn_by_libnova) {
    dd_light_calendar calendar = {
        .program_n = 2,
        .rule_n = 1,
        .default_program = 1,
        .programs = {{.point_n = 2,
                      .points = {{.reference = DD_AT_SUNSET, .level_pm = 1000},
                                 {.reference = DD_AT_SUNRISE}}},
                     {.point_n = 2,
                      .points = {{.reference = DD_AT_SUNSET, .offset_s = 1800, .level_pm = 600},
                                 {.reference = DD_AT_SUNRISE, .offset_s = 1800}}}},
        .rules = {{.program = 2, .weekdays = 1 << 5 | 1 << 6}}};
    dd_light_calendar_seal(&calendar);
    int64_t now_ms = civil(day_of(2020, 8, 3), 12, 0);
    for (int i = 0; i < 2 * 365; i++) {
        dd_light_state state = at(&calendar, now_ms);
        now_ms = state.next_ms;
        bool late = i / 2 % 7 >= 5; // it began on a Monday
        double altitude = judged_altitude(ben_tre.lat_e6 * 1e-6, ben_tre.lon_e6 * 1e-6,
                                          now_ms / 1000.0 - (late ? 1800 : 0));
        cr_assert(epsilon_eq(dbl, altitude, -0.833, 0.02), "change %d", i);
        cr_assert(eq(u16, at(&calendar, now_ms).level_pm, i % 2 ? 0 : late ? 600 : 1000));
    }
}

// --- What is wrong with one ---

Test(calendar, a_day_without_a_program_has_that_of_the_last_that_had_one) {
    dd_light_calendar calendar = city();
    calendar.default_program = 0;
    calendar.rule_n = 2; // National Day and Tết 2021
    calendar.programs[0].points[0].level_pm = 300;
    dd_light_calendar_seal(&calendar);
    cr_assert(dd_light_calendar_valid(&calendar));
    dd_light_state festive = at(&calendar, civil(day_of(2020, 9, 2), 20, 0));
    cr_expect(not(festive.invalid));
    for (int later = 1; later < 160; later++) {
        dd_light_state state = at(&calendar, civil(day_of(2020, 9, 2) + later, 20, 0));
        cr_assert(state.invalid, "%d days later", later);
        cr_assert(eq(u16, state.level_pm, 900));
    }
    calendar.rule_n = 0; // there has never been one: the first
    dd_light_calendar_seal(&calendar);
    dd_light_state state = at(&calendar, civil(day_of(2020, 9, 2), 20, 0));
    cr_expect(state.invalid);
    cr_expect(eq(u16, state.level_pm, 300));
}

Test(calendar, none_is_off) {
    dd_light_calendar none = {0};
    cr_expect(eq(u16, at(&none, civil(day_of(2020, 9, 2), 20, 0)).level_pm, 0));
    cr_expect(not(dd_light_calendar_valid(&none)));
}

Test(calendar, its_id_tells_whether_it_is_whole) {
    for (int i = 0; i < 2000; i++) {
        dd_light_calendar calendar = any_calendar(draw, DD_DAY_S), same = calendar;
        cr_assert(dd_light_calendar_valid(&calendar));
        cr_assert(eq(u32, dd_light_calendar_id(&same), calendar.id));
        switch (draw(4)) {
        case 0:
            calendar.default_program = (uint8_t)((calendar.default_program + 1) % 5);
            break;
        case 1:
            calendar.rule_n++;
            break;
        case 2:
            calendar.programs[draw(calendar.program_n)].point_n ^= 1;
            break;
        default:
            calendar.id ^= 1u << draw(32);
        }
        cr_assert(not(dd_light_calendar_valid(&calendar)));
    }
}

Test(calendar, what_no_device_should_follow) {
    static const dd_calendar_rule bad[] = {
        {.program = 0},
        {.program = 5},
        {.program = 1, .weekdays = 128},
        {.program = 1, .weeks = 64},
        {.program = 1, .from = {.month = 2, .day = 30}},
        {.program = 1, .from = {.month = 4, .day = 31}},
        {.program = 1, .from = {.month = 13, .day = 1}},
        {.program = 1, .from = {.month = 4}},
        {.program = 1, .to = {.year = 20, .day = 1}},
        {.program = 1, .from = {.month = 4, .day = 1}, .to = {.year = 20, .month = 5, .day = 1}}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        dd_light_calendar calendar = city();
        calendar.rules[2] = bad[i];
        dd_light_calendar_seal(&calendar);
        cr_expect(not(dd_light_calendar_valid(&calendar)), "rule %zu", i);
    }
    dd_light_calendar calendar = city();
    calendar.rules[2].from = calendar.rules[2].to = (dd_date){.month = 2, .day = 29};
    dd_light_calendar_seal(&calendar);
    cr_expect(dd_light_calendar_valid(&calendar), "each leap year");
    calendar.program_n = 5;
    dd_light_calendar_seal(&calendar);
    cr_expect(not(dd_light_calendar_valid(&calendar)));
    calendar = city();
    calendar.programs[3].point_n = DD_PROGRAM_POINTS + 1;
    dd_light_calendar_seal(&calendar);
    cr_expect(not(dd_light_calendar_valid(&calendar)));
}
