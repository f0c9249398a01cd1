// What the centre has its segments follow: calendars and groups. What is wanted of a segment is
// given by commands, one after the other, then read back from the controller and compared. One that
// keeps something else than it was told (it has refused, or lost it) is told again, and an alarm
// says so until it is right (DD_ALARM_SCHEDULE).
#pragma once

#include "engine/engine.h"
#include "models/controller/core/message.h"

struct dd_centre;

// How far a segment is from what is wanted of it.
typedef struct dd_given {
    dd_timetable_state held; // what it keeps, if it has done as it was told
    uint64_t cause;          // of what was wanted last
    uint32_t timetable;      // what is wanted: handle in dd_schedules; 0: as commissioned
    uint32_t command;        // under way to it, its number; 0: none
    uint32_t asked;          // number of the question what it keeps; 0: none is open
    uint32_t due_n;          // lamps that have yet to be given their calendar, as it says
    bool verified;           // it keeps what is wanted, and has said so
    bool strange;            // it has said that it keeps something else than it was told
} dd_given;

typedef struct dd_schedules {
    dd_timetable commissioned; // with which all begin
    dd_pool timetables;        // dd_timetable: all others that are wanted of some segment
    dd_given *given;           // by segment
    dd_sun_cache sun;
    uint32_t question_n;
} dd_schedules;

// All segments are taken to keep the calendar that they were commissioned with.
void dd_schedules_init(dd_schedules *schedules, dd_arena *arena, uint32_t segment_n,
                       const dd_light_calendar *commissioned);

// Whether a segment has a group of that id.
bool dd_schedule_has(const struct dd_centre *centre, uint32_t segment, uint32_t group);

// Who is in a group of a segment's, by their numbers in it.
dd_lamp_set dd_schedule_members(const struct dd_centre *centre, uint32_t segment, uint32_t group);

// The level, thousandths, that a lamp (its number within the segment) is to have now by its
// calendar.
uint16_t dd_schedule_due_pm(const dd_domain *hub, struct dd_centre *centre, uint32_t segment,
                            uint16_t lamp);

// The id of a group of a name: groups of several segments make up one of the city's by it. Never 0.
uint32_t dd_group_id(const char *name);

// From now on a group of a segment's is made of these lamps (by their numbers in it); of none:
// there is no such group any more. False when the segment has as many groups as it can.
bool dd_schedule_group(dd_domain *hub, struct dd_centre *centre, uint32_t segment, uint32_t group,
                       const dd_lamp_set *lamps, uint64_t cause);

// From now on a group of a segment's or, with `group` 0, all of its lamps follow a valid calendar.
// False when there is no such group, or the segment has as many calendars as it can.
bool dd_schedule_calendar(dd_domain *hub, struct dd_centre *centre, uint32_t segment,
                          uint32_t group, const dd_light_calendar *calendar, uint64_t cause);

// A controller has started; it says what it keeps; a command to keep something has an outcome.
void dd_schedule_restarted(dd_domain *hub, struct dd_centre *centre, uint32_t segment);
void dd_schedule_state(dd_domain *hub, struct dd_centre *centre, uint32_t segment,
                       const dd_word *word);
void dd_schedule_outcome(dd_domain *hub, struct dd_centre *centre, uint32_t segment,
                         const dd_order *order, bool done);

// Event of the hub: the question with that number should have been answered by now.
void dd_schedule_due(dd_domain *hub, struct dd_centre *centre, uint32_t segment, uint32_t question);
