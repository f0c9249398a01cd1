#include "engine/time.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

// Howard Hinnant's era arithmetic: exact for all years, no tables.
int64_t dd_days_from_civil(int32_t year, int32_t month, int32_t day) {
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, dd_civil *civil) {
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    civil->day = (int32_t)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    civil->month = (int32_t)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    civil->year = (int32_t)(year_of_era + era * 400 + (civil->month <= 2));
}

static int64_t floor_divide(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

dd_civil dd_civil_at(const dd_calendar *calendar, dd_time t) {
    int64_t seconds = floor_divide(t, DD_SECOND);
    int64_t local = calendar->start_unix_s + calendar->offset_s + seconds;
    int64_t days = floor_divide(local, 86400);
    int32_t of_day = (int32_t)(local - days * 86400);
    dd_civil civil = {.hour = of_day / 3600,
                      .minute = of_day / 60 % 60,
                      .second = of_day % 60,
                      .nanosecond = (int32_t)(t - seconds * DD_SECOND)};
    civil_from_days(days, &civil);
    return civil;
}

dd_time dd_midnight_before(const dd_calendar *calendar, dd_time t) {
    int64_t local = calendar->start_unix_s + calendar->offset_s + floor_divide(t, DD_SECOND);
    int64_t midnight = floor_divide(local, 86400) * 86400;
    return (midnight - calendar->offset_s - calendar->start_unix_s) * DD_SECOND;
}

static int32_t days_in_month(int32_t year, int32_t month) {
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

// Reads "HH:MM" or "HH:MM:SS"; the text must end there.
static bool clock_parse(const char *text, int32_t *second_of_day) {
    int h, m, s = 0, used = 0;
    bool whole = sscanf(text, "%2d:%2d:%2d%n", &h, &m, &s, &used) == 3 && !text[used];
    if (!whole) {
        s = 0;
        whole = sscanf(text, "%2d:%2d%n", &h, &m, &used) == 2 && !text[used];
    }
    if (!whole || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59) return false;
    *second_of_day = h * 3600 + m * 60 + s;
    return true;
}

bool dd_unix_parse(const char *text, int32_t offset_s, int64_t *unix_s) {
    int year, month, day, used = 0;
    int32_t second_of_day = 0;
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3) return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    if (text[used] == ' ' || text[used] == 'T') {
        if (!clock_parse(text + used + 1, &second_of_day)) return false;
    } else if (text[used]) {
        return false;
    }
    *unix_s = dd_days_from_civil(year, month, day) * 86400 + second_of_day - offset_s;
    return true;
}

static dd_time unit_of(const char **text) {
    static const struct {
        const char *name;
        dd_time size;
    } units[] = {{"ms", DD_MILLISECOND}, {"us", DD_MICROSECOND}, {"s", DD_SECOND},
                 {"m", DD_MINUTE},       {"h", DD_HOUR},         {"d", DD_DAY}};
    for (size_t i = 0; i < DD_COUNT(units); i++) {
        size_t length = strlen(units[i].name);
        if (strncmp(*text, units[i].name, length) == 0) {
            *text += length;
            return units[i].size;
        }
    }
    return 0;
}

// A century: longer runs are mistakes, and nanoseconds of some three would overflow.
enum { TOO_LONG_DAYS = 36500 };

bool dd_duration_parse(const char *text, dd_time *duration) {
    dd_time total = 0;
    bool any = false;
    while (*text) {
        if (!isdigit((unsigned char)*text)) return false;
        int64_t number = 0;
        for (; isdigit((unsigned char)*text); text++) {
            if (number > INT64_MAX / 100) return false;
            number = number * 10 + (*text - '0');
        }
        dd_time unit = unit_of(&text); // "25" of what? must be said
        if (!unit || number > TOO_LONG_DAYS * DD_DAY / unit) return false;
        total += number * unit;
        any = true;
        if (total > TOO_LONG_DAYS * DD_DAY) return false;
    }
    *duration = total;
    return any;
}

bool dd_moment_parse(const char *text, const dd_calendar *calendar, dd_time after, dd_time *t) {
    int64_t unix_s;
    int32_t second_of_day;
    if (dd_unix_parse(text, calendar->offset_s, &unix_s)) {
        int64_t away_s = unix_s - calendar->start_unix_s;
        if (away_s / 86400 > TOO_LONG_DAYS || away_s / 86400 < -TOO_LONG_DAYS) return false;
        *t = away_s * DD_SECOND;
        return true;
    }
    if (!clock_parse(text, &second_of_day)) return false;
    *t = dd_midnight_before(calendar, after) + second_of_day * DD_SECOND;
    if (*t < after) *t += DD_DAY;
    return true;
}

void dd_moment_format(const dd_calendar *calendar, dd_time t, char *text) {
    dd_civil c = dd_civil_at(calendar, t);
    snprintf(text, DD_MOMENT_SIZE, "%04d-%02d-%02d %02d:%02d:%02d", c.year % 10000, c.month % 100,
             c.day % 100, c.hour % 100, c.minute % 100, c.second % 100);
}
