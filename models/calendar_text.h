// Light calendars as people write them.
#pragma once

#include "engine/base.h"
#include "models/controller/core/calendar.h"

// Reads a calendar of one word, parts of which are separated by ";":
//
//   NAME:sunset=100,23:00=60,sunrise=0   a program, in the form of dd_program_add; NAME:off is dark
//   NAME@CONDITION                       a rule: that program on days that fit; the first counts
//   NAME                                 the default, of days that no rule fits
//
// A condition is a list of what must all be so, separated by ",": a date or a range of dates, both
// ends included ("2021-02-11", "2021-02-11..2021-02-17", each year "09-02", "12-24..01-02", each
// month "15", "1..7"); weekdays ("sat", "mon-fri"), of which one must be so; and which of them in
// their month ("1st" to "5th", "last"). Days are those of the evening; one goes from noon to noon.
//
//   normal:sunset=100,sunrise=0;tet:sunset=100,sunrise=0;tet@2021-02-11..2021-02-17;normal
//
// The calendar comes sealed. False and an error that names the part.
bool dd_calendar_parse(const char *text, dd_light_calendar *calendar, dd_error *error);
