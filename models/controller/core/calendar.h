// A lighting calendar: which program lamps follow in which night, by rules of weekday and date,
// after TALQ (data model 2.7.1: Calendar, CalendarRule, ccDay, ccDate; facts D1). Controllers and
// nodes hold the whole of it, so that a node without its controller keeps a festival too.
// Freestanding.
#pragma once

#include "models/controller/core/program.h"

enum {
    DD_CALENDAR_PROGRAMS = 4, // control programs of one calendar
    DD_CALENDAR_RULES = 12,
    DD_YEAR_ZERO = 2000, // what dd_date counts its years from
};

// A date. With year 0 it comes each year, with month 0 besides each month; all 0: no date.
typedef struct dd_date {
    uint16_t year : 7; // since DD_YEAR_ZERO, from 1
    uint16_t month : 4;
    uint16_t day : 5;
} dd_date;

// A date as a number: 20200902, or 902 each year, 2 each month, 0 for none; and back, of what fits.
// False: it cannot be one.
uint32_t dd_date_number(dd_date date);
bool dd_date_read(dd_date *date, uint32_t number);

// Days to which a program belongs: those that all parts of the rule fit. Dates and weekdays are the
// evenings': a day goes from noon to noon (TALQ: dayOffset 12).
typedef struct dd_calendar_rule {
    uint8_t program;  // 1 .. program_n
    uint8_t weekdays; // mask, bit 0 is Monday, bit 6 Sunday; 0: any
    uint8_t weeks;    // of the weekday within its month: bit 0 the first ... bit 4 the fifth, bit 5
                      // the last; 0: any
    uint8_t reserved;
    dd_date from, to; // both included; one that comes again may be later than `to`: over the turn
                      // of the year, or of the month. No date: without that limit
} dd_calendar_rule;

// A rule of such numbers, its dates as numbers too, as they come over a line. False: they do not
// fit.
bool dd_calendar_rule_read(dd_calendar_rule *rule, uint32_t program, uint32_t weekdays,
                           uint32_t weeks, uint32_t from, uint32_t to);

typedef struct dd_light_calendar {
    uint32_t id; // of what it says: dd_light_calendar_seal; 0: none is given
    uint8_t program_n, rule_n;
    uint8_t default_program; // of days that no rule fits; 0: there is none
    uint8_t reserved;
    dd_program programs[DD_CALENDAR_PROGRAMS];
    dd_calendar_rule rules[DD_CALENDAR_RULES]; // the first that fits counts
} dd_light_calendar;

_Static_assert(sizeof(dd_calendar_rule) == 8 && sizeof(dd_light_calendar) < 320, "kept by many");

// The id that belongs to what a calendar says, never 0: who has one with the right id has it whole
// and unchanged. Sealing gives it that.
uint32_t dd_light_calendar_id(const dd_light_calendar *calendar);
void dd_light_calendar_seal(dd_light_calendar *calendar);

// The calendar that has one program for all days.
dd_light_calendar dd_light_calendar_of(const dd_program *program);

// False for what no device should follow: not sealed, a program, rule or date that cannot be.
bool dd_light_calendar_valid(const dd_light_calendar *calendar);

// The program (1 .. program_n) that a calendar has for a lighting day, days since 1970-01-01; 0:
// neither a rule nor the default has one.
uint8_t dd_light_calendar_program(const dd_light_calendar *calendar, int64_t day);

typedef struct dd_light_state {
    uint16_t level_pm; // in force at the moment asked for
    bool invalid;      // that day has no program: TALQ's invalidCalendar
    int64_t next_ms;   // Unix ms of the next moment after it at which anything switches (the level
                       // may be unchanged), within two days
} dd_light_state;

// What the calendar says at Unix time `now_ms` of the asking device's own clock. A day without a
// program has that of the last day within a year that had one, or else the first. What a day has
// switched to holds until the next day's first switch point, as in TALQ. A calendar that is not
// given (id 0) is off. Hot: neither allocates nor calls libm.
dd_light_state dd_light_calendar_at(const dd_light_calendar *calendar, const dd_site *site,
                                    dd_sun_cache *sun, int64_t now_ms);
