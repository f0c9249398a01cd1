#include "models/citizens/week.h"

// Thousandths of the busiest hour, by hour of the day; percent of a weekday, from Monday.
static const uint16_t by_hour[24] = {60,  30,  20,  20,  40,  120, 300, 450,  500,  480, 450, 420,
                                     380, 380, 420, 460, 520, 700, 900, 1000, 1000, 850, 500, 180};
static const uint8_t by_day[7] = {100, 100, 100, 100, 100, 90, 80};

enum {
    HOURS_SUM = 10180,
    NIGHT_SUM = 4720, // from 18 to 6 h
    DAYS_SUM = 670,
    WEEK_H = 168,
    HOUR_MS = 3600000,
};
#define WEEK_SUM ((int64_t)HOURS_SUM * DAYS_SUM)
#define TEN_YEARS (3650 * DD_DAY)

static int64_t weight(int64_t hour) {
    return (int64_t)by_hour[hour % 24] * by_day[hour / 24 % 7];
}

// Civil time since a Monday long ago; 1970 began on a Thursday.
static int64_t local_ms(const dd_calendar *calendar, dd_time t) {
    const int64_t to_1970_s = (int64_t)100000 * WEEK_H * 3600 + 3 * 86400;
    return (to_1970_s + calendar->start_unix_s + calendar->offset_s) * 1000 + t / DD_MILLISECOND;
}

uint32_t dd_week_weight(const dd_calendar *calendar, dd_time t) {
    return (uint32_t)(weight(local_ms(calendar, t) / HOUR_MS) * 1000 * WEEK_H / WEEK_SUM);
}

dd_time dd_week_after(const dd_calendar *calendar, dd_time t, dd_time lasts) {
    int64_t begin = local_ms(calendar, t), at = begin;
    int64_t left = (lasts < TEN_YEARS ? lasts : TEN_YEARS) / DD_MILLISECOND * WEEK_SUM / WEEK_H;
    int64_t weeks = left / (WEEK_SUM * HOUR_MS);
    left -= weeks * WEEK_SUM * HOUR_MS;
    for (;;) {
        int64_t of_hour = weight(at / HOUR_MS);
        int64_t rest = HOUR_MS - at % HOUR_MS;
        if (rest * of_hour >= left) break;
        left -= rest * of_hour;
        at += rest;
    }
    at += left / weight(at / HOUR_MS);
    return t + (at - begin + weeks * WEEK_H * HOUR_MS) * DD_MILLISECOND;
}

dd_time dd_week_of_night(dd_time night) {
    return night / HOURS_SUM * 2 * NIGHT_SUM;
}

dd_time dd_week_hours(double hours) {
    double most = (double)(TEN_YEARS / DD_HOUR);
    return (dd_time)((hours < most ? hours : most) * 3600e3) * DD_MILLISECOND;
}
