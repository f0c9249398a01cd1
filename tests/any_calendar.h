// Valid calendars drawn by chance, for suites that carry or judge them; `draw(n)` gives a number
// below n.
#pragma once

#include "models/controller/core/calendar.h"

static inline dd_date any_date(uint32_t (*draw)(uint32_t), uint32_t recurs) {
    return (dd_date){.year = (recurs == 0 ? 1 + draw(127) : 0) & 127,
                     .month = (recurs <= 1 ? 1 + draw(12) : 0) & 15,
                     .day = (1 + draw(28)) & 31};
}

static inline dd_program any_program(uint32_t (*draw)(uint32_t), int32_t reach_s) {
    dd_program program = {.point_n = (uint8_t)draw(DD_PROGRAM_POINTS + 1)};
    for (int i = 0; i < program.point_n; i++)
        program.points[i] =
            (dd_switch_point){.reference = draw(3) & 3,
                              .level_pm = draw(1001) & 1023,
                              .offset_s = (int32_t)draw(2 * (uint32_t)reach_s + 1) - reach_s};
    return program;
}

static inline dd_calendar_rule any_rule(uint32_t (*draw)(uint32_t), uint8_t program_n) {
    uint32_t recurs = draw(3);
    dd_calendar_rule rule = {.program = (uint8_t)(1 + draw(program_n))};
    if (draw(2)) rule.weekdays = (uint8_t)draw(128);
    if (draw(4) == 0) rule.weeks = (uint8_t)draw(64);
    if (draw(2)) rule.from = any_date(draw, recurs);
    if (draw(2)) rule.to = any_date(draw, recurs);
    return rule;
}

// Points lie up to `reach_s` from what they refer to.
static inline dd_light_calendar any_calendar(uint32_t (*draw)(uint32_t), int32_t reach_s) {
    dd_light_calendar calendar = {.program_n = (uint8_t)(1 + draw(DD_CALENDAR_PROGRAMS)),
                                  .rule_n = (uint8_t)draw(DD_CALENDAR_RULES + 1)};
    for (int i = 0; i < calendar.program_n; i++)
        calendar.programs[i] = any_program(draw, reach_s);
    for (int i = 0; i < calendar.rule_n; i++)
        calendar.rules[i] = any_rule(draw, calendar.program_n);
    calendar.default_program = (uint8_t)draw(calendar.program_n + 1u);
    dd_light_calendar_seal(&calendar);
    return calendar;
}

// The longest there is, when it is carried.
static inline dd_light_calendar full_calendar(void) {
    dd_light_calendar calendar = {.program_n = DD_CALENDAR_PROGRAMS,
                                  .rule_n = DD_CALENDAR_RULES,
                                  .default_program = DD_CALENDAR_PROGRAMS};
    for (int i = 0; i < DD_CALENDAR_PROGRAMS; i++) {
        calendar.programs[i].point_n = DD_PROGRAM_POINTS;
        for (int j = 0; j < DD_PROGRAM_POINTS; j++)
            calendar.programs[i].points[j] = (dd_switch_point){
                .reference = DD_AT_SUNRISE, .level_pm = 1000, .offset_s = -2 * DD_DAY_S + j};
    }
    for (int i = 0; i < DD_CALENDAR_RULES; i++)
        calendar.rules[i] = (dd_calendar_rule){.program = 1,
                                               .weekdays = 0x7F,
                                               .weeks = 0x3F,
                                               .from = {.year = 20, .month = 12, .day = 1},
                                               .to = {.year = 127, .month = 12, .day = 31}};
    dd_light_calendar_seal(&calendar);
    return calendar;
}
