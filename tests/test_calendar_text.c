// Calendars as people write them.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "models/calendar_text.h"

static dd_light_calendar read_as(const char *text) {
    dd_light_calendar calendar;
    dd_error error = {0};
    cr_assert(dd_calendar_parse(text, &calendar, &error), "%s", error.text);
    return calendar;
}

static void expect_error(const char *text, const char *says) {
    dd_light_calendar calendar;
    dd_error error = {0};
    cr_expect(not(dd_calendar_parse(text, &calendar, &error)), "%s", text);
    cr_expect(strstr(error.text, says) != NULL, "'%s' of '%s' does not say '%s'", error.text, text,
              says);
}

Test(calendar_text, all_that_can_be_said) {
    dd_light_calendar calendar =
        read_as("normal:sunset=100,23:00=60,sunrise-10m=0;tet:sunset=100,sunrise=0;dark:off;"
                "tet@2021-02-11..2021-02-17;dark@15;tet@09-02;tet@fri,last;dark@sun-mon,1st,3rd;"
                "tet@12-30..01-02,sat;normal");
    cr_expect(eq(u8, calendar.program_n, 3));
    cr_expect(eq(u8, calendar.rule_n, 6));
    cr_expect(eq(u8, calendar.default_program, 1));
    const dd_program *normal = &calendar.programs[0];
    cr_expect(eq(u8, normal->point_n, 3));
    cr_expect(normal->points[1].reference == DD_AT_CLOCK && normal->points[1].level_pm == 600 &&
              normal->points[1].offset_s == 23 * 3600);
    cr_expect(normal->points[2].reference == DD_AT_SUNRISE && normal->points[2].offset_s == -600);
    cr_expect(eq(u8, calendar.programs[2].point_n, 0));
    const dd_calendar_rule *rules = calendar.rules;
    cr_expect(eq(u32, dd_date_number(rules[0].from), 20210211));
    cr_expect(eq(u32, dd_date_number(rules[0].to), 20210217));
    cr_expect(eq(u32, dd_date_number(rules[1].to), 15));
    cr_expect(eq(u32, dd_date_number(rules[2].from), 902));
    cr_expect(rules[3].weekdays == 1 << 4 && rules[3].weeks == 1 << 5);
    cr_expect(rules[4].weekdays == (1 << 6 | 1) && rules[4].weeks == 5);
    cr_expect(rules[5].weekdays == 1 << 5 && dd_date_number(rules[5].to) == 102);
    cr_expect(eq(u8, rules[5].program, 2));
}

Test(calendar_text, the_same_days_have_the_same_id) {
    uint32_t id = read_as("a:sunset=100,sunrise=0;b:off;b@sat,sun;a").id;
    cr_expect(eq(u32, read_as("x:sunset=100,sunrise=0;y:off;y@sat-sun;x").id, id));
    cr_expect(ne(u32, read_as("x:sunset=100,sunrise=0;y:off;y@sun;x").id, id));
}

Test(calendar_text, what_is_wrong_is_named) {
    expect_error("", "needs a program");
    expect_error("night", "no program 'night'");
    expect_error("night:sunset=100;nigt@sat", "did you mean 'night'");
    expect_error("night:sunset", "'sunset' is no switch point");
    expect_error("night:dusk=100", "'dusk' is no switch point");
    expect_error("night:sunset=101", "0 to 100 percent");
    expect_error("night:", "switches nothing");
    expect_error(":off", "name");
    expect_error("a:off;a:off", "two programs 'a'");
    expect_error("a:off;b:off;c:off;d:off;e:off", "at most 4 programs");
    expect_error("a:off;a@caturday", "'caturday' is no day");
    expect_error("a:off;a@", "needs a day");
    expect_error("a:off;a@02-30", "dates must exist");
    expect_error("a:off;a@32", "no day");
    expect_error("a:off;a@1999-01-01", "no day");
    expect_error("a:off;a@02-01..2021-03-01", "alike");
    expect_error("a:off;a@02-01,03-01", "one date");
    expect_error("a:off;a;a", "default already");
    expect_error("a:off;a@1;a@1;a@1;a@1;a@1;a@1;a@1;a@1;a@1;a@1;a@1;a@1;a@1", "at most 12 rules");
}
