// What the segment's lamps follow, as the controller keeps it in its timetable.
#pragma once

#include "models/controller/core/core.h"

// A timetable that has been damaged is forgotten.
void dd_core_schedule_init(dd_core *core);

// The calendar that a lamp is to follow; one with id 0: there is none.
static inline const dd_light_calendar *dd_core_schedule_of(const dd_core *core, uint16_t lamp) {
    const dd_timetable *timetable = core->storage.timetable;
    return &timetable->calendars[dd_timetable_calendar(timetable, lamp)];
}

// Keeps what a sensible order gives: a calendar, for all lamps or a group, or a group; lamps that
// follow another calendar by who is in that are due to be given it. False when there is no room, or
// no such group.
bool dd_core_schedule_take(dd_core *core, const dd_order *order);

// Says what is kept, in answer to the centre's order `number`.
void dd_core_schedule_tell(dd_core *core, uint32_t number);

// Looks each noon, and when something is given, whether there is a program for the day.
void dd_core_schedule_work(dd_core *core);
int64_t dd_core_schedule_deadline_ms(const dd_core *core);
