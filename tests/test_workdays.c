// The offices' calendar, judged by hand-made ones: what was announced in Viet Nam, and the moon.
#include "models/citizens/workdays.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <libnova/julian_day.h>
#include <libnova/lunar.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int64_t day_of(const char *date) {
    char text[40];
    int64_t unix_s;
    snprintf(text, sizeof text, "%s 00:00", date);
    cr_assert(dd_unix_parse(text, 0, &unix_s), "%s", date);
    return unix_s / 86400;
}

// Every weekday on which the offices were closed, as announced each year (a Monday swapped for a
// Saturday left out).
static const char *const closed[] = {
    "2019-01-01", "2019-02-04", "2019-02-05", "2019-02-06", "2019-02-07", "2019-02-08",
    "2019-04-15", "2019-04-30", "2019-05-01", "2019-09-02", "2020-01-01", "2020-01-23",
    "2020-01-24", "2020-01-27", "2020-01-28", "2020-01-29", "2020-04-02", "2020-04-30",
    "2020-05-01", "2020-09-02", "2021-01-01", "2021-02-10", "2021-02-11", "2021-02-12",
    "2021-02-15", "2021-02-16", "2021-04-21", "2021-04-30", "2021-05-03", "2021-09-02",
    "2021-09-03", "2023-01-02", "2023-01-20", "2023-01-23", "2023-01-24", "2023-01-25",
    "2023-01-26", "2023-05-01", "2023-05-02", "2023-05-03", "2023-09-01", "2023-09-04"};

