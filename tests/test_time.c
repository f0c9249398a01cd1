#define _DEFAULT_SOURCE // timegm

#include "engine/time.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const dd_calendar vietnam = {.start_unix_s = 1596448800, // 2020-08-03 17:00 +07
                                    .offset_s = 25200};

static dd_time moment(const char *text, dd_time after) {
    dd_time t = -1;
    cr_assert(dd_moment_parse(text, &vietnam, after, &t), "%s", text);
    return t;
}

// The C library's calendar judges ours: every eleventh hour or so from the year 1600 to 2400.
Test(time, civil_dates_are_those_of_the_c_library) {
    struct tm from = {.tm_year = 1600 - 1900, .tm_mday = 1}, to = {.tm_year = 500, .tm_mday = 1};
    time_t end = timegm(&to);
    for (time_t s = timegm(&from); s < end; s += 39119) {
        struct tm want;
        gmtime_r(&s, &want);
        dd_calendar calendar = {.start_unix_s = s - 25200, .offset_s = 25200};
        dd_civil got = dd_civil_at(&calendar, 0);
        cr_assert(got.year == want.tm_year + 1900 && got.month == want.tm_mon + 1 &&
                      got.day == want.tm_mday && got.hour == want.tm_hour &&
                      got.minute == want.tm_min && got.second == want.tm_sec,
                  "Unix second %lld", (long long)s);
        int64_t days = dd_days_from_civil(got.year, got.month, got.day);
        int64_t second = got.hour * 3600 + got.minute * 60 + got.second;
        cr_assert(days * 86400 + second == s, "Unix second %lld", (long long)s);
    }
}

Test(time, civil_time_before_the_start) {
    dd_civil civil = dd_civil_at(&vietnam, -1);
    cr_expect(eq(i32, civil.hour, 16));
    cr_expect(eq(i32, civil.second, 59));
    cr_expect(eq(i32, civil.nanosecond, 999999999));
}

Test(time, midnight) {
    cr_expect(eq(i64, dd_midnight_before(&vietnam, 0), -17 * DD_HOUR));
    cr_expect(eq(i64, dd_midnight_before(&vietnam, 7 * DD_HOUR - 1), -17 * DD_HOUR));
    cr_expect(eq(i64, dd_midnight_before(&vietnam, 7 * DD_HOUR), 7 * DD_HOUR));
    cr_expect(eq(i64, dd_midnight_before(&vietnam, -18 * DD_HOUR), -41 * DD_HOUR));
}

Test(time, civil_texts_are_read_as_the_c_library_reads_them) {
    static const char *const texts[] = {"2020-08-03 17:00", "2020-02-29 23:59:59",
                                        "1999-12-31T00:00", "2000-02-29 12:00:01",
                                        "1970-01-01",       "2100-02-28 06:30"};
    for (size_t i = 0; i < DD_COUNT(texts); i++) {
        struct tm want = {0};
        int seconds = 0;
        sscanf(texts[i], "%d-%d-%d%*c%d:%d:%d", &want.tm_year, &want.tm_mon, &want.tm_mday,
               &want.tm_hour, &want.tm_min, &seconds);
        want.tm_year -= 1900, want.tm_mon -= 1, want.tm_sec = seconds;
        int64_t got;
        cr_assert(dd_unix_parse(texts[i], 25200, &got), "%s", texts[i]);
        cr_expect(eq(i64, got, timegm(&want) - 25200), "%s", texts[i]);
    }
}

Test(time, texts_that_are_no_moment) {
    static const char *const texts[] = {"",
                                        "tomorrow",
                                        "2020-13-01",
                                        "2020-00-10",
                                        "2020-02-30",
                                        "2019-02-29 10:00",
                                        "2100-02-29",
                                        "2020-08-03 24:00",
                                        "2020-08-03 12:60",
                                        "2020-08-03 12:00:60",
                                        "2020-08-03 12",
                                        "2020-08-03 12:00 UTC",
                                        "2020-08-03x",
                                        "0000-01-01",
                                        "2020-08-03 12:00:",
                                        "2020-08-00"};
    for (size_t i = 0; i < DD_COUNT(texts); i++) {
        int64_t unix_s;
        dd_time t;
        cr_expect(not(dd_unix_parse(texts[i], 0, &unix_s)), "%s", texts[i]);
        cr_expect(not(dd_moment_parse(texts[i], &vietnam, 0, &t)), "%s", texts[i]);
    }
}

