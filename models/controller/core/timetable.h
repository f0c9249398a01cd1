// What the lamps of a segment follow: its calendar, its groups, and calendars of groups. The
// controller keeps it for good, and the centre holds what it has given. Plain and without pointers:
// it can be stored as it is. Freestanding.
#pragma once

#include "models/controller/core/calendar.h"
#include "models/controller/core/group.h"

enum { DD_CALENDARS = 4 }; // of one segment: its own, and three of groups

typedef struct dd_timetable {
    dd_light_calendar calendars[DD_CALENDARS]; // [0]: of lamps whose groups have none of their own
    dd_group groups[DD_GROUPS];
} dd_timetable;

// A timetable in short, enough to tell whether two are the same.
typedef struct dd_group_state {
    uint32_t id;       // 0: none
    uint32_t calendar; // id of its own, 0: the segment's
    uint32_t lamps;    // dd_group_hash
} dd_group_state;

typedef struct dd_timetable_state {
    uint32_t calendar; // id of the segment's
    dd_group_state groups[DD_GROUPS];
} dd_timetable_state;

// The group of an id, NULL: there is none.
const dd_group *dd_timetable_group(const dd_timetable *timetable, uint32_t id);

// Which of the calendars a lamp follows, [0 .. DD_CALENDARS). Of several groups with calendars that
// with the smallest id counts.
uint8_t dd_timetable_calendar(const dd_timetable *timetable, uint16_t lamp);

// Makes a group of these lamps, or changes who is in it; without lamps it ceases to be. False when
// there is no room for it; an id of 0 is none.
bool dd_timetable_define(dd_timetable *timetable, uint32_t id, const dd_lamp_set *lamps);

// Gives a group a calendar or, with `group` 0, all lamps: those in groups too. The segment's own
// lets a group go back to it. False when there is no such group or no room.
bool dd_timetable_assign(dd_timetable *timetable, uint32_t group,
                         const dd_light_calendar *calendar);

// A hash of who is in a group.
uint32_t dd_group_hash(const dd_lamp_set *lamps);

// In short, made from the calendars themselves and not from the ids that they bear, so that one
// that has been damaged shows; and whether two are the same, whatever the order of their groups.
dd_timetable_state dd_timetable_sum(const dd_timetable *timetable);
bool dd_timetable_same(const dd_timetable_state *a, const dd_timetable_state *b);

// False for one that no controller should keep: flash may be damaged.
bool dd_timetable_valid(const dd_timetable *timetable);
