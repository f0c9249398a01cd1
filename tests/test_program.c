#include <criterion/criterion.h>

#include "models/controller/core/calendar.h"
#include "models/controller/core/sun.h"

static const dd_site ben_tre = {.lat_e6 = 10241500, .lon_e6 = 106375900, .utc_offset_s = 25200};

enum { AUGUST_3 = 18477 }; // 2020-08-03

// Unix ms of a civil time at Bến Tre.
static int64_t civil(int day, int hour, int minute, int second) {
    return ((day * 24ll + hour) * 60 + minute) * 60000ll + second * 1000ll - 25200000ll;
}

static const dd_program night = {
    .point_n = 4,
    .points = {{.reference = DD_AT_SUNSET, .level_pm = 1000, .offset_s = 600},
               {.reference = DD_AT_CLOCK, .level_pm = 500, .offset_s = 23 * 3600},
               {.reference = DD_AT_CLOCK, .level_pm = 700, .offset_s = 4 * 3600},
               {.reference = DD_AT_SUNRISE, .level_pm = 0, .offset_s = -600}}};

// As it is followed every day.
static dd_light_state at(const dd_program *program, int64_t now_ms) {
    dd_sun_cache cache = {0};
    dd_light_calendar calendar = dd_light_calendar_of(program);
    return dd_light_calendar_at(&calendar, &ben_tre, &cache, now_ms);
}

