// Calendars as people write them, day by day against the C library's.
#define _DEFAULT_SOURCE // timegm
#include "models/calendar_text.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <time.h>

#define FULL "sunset=100,sunrise=0"
#define HALF "sunset=100,23:00=50,sunrise=0"

static dd_light_calendar parse(const char *text) {
    dd_light_calendar calendar;
    dd_error error = {DD_OK, ""};
    cr_assert(dd_calendar_parse(text, &calendar, &error), "%s: %s", text, error.text);
    cr_assert(dd_light_calendar_valid(&calendar), "%s", text);
    return calendar;
}

static struct tm date_of(int64_t day) {
    time_t second = (time_t)(day * 86400);
    struct tm date;
    gmtime_r(&second, &date);
    return date;
}

// Days from the beginning of 2020 to the end of 2023, with a leap day.
static int64_t first_day(void) {
    struct tm date = {.tm_year = 120, .tm_mday = 1};
    return timegm(&date) / 86400;
}
enum { DAYS = 3 * 365 + 366 };

// Every day must have program 1 where `fits` says so, and else the default's, 2.
static void expect_days(const char *when, bool (*fits)(const struct tm *date)) {
    char text[200];
    snprintf(text, sizeof text, "full:" FULL ";half:" HALF ";full@%s;half", when);
    dd_light_calendar calendar = parse(text);
    int64_t first = first_day();
    uint32_t fitting = 0;
    for (int64_t day = first; day < first + DAYS; day++) {
        struct tm date = date_of(day);
        int wanted = fits(&date) ? 1 : 2;
        fitting += wanted == 1;
        cr_assert(eq(int, dd_light_calendar_program(&calendar, day), wanted), "%s: %d-%d-%d", when,
                  date.tm_year + 1900, date.tm_mon + 1, date.tm_mday);
    }
    cr_expect(ne(u32, fitting, 0), "%s", when);
}

static bool weekend(const struct tm *date) {
    return date->tm_wday == 5 || date->tm_wday == 6;
}
static bool working(const struct tm *date) {
    return date->tm_wday >= 1 && date->tm_wday <= 4;
}
static bool round_sunday(const struct tm *date) {
    return date->tm_wday == 6 || date->tm_wday == 0 || date->tm_wday == 1;
}
static bool last_friday(const struct tm *date) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int last = days[date->tm_mon] + (date->tm_mon == 1 && date->tm_year % 4 == 0);
    return date->tm_wday == 5 && date->tm_mday > last - 7;
}
static bool second_tuesday(const struct tm *date) {
    return date->tm_wday == 2 && date->tm_mday >= 8 && date->tm_mday <= 14;
}
static bool national_day(const struct tm *date) {
    return date->tm_mon == 8 && date->tm_mday == 2;
}
static bool leap_day(const struct tm *date) {
    return date->tm_mon == 1 && date->tm_mday == 29;
}
static bool fifteenth(const struct tm *date) {
    return date->tm_mday == 15;
}
static bool tet(const struct tm *date) {
    return date->tm_year == 121 && date->tm_mon == 1 && date->tm_mday >= 10 && date->tm_mday <= 16;
}
static bool new_year(const struct tm *date) {
    return (date->tm_mon == 11 && date->tm_mday >= 30) || (date->tm_mon == 0 && date->tm_mday <= 2);
}
static bool summer_weekend(const struct tm *date) {
    return (date->tm_wday == 6 || date->tm_wday == 0) && date->tm_mon >= 5 && date->tm_mon <= 7;
}

Test(calendar_days, days_are_those_of_the_c_library) {
    expect_days("fri,sat", weekend);
    expect_days("mon-thu", working);
    expect_days("sat-mon", round_sunday);
    expect_days("fri,last", last_friday);
    expect_days("tue,2nd", second_tuesday);
    expect_days("09-02", national_day);
    expect_days("02-29", leap_day);
    expect_days("15", fifteenth);
    expect_days("2021-02-10..2021-02-16", tet);
    expect_days("12-30..01-02", new_year);
    expect_days("sat,sun,06-01..08-31", summer_weekend);
}
