#include "models/citizens/workdays.h"

enum { DAYS_OFF_MAX = 24, HOUR_S = 3600, DAY_S = 86400 };

// The two stretches of a working day, seconds from midnight.
static const int32_t opens_s[2] = {7 * HOUR_S, 13 * HOUR_S};
static const int32_t closes_s[2] = {11 * HOUR_S, 17 * HOUR_S};

// The lunar calendar's days, as month * 100 + day: Tết (1 of month 1) and the Hùng Kings' day (10
// of month 3).
enum { FIRST_LUNAR_YEAR = 2019 };
static const struct {
    uint16_t tet, hung;
} lunar[] = {{205, 414}, {125, 402}, {212, 421}, {201, 410}, {122, 429}, {210, 418},
             {129, 407}, {217, 426}, {206, 416}, {126, 404}, {213, 423}, {202, 412},
             {123, 401}, {211, 419}, {131, 409}, {219, 428}, {208, 417}};

static bool weekend(int64_t day) {
    return (day % 7 + 7) % 7 == 2 || (day % 7 + 7) % 7 == 3; // 1970-01-01 was a Thursday
}

typedef struct days_off {
    int64_t all[DAYS_OFF_MAX];
    uint32_t n;
} days_off;

static bool among(const days_off *list, int64_t day) {
    for (uint32_t i = 0; i < list->n; i++)
        if (list->all[i] == day) return true;
    return false;
}

static void add(days_off *list, int64_t first, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        list->all[list->n++] = first + i;
}

// Five days about Tết: two before it, or one when it is a Tuesday, as the government has set them
// from 2019 to 2026.
static void add_lunar(days_off *list, int32_t year) {
    int32_t i = year - FIRST_LUNAR_YEAR;
    if (i < 0 || i >= (int32_t)DD_COUNT(lunar)) return;
    int64_t tet = dd_days_from_civil(year, lunar[i].tet / 100, lunar[i].tet % 100);
    bool tuesday = (tet % 7 + 7) % 7 == 5;
    add(list, tet - (tuesday ? 1 : 2), 5);
    add(list, dd_days_from_civil(year, lunar[i].hung / 100, lunar[i].hung % 100), 1);
}

// National Day, 2 September, and from 2021 on the day before or after it, so that the two join a
// weekend where they can.
static void add_national(days_off *list, int32_t year) {
    int64_t day = dd_days_from_civil(year, 9, 2);
    int64_t of_week = (day % 7 + 7) % 7; // 0 is a Thursday
    bool after = of_week == 0 || of_week == 3 || of_week == 4;
    add(list, day, 1);
    if (year >= 2021) add(list, after ? day + 1 : day - 1, 1);
}

static days_off days_off_of(int32_t year) {
    days_off list = {.n = 0};
    add(&list, dd_days_from_civil(year, 1, 1), 1);
    add_lunar(&list, year);
    add(&list, dd_days_from_civil(year, 4, 30), 2);
    add_national(&list, year);
    for (uint32_t i = 0, n = list.n; i < n; i++) {
        int64_t instead = list.all[i];
        if (!weekend(instead)) continue;
        while (weekend(instead) || among(&list, instead))
            instead++;
        add(&list, instead, 1);
    }
    return list;
}

static int32_t year_of(int64_t day) {
    dd_calendar midnight = {.start_unix_s = day * DAY_S};
    return dd_civil_at(&midnight, 0).year;
}

bool dd_workday(int64_t day) {
    if (weekend(day)) return false;
    days_off list = days_off_of(year_of(day));
    return !among(&list, day);
}

// --- In simulated time ---

static int64_t day_at(const dd_calendar *calendar, dd_time midnight) {
    return (calendar->start_unix_s + calendar->offset_s + midnight / DD_SECOND) / DAY_S;
}

// A day's midnight by its number; there is no daylight saving.
static dd_time midnight_of(const dd_calendar *calendar, int64_t day) {
    return (day * DAY_S - calendar->offset_s - calendar->start_unix_s) * DD_SECOND;
}

dd_time dd_workday_after(const dd_calendar *calendar, dd_time t, dd_time work) {
    int64_t day = day_at(calendar, dd_midnight_before(calendar, t));
    for (;; day++) {
        if (!dd_workday(day)) continue;
        for (int i = 0; i < 2; i++) {
            dd_time opens = midnight_of(calendar, day) + opens_s[i] * DD_SECOND;
            dd_time closes = midnight_of(calendar, day) + closes_s[i] * DD_SECOND;
            dd_time from = t > opens ? t : opens;
            if (from >= closes) continue;
            if (work < closes - from) return from + work;
            work -= closes - from;
        }
    }
}

dd_time dd_workday_due(const dd_calendar *calendar, dd_time filed, uint32_t days) {
    int64_t day = day_at(calendar, dd_midnight_before(calendar, filed));
    for (uint32_t n = 0; n < days;)
        n += dd_workday(++day);
    return midnight_of(calendar, day) + closes_s[1] * DD_SECOND;
}