Test(program, a_night_around_midnight) {
    static const struct {
        int day, hour, minute;
        uint16_t level_pm;
    } rows[] = {{AUGUST_3, 12, 0, 0},       {AUGUST_3, 18, 0, 0},       {AUGUST_3, 18, 40, 1000},
                {AUGUST_3, 22, 59, 1000},   {AUGUST_3, 23, 0, 500},     {AUGUST_3, 23, 59, 500},
                {AUGUST_3 + 1, 0, 0, 500},  {AUGUST_3 + 1, 3, 59, 500}, {AUGUST_3 + 1, 4, 0, 700},
                {AUGUST_3 + 1, 5, 20, 700}, {AUGUST_3 + 1, 5, 50, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        dd_light_state state = at(&night, civil(rows[i].day, rows[i].hour, rows[i].minute, 0));
        cr_expect_eq(state.level_pm, rows[i].level_pm, "%02d:%02d gives %d", rows[i].hour,
                     rows[i].minute, state.level_pm);
    }
}

Test(program, next_point_is_the_very_moment_of_change) {
    int32_t rise, set;
    dd_sun_times(ben_tre.lat_e6, ben_tre.lon_e6, ben_tre.utc_offset_s, AUGUST_3, &rise, &set);
    dd_light_state noon = at(&night, civil(AUGUST_3, 12, 0, 0));
    cr_expect_eq(noon.next_ms, civil(AUGUST_3, 0, 0, set + 600));
    cr_expect_eq(at(&night, noon.next_ms - 1).level_pm, 0);
    cr_expect_eq(at(&night, noon.next_ms).level_pm, 1000);
    cr_expect_eq(at(&night, noon.next_ms).next_ms, civil(AUGUST_3, 23, 0, 0));
    cr_expect_eq(at(&night, civil(AUGUST_3, 23, 0, 0)).next_ms, civil(AUGUST_3 + 1, 4, 0, 0));
}

Test(program, walking_from_point_to_point_for_a_year_meets_four_a_day) {
    dd_sun_cache cache = {0};
    dd_light_calendar calendar = dd_light_calendar_of(&night);
    int64_t now_ms = civil(AUGUST_3, 12, 0, 0);
    int changes = 0;
    for (; now_ms < civil(AUGUST_3 + 365, 12, 0, 0); changes++) {
        int64_t next_ms = dd_light_calendar_at(&calendar, &ben_tre, &cache, now_ms).next_ms;
        cr_assert(next_ms > now_ms);
        now_ms = next_ms;
    }
    cr_expect(changes >= 4 * 365 && changes <= 4 * 365 + 1, "%d changes", changes);
}

Test(program, points_need_no_order) {
    dd_program mixed = night;
    mixed.points[0] = night.points[3];
    mixed.points[3] = night.points[0];
    mixed.points[1] = night.points[2];
    mixed.points[2] = night.points[1];
    for (int minute = 0; minute < 2880; minute += 7) {
        int64_t now_ms = civil(AUGUST_3, 0, minute, 0);
        cr_expect_eq(at(&mixed, now_ms).level_pm, at(&night, now_ms).level_pm);
        cr_expect_eq(at(&mixed, now_ms).next_ms, at(&night, now_ms).next_ms);
    }
}

Test(program, of_two_points_at_one_moment_the_later_in_the_list_holds) {
    dd_program twice = {
        .point_n = 2,
        .points = {{.level_pm = 300, .offset_s = 3600}, {.level_pm = 800, .offset_s = 3600}}};
    cr_expect_eq(at(&twice, civil(AUGUST_3, 2, 0, 0)).level_pm, 800);
}

Test(program, an_offset_reaches_into_the_next_day) {
    dd_program late = {.point_n = 2,
                       .points = {{.level_pm = 400, .offset_s = 26 * 3600},
                                  {.level_pm = 0, .offset_s = 27 * 3600}}};
    cr_expect_eq(at(&late, civil(AUGUST_3, 2, 30, 0)).level_pm, 400);
    cr_expect_eq(at(&late, civil(AUGUST_3, 3, 30, 0)).level_pm, 0);
}

Test(program, empty_is_off_and_looks_again_at_noon) {
    dd_program none = {0};
    int64_t now_ms = civil(AUGUST_3, 20, 0, 0);
    cr_expect_eq(at(&none, now_ms).level_pm, 0);
    cr_expect_eq(at(&none, now_ms).next_ms, civil(AUGUST_3 + 1, 12, 0, 0));
}

Test(program, what_no_device_should_follow) {
    dd_program broken = night;
    cr_expect(dd_program_valid(&broken));
    broken.point_n = DD_PROGRAM_POINTS + 1;
    cr_expect_not(dd_program_valid(&broken));
    broken = night;
    broken.points[2].level_pm = 1001;
    cr_expect_not(dd_program_valid(&broken));
    broken = night;
    broken.points[2].reference = 3;
    cr_expect_not(dd_program_valid(&broken));
    broken = night;
    broken.points[2].offset_s = -2 * DD_DAY_S - 1;
    cr_expect_not(dd_program_valid(&broken));
}

Test(program, no_more_points_are_read_than_there_are) {
    dd_program broken = {.point_n = 200};
    for (int i = 0; i < DD_PROGRAM_POINTS; i++)
        broken.points[i] = (dd_switch_point){.level_pm = 100, .offset_s = i * 60};
    cr_expect_eq(at(&broken, civil(AUGUST_3, 23, 30, 0)).level_pm, 100);
}

Test(program, the_cache_changes_nothing_and_is_computed_once_a_day) {
    dd_sun_cache cache = {0};
    dd_light_calendar calendar = dd_light_calendar_of(&night);
    for (int minute = 0; minute < 3 * 1440; minute += 13) {
        int64_t now_ms = civil(AUGUST_3, 0, minute, 0);
        dd_light_state warm = dd_light_calendar_at(&calendar, &ben_tre, &cache, now_ms);
        cr_assert_eq(warm.level_pm, at(&night, now_ms).level_pm);
        cr_assert_eq(warm.next_ms, at(&night, now_ms).next_ms);
    }
    int32_t *sunset_s = &cache.sunset_s[(AUGUST_3 + 2) % DD_SUN_DAYS], spoilt = *sunset_s += 60;
    dd_light_calendar_at(&calendar, &ben_tre, &cache, civil(AUGUST_3 + 2, 23, 59, 0));
    cr_expect_eq(*sunset_s, spoilt, "computed again on the same day");
}

Test(program, before_1970_too) {
    cr_expect_eq(at(&night, civil(-10, 23, 30, 0)).level_pm, 500);
    cr_expect_eq(at(&night, civil(-10, 12, 0, 0)).level_pm, 0);
}
