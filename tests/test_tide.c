// The tide against the moon by libnova, the published speeds of constituents, and the facts (G1).
#include "engine/time.h"
#include "models/sky/tide.h"

#include <criterion/criterion.h>
#include <libnova/lunar.h>
#include <math.h>
#include <stdlib.h>

enum { UTC7 = 7 * 3600, STEP_S = 600, DAY_S = 86400, FIRST_YEAR = 2018, YEARS = 20 };

static int64_t local_midnight(int year, int month, int day) {
    return dd_days_from_civil(year, month, day) * DAY_S - UTC7;
}

typedef struct tide_day {
    int32_t high, low;
    int64_t high_at;
} tide_day;

static tide_day day_of(int64_t midnight) {
    tide_day it = {.high = INT32_MIN, .low = INT32_MAX};
    for (int64_t t = midnight; t < midnight + DAY_S; t += STEP_S) {
        int32_t height = dd_tide_mm(t);
        if (height > it.high) it.high_at = t;
        if (height > it.high) it.high = height;
        if (height < it.low) it.low = height;
    }
    return it;
}

// The angle sun - moon - earth: 0 at full moon, 180 at new moon.
static double phase(int64_t unix_s) {
    return ln_get_lunar_phase((double)unix_s / DAY_S + 2440587.5);
}

enum { SYZYGIES_MAX = 200, HOURS_3 = 3 * 3600 };

// Full and new moons from `from` on: where the angle turns, within an hour and a half.
static int list_syzygies(int64_t from, int64_t until, int64_t *all) {
    int n = 0;
    double before = phase(from - HOURS_3), here = phase(from);
    for (int64_t t = from; t < until && n < SYZYGIES_MAX; t += HOURS_3) {
        double after = phase(t + HOURS_3);
        if ((here - before) * (after - here) <= 0) all[n++] = t;
        before = here;
        here = after;
    }
    return n;
}

// Days since the nearest of them; negative before it.
static double days_since(const int64_t *all, int n, int64_t unix_s) {
    int64_t best = INT64_MAX;
    for (int i = 0; i < n; i++)
        if (llabs(unix_s - all[i]) < llabs(best)) best = unix_s - all[i];
    return (double)best / DAY_S;
}

// The greatest range of each fortnight comes one to two days after libnova's new or full moon.
Test(tide, springs_follow_the_moon) {
    static int64_t moons[SYZYGIES_MAX];
    double sum = 0;
    int n = 0;
    int64_t midnight = local_midnight(2020, 1, 1);
    int moon_n = list_syzygies(midnight - 20 * DAY_S, midnight + 390 * DAY_S, moons);
    int32_t ranges[5] = {0};
    for (int day = 0; day < 366; day++, midnight += DAY_S) {
        tide_day it = day_of(midnight);
        for (int i = 0; i < 4; i++)
            ranges[i] = ranges[i + 1];
        ranges[4] = it.high - it.low;
        bool top = ranges[2] > ranges[0] && ranges[2] > ranges[1] && ranges[2] > ranges[3] &&
                   ranges[2] > ranges[4] && ranges[2] > 2000;
        if (day < 4 || !top) continue;
        double since = days_since(moons, moon_n, midnight - 2 * DAY_S + DAY_S / 2);
        cr_expect(since >= -2.5 && since <= 4.5, "range tops %.1f days after a full or new moon",
                  since);
        sum += since;
        n++;
    }
    cr_expect(n >= 20 && n <= 26, "%d spring tides in a year", n);
    cr_expect(sum / n >= 1 && sum / n <= 2.5, "%.2f days after the moon", sum / n);
}

