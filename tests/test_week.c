// The week of a city's people, judged by adding up its hours one by one.
#include "engine/random.h"
#include "models/citizens/week.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

// From Monday, 3 August 2020, 00:00 local time.
static dd_calendar monday(void) {
    dd_calendar it = {.offset_s = 25200};
    cr_assert(dd_unix_parse("2020-08-03 00:00", 25200, &it.start_unix_s));
    return it;
}

// People's time from a to b, minutes: the sum over its minutes.
static double between(const dd_calendar *calendar, dd_time a, dd_time b) {
    double sum = 0;
    for (dd_time t = a; t < b; t += DD_MINUTE) {
        dd_time step = b - t < DD_MINUTE ? b - t : DD_MINUTE;
        sum += (double)step / 60e9 * dd_week_weight(calendar, t) / 1000.0;
    }
    return sum;
}

Test(week, its_mean_hour_is_one) {
    dd_calendar calendar = monday();
    uint32_t sum = 0, most = 0, busiest = 0;
    for (uint32_t hour = 0; hour < 168; hour++) {
        uint32_t weight = dd_week_weight(&calendar, hour * DD_HOUR);
        sum += weight;
        if (weight > most) most = weight, busiest = hour;
    }
    cr_expect(epsilon_eq(dbl, sum / 168.0, 1000, 1), "rounded down each");
    cr_expect(busiest >= 19 && busiest <= 20, "an evening peak, on a weekday");
    uint32_t wednesday = dd_week_weight(&calendar, (2 * 24 + 19) * DD_HOUR);
    uint32_t sunday = dd_week_weight(&calendar, (6 * 24 + 19) * DD_HOUR);
    cr_expect(epsilon_eq(dbl, sunday / (double)wednesday, 0.8, 0.001));
    cr_expect(lt(u32, dd_week_weight(&calendar, 3 * DD_HOUR), 100), "asleep");
    cr_expect(eq(u32, dd_week_weight(&calendar, 7 * DD_DAY + 5 * DD_HOUR),
                 dd_week_weight(&calendar, 5 * DD_HOUR)));
}

Test(week, time_passes_by_its_hours) {
    dd_calendar calendar = monday();
    for (uint64_t i = 0; i < 60; i++) {
        dd_random4 word = dd_random(1, 2, 3, i);
        dd_time from = dd_uniform(word.v[0], 300 * 3600) * DD_SECOND;
        dd_time lasts = (dd_time)dd_uniform(word.v[1], 100 * 3600) * DD_SECOND;
        dd_time until = dd_week_after(&calendar, from, lasts);
        cr_expect(epsilon_eq(dbl, between(&calendar, from, until), (double)lasts / 60e9, 5),
                  "from %.2f h on", (double)from / 3.6e12);
    }
}

Test(week, whole_weeks_and_none) {
    dd_calendar calendar = monday();
    dd_time at = 30 * DD_HOUR + 17 * DD_SECOND;
    cr_expect(eq(i64, dd_week_after(&calendar, at, 0), at));
    cr_expect(eq(i64, dd_week_after(&calendar, at, 7 * DD_DAY), at + 7 * DD_DAY));
    cr_expect(eq(i64, dd_week_after(&calendar, at, 70 * DD_DAY), at + 70 * DD_DAY));
    dd_time ten_years = 3650 * DD_DAY;
    cr_expect(
        eq(i64, dd_week_after(&calendar, at, DD_NEVER), dd_week_after(&calendar, at, ten_years)));
}

// A year before 1970 has weeks too.
Test(week, long_ago) {
    dd_calendar calendar = {.offset_s = 25200};
    cr_assert(dd_unix_parse("1950-01-02 00:00", 25200, &calendar.start_unix_s)); // a Monday
    dd_calendar now = monday();
    for (uint32_t hour = 0; hour < 168; hour++)
        cr_expect(eq(u32, dd_week_weight(&calendar, hour * DD_HOUR),
                     dd_week_weight(&now, hour * DD_HOUR)));
}

Test(week, a_night_has_so_much) {
    dd_calendar calendar = monday();
    double nights = 0;
    for (int day = 0; day < 7; day++)
        nights += between(&calendar, day * DD_DAY + 18 * DD_HOUR, day * DD_DAY + 30 * DD_HOUR);
    dd_time said = dd_week_of_night(7 * 12 * DD_HOUR);
    cr_expect(epsilon_eq(dbl, (double)said / 60e9, nights, nights / 100));
}
