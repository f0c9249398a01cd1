#include "models/centre/schedule.h"
#include "models/centre/centre.h"
#include "models/kind.h"
#include "models/world.h"

#include <string.h>

void dd_schedules_init(dd_schedules *schedules, dd_arena *arena, uint32_t segment_n,
                       const dd_light_calendar *commissioned) {
    *schedules = (dd_schedules){.given = dd_arena_take(arena, segment_n * sizeof(dd_given)),
                                .commissioned.calendars[0] = *commissioned};
    dd_pool_init(&schedules->timetables, arena, sizeof(dd_timetable));
    for (uint32_t i = 1; i < segment_n; i++)
        schedules->given[i].held.calendar = commissioned->id;
}

// --- What is wanted ---

static dd_given *given_to(dd_centre *centre, uint32_t segment) {
    return &centre->schedules.given[segment];
}

static dd_timetable *timetable_at(const dd_centre *centre, uint32_t handle) {
    return dd_pool_at(&centre->schedules.timetables, handle);
}

static const dd_timetable *wanted_of(const dd_centre *centre, uint32_t segment) {
    uint32_t handle = centre->schedules.given[segment].timetable;
    return handle ? timetable_at(centre, handle) : &centre->schedules.commissioned;
}

// The handle of a timetable like this one that is wanted of some segment, 0: there is none; and of
// how many segments the one with a handle is wanted. Whole cities are given the same.
static uint32_t find_alike(const dd_centre *centre, uint32_t segment_n, const dd_timetable *like) {
    for (uint32_t i = 1; i < segment_n; i++) {
        uint32_t handle = centre->schedules.given[i].timetable;
        if (handle && memcmp(timetable_at(centre, handle), like, sizeof *like) == 0) return handle;
    }
    return 0;
}

static uint32_t count_users(const dd_centre *centre, uint32_t segment_n, uint32_t handle) {
    uint32_t n = 0;
    for (uint32_t i = 1; i < segment_n; i++)
        n += centre->schedules.given[i].timetable == handle;
    return n;
}

static void want(const dd_domain *hub, dd_centre *centre, uint32_t segment,
                 const dd_timetable *wanted, uint64_t cause) {
    dd_given *given = given_to(centre, segment);
    uint32_t segment_n = dd_world_of(hub)->city->segment_n;
    uint32_t before = given->timetable, alike = find_alike(centre, segment_n, wanted);
    bool alone = before && count_users(centre, segment_n, before) == 1;
    if (alike && alike != before) {
        if (alone) dd_pool_give(&centre->schedules.timetables, before);
        given->timetable = alike;
    } else if (!alike) {
        if (!alone) given->timetable = dd_pool_take(&centre->schedules.timetables);
        *timetable_at(centre, given->timetable) = *wanted;
    }
    given->cause = cause;
    given->verified = false;
}

bool dd_schedule_has(const dd_centre *centre, uint32_t segment, uint32_t group) {
    return dd_timetable_group(wanted_of(centre, segment), group) != NULL;
}

dd_lamp_set dd_schedule_members(const dd_centre *centre, uint32_t segment, uint32_t group) {
    const dd_group *which = dd_timetable_group(wanted_of(centre, segment), group);
    return which ? which->lamps : (dd_lamp_set){0};
}

uint16_t dd_schedule_due_pm(const dd_domain *hub, dd_centre *centre, uint32_t segment,
                            uint16_t lamp) {
    const dd_world *world = dd_world_of(hub);
    const dd_timetable *wanted = wanted_of(centre, segment);
    dd_site site = dd_world_site(&world->def);
    int64_t now_ms = dd_world_unix_us(world, hub->now) / 1000;
    return dd_light_calendar_at(&wanted->calendars[dd_timetable_calendar(wanted, lamp)], &site,
                                &centre->schedules.sun, now_ms)
        .level_pm;
}

// FNV-1a.
uint32_t dd_group_id(const char *name) {
    uint32_t hash = 2166136261u;
    for (; *name; name++)
        hash = (hash ^ (uint8_t)*name) * 16777619u;
    return hash ? hash : 1;
}

