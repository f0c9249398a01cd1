// The grid against facts A2: SAIFI 2.83 and SAIDI 283 min in eight months, MAIFI 0.24, so 100 min
// an interruption; over many areas and years, within the 99 % interval.
#include "models/power/grid.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

enum { AREAS = 300, DAYS = 1460 };

static const double Z_99 = 2.5758;

static dd_grid_area area(uint64_t seed, uint64_t stable, uint32_t rate_pm) {
    return (dd_grid_area){seed, stable * 7919 + 1, rate_pm};
}

typedef struct tally {
    double n, minutes;
} tally;

static tally count(dd_grid_kind kind, uint32_t rate_pm) {
    tally sum = {0, 0};
    for (uint64_t i = 0; i < AREAS; i++) {
        for (int64_t day = 0; day < DAYS; day++) {
            dd_grid_event event = dd_grid_of_day(area(5, i, rate_pm), kind, day);
            sum.n += event.end > event.begin;
            sum.minutes += (double)(event.end - event.begin) / 60e9;
        }
    }
    return sum;
}

// A count of rare events is Poisson's.
static void expect_count(double n, double expected) {
    cr_expect(epsilon_eq(dbl, n, expected, Z_99 * sqrt(expected)), "%g, not %g", n, expected);
}

Test(grid, interruptions_are_as_often_and_as_long_as_measured) {
    tally it = count(DD_GRID_INTERRUPTION, 1000);
    double periods = (double)AREAS * DAYS / 243;
    expect_count(it.n, 2.83 * periods);
    double mean = it.minutes / it.n, sigma = 95 / sqrt(it.n);
    cr_expect(epsilon_eq(dbl, mean, 283 / 2.83, Z_99 * sigma + 0.2), "%g min", mean);
}

Test(grid, momentary_ones_are_rarer_and_short) {
    tally it = count(DD_GRID_MOMENTARY, 1000);
    expect_count(it.n, 0.24 * AREAS * DAYS / 243);
    cr_expect(lt(dbl, it.minutes / it.n, 5));
}

Test(grid, the_rest_by_the_year) {
    double years = (double)AREAS * DAYS / 365;
    expect_count(count(DD_GRID_PHASE_LOSS, 1000).n, 0.5 * years);
    expect_count(count(DD_GRID_BROWNOUT, 1000).n, 4 * years);
    expect_count(count(DD_GRID_SAG, 1000).n, 30 * years);
}

Test(grid, by_the_multiplier) {
    expect_count(count(DD_GRID_INTERRUPTION, 3000).n, 3 * 2.83 * AREAS * DAYS / 243.0);
    for (int kind = 0; kind < DD_GRID_KINDS; kind++)
        cr_expect(eq(dbl, count((dd_grid_kind)kind, 0).n, 0));
}

// Asked at any moment it is what the days' events say: the dead time of a year, minute by minute.
Test(grid, at_a_moment) {
    dd_grid_area it = area(3, 11, 20000);
    double dead = 0, planned = 0;
    for (int64_t day = -1; day < 365; day++) {
        dd_grid_event event = dd_grid_of_day(it, DD_GRID_INTERRUPTION, day);
        dd_time begin = event.begin > 0 ? event.begin : 0;
        if (event.end > begin) planned += (double)(event.end - begin) / 60e9;
        if (event.end <= begin) continue;
        cr_expect(eq(u8, dd_grid_at(it, begin).phases, 0));
        cr_expect(eq(u8, dd_grid_at(it, event.end - 1).phases, 0));
    }
    for (dd_time t = 0; t < 365 * DD_DAY; t += DD_MINUTE)
        dead += dd_grid_at(it, t).phases == 0;
    cr_expect(gt(dbl, planned, 1000));
    cr_expect(epsilon_eq(dbl, dead, planned, 0.03 * planned), "%g of %g min", dead, planned);
}

// What each kind leaves.
Test(grid, what_remains) {
    for (int64_t day = 0; day < 4000; day++) {
        dd_grid_area it = area(1, 1, 10000);
        dd_grid_event sag = dd_grid_of_day(it, DD_GRID_SAG, day);
        dd_grid_event phase = dd_grid_of_day(it, DD_GRID_PHASE_LOSS, day);
        dd_grid_event low = dd_grid_of_day(it, DD_GRID_BROWNOUT, day);
        if (sag.end) cr_expect(sag.supply.voltage_pm >= 400 && sag.supply.voltage_pm <= 900);
        cr_expect(le(i64, sag.end - sag.begin, DD_SECOND));
        if (low.end) cr_expect(low.supply.voltage_pm >= 750 && low.supply.phases == 7);
        if (phase.end)
            cr_expect(phase.supply.phases == 6 || phase.supply.phases == 5 ||
                      phase.supply.phases == 3);
    }
}

// Within 5 % at any time, lowest in the evening, and the same for whoever asks.
Test(grid, the_usual_voltage) {
    double night = 0, evening = 0;
    for (int day = 0; day < 200; day++) {
        for (int minute = 0; minute < 1440; minute += 30) {
            dd_time t = day * DD_DAY + minute * DD_MINUTE;
            uint16_t pm = dd_grid_usual_pm(area(1, 1, 0), t, minute);
            cr_expect(pm >= 950 && pm <= 1050);
            cr_expect(eq(u16, pm, dd_grid_usual_pm(area(1, 1, 1000), t, minute)));
            if (minute == 120) night += pm / 200.0;
            if (minute == 1140) evening += pm / 200.0;
        }
    }
    cr_expect(gt(dbl, night, 1020));
    cr_expect(lt(dbl, evening, 980));
}
