#include "models/controller/core/timetable.h"

#include <stddef.h>

static dd_group *find(dd_timetable *timetable, uint32_t id) {
    for (int i = 0; i < DD_GROUPS; i++)
        if (timetable->groups[i].id == id) return &timetable->groups[i];
    return NULL;
}

const dd_group *dd_timetable_group(const dd_timetable *timetable, uint32_t id) {
    for (int i = 0; id && i < DD_GROUPS; i++)
        if (timetable->groups[i].id == id) return &timetable->groups[i];
    return NULL;
}

uint8_t dd_timetable_calendar(const dd_timetable *timetable, uint16_t lamp) {
    const dd_group *first = NULL;
    for (int i = 0; i < DD_GROUPS; i++) {
        const dd_group *group = &timetable->groups[i];
        if (!group->id || !group->calendar || (first && group->id > first->id)) continue;
        if (dd_lamp_set_has(&group->lamps, lamp)) first = group;
    }
    return first ? first->calendar : 0;
}

// --- Changing it ---

// Calendars that no group follows any more make room.
static void tidy(dd_timetable *timetable) {
    bool used[DD_CALENDARS] = {true};
    for (int i = 0; i < DD_GROUPS; i++)
        if (timetable->groups[i].id) used[timetable->groups[i].calendar] = true;
    for (int i = 1; i < DD_CALENDARS; i++)
        if (!used[i]) timetable->calendars[i] = (dd_light_calendar){0};
}

bool dd_timetable_define(dd_timetable *timetable, uint32_t id, const dd_lamp_set *lamps) {
    if (id == 0) return false;
    dd_group *group = find(timetable, id);
    if (dd_lamp_set_empty(lamps)) {
        if (group) *group = (dd_group){0};
        tidy(timetable);
        return true;
    }
    if (!group) group = find(timetable, 0);
    if (!group) return false;
    group->id = id;
    group->lamps = *lamps;
    return true;
}

static void assign_all(dd_timetable *timetable, const dd_light_calendar *calendar) {
    timetable->calendars[0] = *calendar;
    for (int i = 0; i < DD_GROUPS; i++)
        timetable->groups[i].calendar = 0;
    tidy(timetable);
}

// Where a calendar lies, or can lie: in the place of the one that only this group follows, if need
// be.
static uint8_t place_for(const dd_timetable *timetable, const dd_group *group, uint32_t id) {
    bool shared = group->calendar == 0;
    for (uint8_t i = 0; i < DD_CALENDARS; i++)
        if (timetable->calendars[i].id == id) return i;
    for (uint8_t i = 1; i < DD_CALENDARS; i++)
        if (timetable->calendars[i].id == 0) return i;
    for (int i = 0; i < DD_GROUPS; i++) {
        const dd_group *other = &timetable->groups[i];
        shared |= other != group && other->id && other->calendar == group->calendar;
    }
    return shared ? DD_CALENDARS : group->calendar;
}

bool dd_timetable_assign(dd_timetable *timetable, uint32_t group,
                         const dd_light_calendar *calendar) {
    if (group == 0) {
        assign_all(timetable, calendar);
        return true;
    }
    dd_group *which = find(timetable, group);
    uint8_t place = which ? place_for(timetable, which, calendar->id) : DD_CALENDARS;
    if (place == DD_CALENDARS) return false;
    which->calendar = place;
    timetable->calendars[place] = *calendar;
    tidy(timetable);
    return true;
}

// --- In short ---

static uint32_t sum_of(const dd_light_calendar *calendar) {
    return calendar->id ? dd_light_calendar_id(calendar) : 0;
}

// FNV-1a, as a calendar's.
uint32_t dd_group_hash(const dd_lamp_set *lamps) {
    uint32_t hash = 2166136261u;
    for (int i = 0; i < DD_LAMP_SET_WORDS; i++)
        for (int shift = 0; shift < 32; shift += 8)
            hash = (hash ^ (lamps->bits[i] >> shift & 0xFF)) * 16777619u;
    return hash;
}

dd_timetable_state dd_timetable_sum(const dd_timetable *timetable) {
    dd_timetable_state state = {.calendar = sum_of(&timetable->calendars[0])};
    for (int i = 0; i < DD_GROUPS; i++) {
        const dd_group *group = &timetable->groups[i];
        if (!group->id) continue;
        state.groups[i].id = group->id;
        state.groups[i].lamps = dd_group_hash(&group->lamps);
        if (group->calendar)
            state.groups[i].calendar = sum_of(&timetable->calendars[group->calendar]);
    }
    return state;
}

static bool holds(const dd_timetable_state *state, const dd_timetable_state *other, int i) {
    for (int j = 0; j < DD_GROUPS; j++)
        if (state->groups[j].id == other->groups[i].id)
            return state->groups[j].calendar == other->groups[i].calendar &&
                   state->groups[j].lamps == other->groups[i].lamps;
    return other->groups[i].id == 0; // all places are taken
}

bool dd_timetable_same(const dd_timetable_state *a, const dd_timetable_state *b) {
    bool same = a->calendar == b->calendar;
    for (int i = 0; i < DD_GROUPS; i++)
        same = same && holds(a, b, i) && holds(b, a, i);
    return same;
}

bool dd_timetable_valid(const dd_timetable *timetable) {
    for (int i = 0; i < DD_CALENDARS; i++) {
        const dd_light_calendar *calendar = &timetable->calendars[i];
        if (calendar->id && !dd_light_calendar_valid(calendar)) return false;
    }
    for (int i = 0; i < DD_GROUPS; i++) {
        const dd_group *group = &timetable->groups[i];
        if (group->calendar >= DD_CALENDARS ||
            (group->calendar && (!group->id || !timetable->calendars[group->calendar].id)))
            return false;
    }
    return true;
}