// --- What is to be told next ---

static const uint32_t nobody = UINT32_MAX;

// Where a group of an id stands in a state, or `nobody`.
static uint32_t place_of(const dd_timetable_state *state, uint32_t id) {
    for (uint32_t i = 0; i < DD_GROUPS; i++)
        if (state->groups[i].id == id) return i;
    return nobody;
}

static dd_order calendar_order(const dd_light_calendar *calendar, uint32_t group) {
    return (dd_order){.kind = DD_ORDER_CALENDAR, .group = group, .calendar = *calendar};
}

static dd_order group_order(uint32_t id, const dd_lamp_set *lamps) {
    return (dd_order){.kind = DD_ORDER_GROUP, .group = id, .members = *lamps};
}

// An order that brings a controller which keeps `held` nearer to what is wanted: the segment's
// calendar first, since it takes those of the groups away; groups that are no more, then those that
// have changed, then their calendars. False: there is nothing left to tell.
static bool next_order(const dd_timetable *wanted, const dd_timetable_state *held,
                       dd_order *order) {
    dd_timetable_state sum = dd_timetable_sum(wanted);
    if (held->calendar != sum.calendar) {
        *order = calendar_order(&wanted->calendars[0], 0);
        return true;
    }
    for (int i = 0; i < DD_GROUPS; i++) {
        if (!held->groups[i].id || place_of(&sum, held->groups[i].id) != nobody) continue;
        *order = group_order(held->groups[i].id, &(dd_lamp_set){0});
        return true;
    }
    for (int i = 0; i < DD_GROUPS; i++) {
        const dd_group *group = &wanted->groups[i];
        uint32_t at = group->id ? place_of(held, group->id) : nobody;
        if (!group->id || (at != nobody && held->groups[at].lamps == sum.groups[i].lamps)) continue;
        *order = group_order(group->id, &group->lamps);
        return true;
    }
    for (int i = 0; i < DD_GROUPS; i++) {
        const dd_group *group = &wanted->groups[i];
        uint32_t at = group->id ? place_of(held, group->id) : nobody;
        if (at == nobody || held->groups[at].calendar == sum.groups[i].calendar) continue;
        *order = calendar_order(&wanted->calendars[group->calendar], group->id);
        return true;
    }
    return false;
}

static void apply_calendar(dd_timetable_state *held, const dd_order *order) {
    uint32_t id = order->calendar.id;
    if (order->group) {
        uint32_t at = place_of(held, order->group);
        if (at != nobody) held->groups[at].calendar = id == held->calendar ? 0 : id;
        return;
    }
    held->calendar = id;
    for (int i = 0; i < DD_GROUPS; i++)
        held->groups[i].calendar = 0;
}

static void apply_group(dd_timetable_state *held, const dd_order *order) {
    uint32_t at = place_of(held, order->group);
    if (dd_lamp_set_empty(&order->members)) {
        if (at != nobody) memset(&held->groups[at], 0, sizeof held->groups[at]);
        return;
    }
    if (at == nobody) at = place_of(held, 0);
    if (at == nobody) return;
    if (held->groups[at].id == 0) held->groups[at].calendar = 0;
    held->groups[at].id = order->group;
    held->groups[at].lamps = dd_group_hash(&order->members);
}

// --- Giving and asking ---

static uint32_t segment_entity(const dd_domain *hub, uint32_t segment) {
    return dd_world_entity(dd_world_of(hub), DD_ENTITY_SEGMENT, segment);
}

typedef enum schedule_step { PUSHED, VERIFIED, DIFFERS } schedule_step; // names: models/schema.c

static void tell(dd_domain *hub, uint32_t segment, schedule_step step, uint32_t calendar,
                 uint32_t group, uint64_t cause) {
    dd_record_make(hub, DD_REC_SCHEDULE, segment_entity(hub, segment), cause, step, calendar, group,
                   0);
}

