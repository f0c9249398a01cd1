// A segment's calendars and groups.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "engine/random.h"
#include "models/controller/core/timetable.h"
#include "tests/any_calendar.h"

static dd_light_calendar always(uint16_t level_pm) {
    return dd_light_calendar_of(
        &(dd_program){.point_n = 1, .points = {{.level_pm = level_pm & 1023}}});
}

// Lamps from `first` to `last`.
static dd_lamp_set lamps(uint16_t first, uint16_t last) {
    dd_lamp_set set = {0};
    for (uint16_t lamp = first; lamp <= last; lamp++)
        dd_lamp_set_add(&set, lamp);
    return set;
}

static bool define(dd_timetable *it, uint32_t id, uint16_t first, uint16_t last) {
    dd_lamp_set set = lamps(first, last);
    return dd_timetable_define(it, id, &set);
}

static bool assign(dd_timetable *it, uint32_t group, uint16_t level_pm) {
    dd_light_calendar calendar = always(level_pm);
    return dd_timetable_assign(it, group, &calendar);
}

// The level that a lamp's calendar has at all hours.
static uint16_t level_of(const dd_timetable *it, uint16_t lamp) {
    const dd_light_calendar *calendar = &it->calendars[dd_timetable_calendar(it, lamp)];
    return (uint16_t)calendar->programs[0].points[0].level_pm;
}

Test(timetable, groups_have_calendars_of_their_own) {
    dd_timetable it = {0};
    cr_expect(assign(&it, 0, 100));
    cr_expect(define(&it, 7, 10, 20) && define(&it, 5, 15, 30));
    cr_expect(assign(&it, 7, 700));
    cr_expect(eq(u16, level_of(&it, 9), 100));
    cr_expect(eq(u16, level_of(&it, 10), 700));
    cr_expect(eq(u16, level_of(&it, 25), 100), "its group has none of its own");
    cr_expect(assign(&it, 5, 500));
    cr_expect(eq(u16, level_of(&it, 14), 700));
    cr_expect(eq(u16, level_of(&it, 15), 500), "in both: that with the smaller id");
    cr_expect(define(&it, 5, 40, 41));
    cr_expect(eq(u16, level_of(&it, 15), 700), "not in it any more");
    cr_expect(eq(u16, level_of(&it, 40), 500));
    cr_expect(assign(&it, 7, 100), "the segment's own");
    cr_expect(eq(u16, level_of(&it, 15), 100));
    cr_expect(assign(&it, 0, 300), "all");
    cr_expect(eq(u16, level_of(&it, 40), 300));
    cr_expect(dd_timetable_valid(&it));
}

Test(timetable, when_it_is_full) {
    dd_timetable it = {0};
    assign(&it, 0, 1);
    for (uint32_t id = 1; id <= DD_GROUPS; id++)
        cr_expect(define(&it, id, (uint16_t)id, (uint16_t)id));
    cr_expect(not(define(&it, 99, 1, 2)));
    cr_expect(not(define(&it, 0, 1, 2)), "no id");
    cr_expect(assign(&it, 1, 10) && assign(&it, 2, 20) && assign(&it, 3, 30));
    dd_timetable before = it;
    cr_expect(not(assign(&it, 4, 40)));
    cr_expect(not(assign(&it, 99, 10)), "no such group");
    cr_expect(memcmp(&it, &before, sizeof it) == 0);
    cr_expect(assign(&it, 4, 30), "one that is there");
    cr_expect(assign(&it, 1, 50), "in the place of its own");
    cr_expect(eq(u16, level_of(&it, 1), 50));
    cr_expect(eq(u16, level_of(&it, 4), 30));
    cr_expect(not(assign(&it, 3, 60)), "others follow its own");
    cr_expect(define(&it, 2, 1, 0), "of none: it is gone");
    cr_expect(assign(&it, 3, 60), "and its calendar with it");
    cr_expect(eq(u16, level_of(&it, 2), 1));
}

static uint64_t draw_n;

static uint32_t draw(uint32_t n) {
    return dd_uniform(dd_random(1, 2, 8, draw_n++).v[0], n);
}

// One step by chance; the same on both, in places of their own.
static void change(dd_timetable *a, dd_timetable *b) {
    uint32_t id = 1 + draw(10);
    dd_lamp_set set = lamps((uint16_t)(1 + draw(200)), (uint16_t)(draw(250)));
    dd_light_calendar calendar = always((uint16_t)draw(6));
    uint32_t group = draw(4) ? id : 0;
    if (draw(2))
        cr_assert(dd_timetable_define(a, id, &set) == dd_timetable_define(b, id, &set));
    else
        cr_assert(dd_timetable_assign(a, group, &calendar) ==
                  dd_timetable_assign(b, group, &calendar));
}

Test(timetable, two_are_the_same_by_their_sums) {
    for (int round = 0; round < 200; round++) {
        dd_timetable a = {0}, b = {0};
        assign(&a, 0, 1), assign(&b, 0, 1);
        define(&b, 3, 1, 1), define(&b, 4, 1, 1), define(&b, 3, 1, 0); // other places
        define(&a, 4, 1, 1);
        for (int step = 0; step < 30; step++) {
            change(&a, &b);
            cr_assert(dd_timetable_valid(&a));
            dd_timetable_state x = dd_timetable_sum(&a), y = dd_timetable_sum(&b);
            cr_assert(dd_timetable_same(&x, &y));
            for (uint16_t lamp = 1; lamp <= 250; lamp++)
                cr_assert(eq(u16, level_of(&a, lamp), level_of(&b, lamp)));
        }
        uint16_t lamp = (uint16_t)(1 + draw(250));
        dd_lamp_set set = lamps(lamp, lamp);
        a.groups[0].id = a.groups[0].id ? a.groups[0].id : 77;
        a.groups[0].lamps.bits[0] ^= set.bits[0] | 1;
        dd_timetable_state x = dd_timetable_sum(&a), y = dd_timetable_sum(&b);
        cr_assert(not(dd_timetable_same(&x, &y)), "another is in it");
    }
}

Test(timetable, a_damaged_calendar_shows) {
    dd_timetable it = {0};
    assign(&it, 0, 500);
    dd_timetable_state before = dd_timetable_sum(&it);
    it.calendars[0].programs[0].points[0].level_pm = 501; // a bit has turned, its id has not
    dd_timetable_state after = dd_timetable_sum(&it);
    cr_expect(not(dd_timetable_same(&before, &after)));
    cr_expect(not(dd_timetable_valid(&it)));
}