Test(time, moments) {
    cr_expect(eq(i64, moment("2020-08-03 17:00", 0), 0));
    cr_expect(eq(i64, moment("2020-08-03 16:00", 0), -DD_HOUR));
    cr_expect(eq(i64, moment("17:00", 0), 0)); // at or after
    cr_expect(eq(i64, moment("17:00", 1), DD_DAY));
    cr_expect(eq(i64, moment("21:10", 0), 4 * DD_HOUR + 10 * DD_MINUTE));
    cr_expect(eq(i64, moment("06:30", 0), 13 * DD_HOUR + 30 * DD_MINUTE)); // next morning
    cr_expect(eq(i64, moment("16:59:59", 0), DD_DAY - DD_SECOND));
    cr_expect(eq(i64, moment("00:00", 7 * DD_HOUR), 7 * DD_HOUR));
    cr_expect(eq(i64, moment("00:00", 7 * DD_HOUR + 1), 31 * DD_HOUR));
}

// A date that simulated time cannot hold is refused, not wrapped around.
Test(time, moments_too_far_away) {
    dd_time t;
    cr_expect(not(dd_moment_parse("9999-12-31", &vietnam, 0, &t)));
    cr_expect(not(dd_moment_parse("0001-01-01", &vietnam, 0, &t)));
    cr_expect(dd_moment_parse("2100-01-01", &vietnam, 0, &t));
}

Test(time, durations) {
    static const struct {
        const char *text;
        dd_time want;
    } rows[] = {{"0s", 0},
                {"90s", 90 * DD_SECOND},
                {"15m", 15 * DD_MINUTE},
                {"1h30m", 90 * DD_MINUTE},
                {"2d", 2 * DD_DAY},
                {"250ms", 250 * DD_MILLISECOND},
                {"5us", 5 * DD_MICROSECOND},
                {"1d2h3m4s5ms6us", 26 * DD_HOUR + 3 * DD_MINUTE + 4 * DD_SECOND +
                                       5 * DD_MILLISECOND + 6 * DD_MICROSECOND},
                {"36500d", 36500 * DD_DAY}};
    for (size_t i = 0; i < DD_COUNT(rows); i++) {
        dd_time got = -1;
        cr_expect(dd_duration_parse(rows[i].text, &got), "%s", rows[i].text);
        cr_expect(eq(i64, got, rows[i].want), "%s", rows[i].text);
    }
}

Test(time, texts_that_are_no_duration) {
    static const char *const texts[] = {"",
                                        "90",
                                        "-5s",
                                        "+5s",
                                        " 5s",
                                        "5 s",
                                        "s",
                                        "1h30",
                                        "5x",
                                        "1.5h",
                                        "5sm",
                                        "36501d",
                                        "36500d1us",
                                        "99999999999999999999d",
                                        "99999999999999999999"};
    for (size_t i = 0; i < DD_COUNT(texts); i++) {
        dd_time t;
        cr_expect(not(dd_duration_parse(texts[i], &t)), "%s", texts[i]);
    }
}

Test(time, format) {
    char text[DD_MOMENT_SIZE];
    dd_moment_format(&vietnam, 4 * DD_HOUR + 10 * DD_MINUTE + 999999999, text);
    cr_expect(zero(int, strcmp(text, "2020-08-03 21:10:00")), "%s", text);
    dd_moment_format(&vietnam, 7 * DD_HOUR, text);
    cr_expect(zero(int, strcmp(text, "2020-08-04 00:00:00")), "%s", text);
    dd_moment_format(&vietnam, -1, text);
    cr_expect(zero(int, strcmp(text, "2020-08-03 16:59:59")), "%s", text);
    int64_t back;
    dd_moment_format(&vietnam, 40000 * DD_DAY, text);
    cr_assert(dd_unix_parse(text, vietnam.offset_s, &back));
    cr_expect(eq(i64, back, vietnam.start_unix_s + 40000ll * 86400));
}