static void ask(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    dd_given *given = given_to(centre, segment);
    given->asked = ++centre->schedules.question_n;
    dd_centre_send(hub, centre, segment,
                   &(dd_order){.kind = DD_ORDER_STATE, .number = given->asked});
    dd_time due = hub->now + dd_seconds(dd_settings_of(hub)->centre_give_up_s);
    dd_schedule(hub, due, DD_KIND_SCHEDULE, segment, 0, given->asked, 0);
}

// Gives the next thing, one at a time: they build on each other. When there is nothing more to
// give, it is read back.
static void go_on(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    dd_given *given = given_to(centre, segment);
    if (given->command || given->asked || centre->sessions[segment].absent) return;
    dd_order order;
    if (!next_order(wanted_of(centre, segment), &given->held, &order)) {
        if (!given->verified) ask(hub, centre, segment);
        return;
    }
    uint32_t calendar = order.kind == DD_ORDER_CALENDAR ? order.calendar.id : 0;
    tell(hub, segment, PUSHED, calendar, order.group, given->cause);
    given->command = dd_centre_command(hub, centre, segment, &order, given->cause);
}

bool dd_schedule_group(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t group,
                       const dd_lamp_set *lamps, uint64_t cause) {
    dd_timetable wanted = *wanted_of(centre, segment);
    if (!dd_timetable_define(&wanted, group, lamps)) return false;
    want(hub, centre, segment, &wanted, cause);
    go_on(hub, centre, segment);
    return true;
}

bool dd_schedule_calendar(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t group,
                          const dd_light_calendar *calendar, uint64_t cause) {
    dd_timetable wanted = *wanted_of(centre, segment);
    if (!dd_timetable_assign(&wanted, group, calendar)) return false;
    want(hub, centre, segment, &wanted, cause);
    go_on(hub, centre, segment);
    return true;
}

// --- What comes back ---

// Where not all lamps have it the controller may have kept it all the same: that is read back.
void dd_schedule_outcome(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_order *order,
                         bool done) {
    dd_given *given = given_to(centre, segment);
    if (order->kind == DD_ORDER_CALENDAR)
        apply_calendar(&given->held, order);
    else
        apply_group(&given->held, order);
    given->command = 0;
    if (done || given->asked)
        go_on(hub, centre, segment);
    else
        ask(hub, centre, segment);
}

void dd_schedule_restarted(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    if (!given_to(centre, segment)->command) ask(hub, centre, segment);
}

static void judge(dd_domain *hub, dd_centre *centre, uint32_t segment, bool strange) {
    dd_given *given = given_to(centre, segment);
    uint32_t entity = segment_entity(hub, segment);
    dd_timetable_state sum = dd_timetable_sum(wanted_of(centre, segment));
    if (strange) {
        tell(hub, segment, DIFFERS, given->held.calendar, 0, given->cause);
        dd_centre_alarm(hub, centre, segment, entity, DD_ALARM_SCHEDULE, 0, given->cause);
        given->strange = true;
    }
    bool right = dd_timetable_same(&given->held, &sum);
    if (right && !given->verified)
        tell(hub, segment, VERIFIED, given->held.calendar, 0, given->cause);
    given->verified = right;
    if (!right || !given->strange) return;
    dd_centre_alarm_over(hub, centre, segment, entity, DD_ALARM_SCHEDULE, 0);
    given->strange = false;
}

void dd_schedule_state(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_word *word) {
    dd_given *given = given_to(centre, segment);
    if (!given->asked || word->number != given->asked) return; // late: a newer question is open
    bool strange = !dd_timetable_same(&given->held, &word->state.timetable);
    given->asked = 0;
    given->held = word->state.timetable;
    given->due_n = word->state.due_n;
    judge(hub, centre, segment, strange);
    go_on(hub, centre, segment);
}

// The line may be down: asked again until it answers.
void dd_schedule_due(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t question) {
    dd_given *given = given_to(centre, segment);
    if (given->asked != question || centre->sessions[segment].absent) return;
    ask(hub, centre, segment);
}