static void judge_year(const char *year) {
    char first[16], last[16], from[16];
    snprintf(first, sizeof first, "%s-01-01", year);
    snprintf(last, sizeof last, "%s-12-31", year);
    for (int64_t day = day_of(first); day <= day_of(last); day++) {
        dd_calendar midnight = {.start_unix_s = day * 86400};
        dd_civil civil = dd_civil_at(&midnight, 0);
        snprintf(from, sizeof from, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
        int64_t weekday = (day + 3) % 7; // from Monday
        bool open = weekday < 5;
        for (size_t i = 0; i < DD_COUNT(closed); i++)
            if (strcmp(closed[i], from) == 0) open = false;
        cr_expect(eq(int, dd_workday(day), open), "%s", from);
    }
}

Test(workdays, as_announced) {
    judge_year("2019");
    judge_year("2020");
    judge_year("2021");
    judge_year("2023");
}

// Whether the moon is new on that civil day in Viet Nam: its elongation passes through 0 or,
// rather, the illuminated share is least within it.
static bool new_moon_on(int64_t day) {
    double begin = (double)day + 2440587.5 - 7.0 / 24, least = 1e9, when = 0;
    for (int minute = -1440; minute < 2 * 1440; minute += 10) {
        double share = ln_get_lunar_disk(begin + minute / 1440.0);
        if (share < least) least = share, when = minute / 1440.0;
    }
    return when > -0.03 && when < 1.03; // 45 minutes for ΔT and the least light's not being the new
}

// Tết is the first day of a lunar month and closes the offices on it or, on a weekend, after it;
// the Hùng Kings' day is the tenth of one. Found by what the table keeps closed.
Test(workdays, the_moon_is_new_at_tet) {
    static const char *const tets[] = {
        "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10",
        "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-02",
        "2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08"};
    for (size_t i = 0; i < DD_COUNT(tets); i++) {
        int64_t day = day_of(tets[i]);
        cr_expect(new_moon_on(day), "%s", tets[i]);
        uint32_t shut = 0; // weekdays of the week around it
        for (int64_t d = day - 3; d <= day + 6; d++)
            shut += (d + 3) % 7 < 5 && !dd_workday(d);
        cr_expect(ge(u32, shut, 5), "%s", tets[i]);
    }
}

Test(workdays, the_tenth_day_of_the_third_month) {
    static const char *const days[] = {
        "2019-04-14", "2020-04-02", "2021-04-21", "2022-04-10", "2023-04-29", "2024-04-18",
        "2025-04-07", "2026-04-26", "2027-04-16", "2028-04-04", "2029-04-23", "2030-04-12",
        "2031-04-01", "2032-04-19", "2033-04-09", "2034-04-28", "2035-04-17"};
    for (size_t i = 0; i < DD_COUNT(days); i++) {
        int64_t day = day_of(days[i]);
        cr_expect(new_moon_on(day - 9), "%s", days[i]);
        int64_t weekday = (day + 3) % 7;
        cr_expect(not(dd_workday(day)));
        if (weekday == 6) cr_expect(not(dd_workday(day + 1)), "%s", days[i]);
    }
}

// --- In simulated time ---

static dd_calendar from(const char *start) {
    dd_calendar it = {.offset_s = 25200};
    cr_assert(dd_unix_parse(start, 25200, &it.start_unix_s));
    return it;
}

static void expect_due(const char *filed, uint32_t days, const char *due) {
    dd_calendar calendar = from(filed);
    char text[DD_MOMENT_SIZE];
    dd_moment_format(&calendar, dd_workday_due(&calendar, 0, days), text);
    cr_expect(eq(str, text, (char *)(uintptr_t)due), "filed %s, %u days", filed, days);
}

Test(workdays, deadlines_by_hand) {
    expect_due("2020-08-03 21:10", 3, "2020-08-06 17:00:00"); // Mon: Tue, Wed, Thu
    expect_due("2020-08-03 06:00", 1, "2020-08-04 17:00:00"); // the day of filing does not count
    expect_due("2020-08-07 09:00", 3, "2020-08-12 17:00:00"); // Fri: Mon, Tue, Wed
    expect_due("2020-08-08 09:00", 1, "2020-08-10 17:00:00"); // Sat: Mon
    expect_due("2020-08-09 23:59", 5, "2020-08-14 17:00:00"); // Sun: Mon to Fri
    expect_due("2020-08-31 12:00", 3, "2020-09-04 17:00:00"); // National Day on Wed
    expect_due("2020-01-22 10:00", 1, "2020-01-30 17:00:00"); // Tết: Thu 23 to Wed 29 closed
    expect_due("2020-04-29 10:00", 2, "2020-05-05 17:00:00"); // Thu, Fri closed: Mon, Tue
    expect_due("2020-12-31 16:59", 1, "2021-01-04 17:00:00"); // New Year's Day on Fri
    expect_due("2021-04-29 08:00", 1, "2021-05-04 17:00:00"); // 1 May on Sat: Mon off instead
    expect_due("2020-08-03 08:00", 10, "2020-08-17 17:00:00");
}

static void expect_after(const char *start, dd_time work, const char *when) {
    dd_calendar calendar = from(start);
    char text[DD_MOMENT_SIZE];
    dd_moment_format(&calendar, dd_workday_after(&calendar, 0, work), text);
    cr_expect(eq(str, text, (char *)(uintptr_t)when), "%s", start);
}

Test(workdays, working_time_by_hand) {
    expect_after("2020-08-03 08:00", 30 * DD_MINUTE, "2020-08-03 08:30:00");
    expect_after("2020-08-03 10:45", 30 * DD_MINUTE, "2020-08-03 13:15:00"); // over lunch
    expect_after("2020-08-03 12:00", 0, "2020-08-03 13:00:00");
    expect_after("2020-08-03 16:30", DD_HOUR, "2020-08-04 07:30:00");
    expect_after("2020-08-07 16:30", DD_HOUR, "2020-08-10 07:30:00"); // over the weekend
    expect_after("2020-08-07 23:00", 0, "2020-08-10 07:00:00");
    expect_after("2020-09-01 16:00", 2 * DD_HOUR, "2020-09-03 08:00:00"); // over National Day
    expect_after("2020-08-03 07:00", 40 * DD_HOUR - 1, "2020-08-07 16:59:59");
    expect_after("2020-08-03 07:00", 40 * DD_HOUR, "2020-08-10 07:00:00");
}