// Facts G1: high waters of spring tides at 04-06 h and 17-19 h, October to February.
Test(tide, spring_high_waters_come_at_dawn_and_dusk) {
    static int64_t moons[SYZYGIES_MAX];
    int days = 0, dusk = 0, dawn = 0;
    int moon_n = list_syzygies(local_midnight(FIRST_YEAR, 9, 10),
                               local_midnight(FIRST_YEAR + 3, 3, 20), moons);
    for (int year = FIRST_YEAR; year < FIRST_YEAR + 3; year++)
        for (int day = 0; day < 150; day++) {
            int64_t midnight = local_midnight(year, 10, 1) + (int64_t)day * DAY_S;
            double since = days_since(moons, moon_n, midnight + DAY_S / 2);
            if (since < 0.5 || since > 2.5) continue;
            int32_t morning = INT32_MIN, evening = INT32_MIN;
            int64_t morning_at = 0, evening_at = 0;
            for (int64_t t = 0; t < DAY_S; t += STEP_S) {
                int32_t height = dd_tide_mm(midnight + t);
                int32_t *best = t < DAY_S / 2 ? &morning : &evening;
                if (height > *best) *(t < DAY_S / 2 ? &morning_at : &evening_at) = t;
                if (height > *best) *best = height;
            }
            days++;
            dawn += morning_at >= 4 * 3600 && morning_at < 7 * 3600;
            dusk += evening_at >= 16.5 * 3600 && evening_at < 19.5 * 3600;
        }
    cr_log_info("%d spring days: %d dawns, %d dusks", days, dawn, dusk);
    cr_assert_gt(days, 50);
    cr_expect_geq(dusk * 100, days * 90, "%d of %d evenings", dusk, days);
    cr_expect_geq(dawn * 100, days * 70, "%d of %d mornings", dawn, days);
}

Test(tide, the_years_highest_water_is_an_autumn_or_winter_spring_tide) {
    for (int year = FIRST_YEAR; year < FIRST_YEAR + YEARS; year++) {
        tide_day best = {.high = INT32_MIN};
        for (int day = 0; day < 365; day++) {
            tide_day it = day_of(local_midnight(year, 6, 1) + (int64_t)day * DAY_S);
            if (it.high > best.high) best = it;
        }
        dd_calendar calendar = {.start_unix_s = best.high_at, .offset_s = UTC7};
        int month = dd_civil_at(&calendar, 0).month;
        cr_expect(best.high >= 1600 && best.high <= 2000, "%d: %d mm", year, best.high);
        cr_expect(month >= 10 || month <= 2, "%d: in month %d", year, month);
    }
}

// A year's heights hold the constituents at the speeds that tide tables print, degrees an hour.
Test(tide, constituents_have_their_published_speeds) {
    static const struct {
        const char *name;
        double speed, height, nodal;
    } rows[] = {{"M2", 28.9841042, 800, 0.04}, {"S2", 30, 320, 0.03},
                {"N2", 28.4397295, 160, 0.06}, {"K1", 15.0410686, 420, 0.13},
                {"O1", 13.9430356, 300, 0.21}, {"M4", 57.9682084, 0, 0}};
    const double degree = 3.14159265358979323846 / 180;
    int64_t begin = local_midnight(2020, 1, 1), n = 0;
    double c[6] = {0}, s[6] = {0};
    for (int64_t t = 0; t < 369 * (int64_t)DAY_S; t += STEP_S, n++)
        for (int i = 0; i < 6; i++) {
            double angle = rows[i].speed * (double)t / 3600 * degree;
            int32_t height = dd_tide_mm(begin + t);
            c[i] += height * cos(angle);
            s[i] += height * sin(angle);
        }
    for (int i = 0; i < 6; i++) {
        double height = 2 * hypot(c[i], s[i]) / (double)n;
        cr_expect_float_eq(height, rows[i].height, rows[i].nodal * rows[i].height + 12, "%s: %.0f",
                           rows[i].name, height);
    }
}

Test(tide, mean_sea_level_is_zero) {
    double sum = 0;
    int n = 0;
    for (int64_t t = local_midnight(2019, 1, 1); t < local_midnight(2020, 1, 1); t += STEP_S, n++)
        sum += dd_tide_mm(t);
    cr_expect_lt(fabs(sum / n), 15, "%.1f mm", sum / n);
}
