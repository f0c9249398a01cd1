#include "models/crew/crew.h"
#include "models/crew/callout.h"
#include "models/crew/dispatch.h"
#include "models/kind.h"

#include <math.h>

enum { DAY_MIN = 24 * 60 };

// --- Shifts ---

static int32_t minutes(double hours) {
    return (int32_t)lrint(hours * 60);
}

static bool lies_within(int32_t minute, int32_t from, int32_t until) {
    return from <= until ? minute >= from && minute < until : minute >= from || minute < until;
}

static int32_t minute_now(const dd_domain *hub) {
    dd_civil civil = dd_civil_at(&dd_world_of(hub)->def.calendar, hub->now);
    return civil.hour * 60 + civil.minute;
}

bool dd_crew_on_shift(const dd_domain *hub, const dd_crew *crew) {
    const dd_settings *settings = dd_settings_of(hub);
    return lies_within(minute_now(hub), minutes(settings->crew_day_from_h),
                       minutes(settings->crew_day_until_h)) != crew->night;
}

bool dd_crew_on_break(const dd_domain *hub, const dd_crew *crew) {
    const dd_settings *settings = dd_settings_of(hub);
    int32_t from = minutes(settings->crew_break_h);
    int32_t until = (from + (int32_t)lrint(settings->crew_break_min)) % DAY_MIN;
    return !crew->night && lies_within(minute_now(hub), from, until);
}

// The next moment after now at which it is so many minutes after midnight.
static dd_time next_clock(const dd_domain *hub, int32_t minute) {
    dd_time time =
        dd_midnight_before(&dd_world_of(hub)->def.calendar, hub->now) + minute * DD_MINUTE;
    while (time <= hub->now)
        time += DD_DAY;
    return time;
}

static void plan_shift(dd_domain *hub) {
    const dd_settings *settings = dd_settings_of(hub);
    dd_time begin = next_clock(hub, minutes(settings->crew_day_from_h));
    dd_time end = next_clock(hub, minutes(settings->crew_day_until_h));
    dd_schedule(hub, begin < end ? begin : end, DD_KIND_SHIFT, 0, 0, 0, 0);
}

static void stand_by(dd_domain *hub, dd_crew *crew, dd_crew_state state) {
    if (crew->state == state) return;
    crew->state = (uint8_t)state;
    crew->since = hub->now;
    crew->due = DD_NEVER;
    dd_record_make(hub, DD_REC_CREW, crew->entity, 0, state, 0, DD_NEVER, 0);
}

// Who is at work ends it first; who is under way turns back, and another goes.
static void change_shift(dd_domain *hub, dd_crews *crews, dd_crew *crew) {
    bool on = dd_crew_on_shift(hub, crew);
    if (crew->state == DD_CREW_OFF && on) stand_by(hub, crew, DD_CREW_READY);
    if (crew->state == DD_CREW_READY && !on) stand_by(hub, crew, DD_CREW_OFF);
    if (crew->state == DD_CREW_DRIVING && !on)
        dd_callout_break_off(hub, crews, crew, DD_VISIT_OPEN, 0);
}

void dd_crew_shift(dd_domain *hub, dd_crews *crews) {
    int64_t every = (int64_t)dd_settings_of(hub)->crew_resupply_d;
    dd_depot_resupply(&crews->depot, hub->now / DD_DAY, every);
    for (uint32_t i = 1; i <= crews->n; i++) {
        if (crews->all[i].state == DD_CREW_OFF) dd_depot_load(&crews->depot, crews->all[i].kit);
        change_shift(hub, crews, &crews->all[i]);
    }
    plan_shift(hub);
}

// --- Start ---

// Of a shift's crews the first, third, ... have a lift, the others the telecom's instruments; who
// is alone on it has both.
static uint8_t skills_of(uint32_t nth, uint32_t n) {
    if (n == 1) return DD_SKILL_ELECTRICIAN | DD_SKILL_TELECOM | DD_SKILL_LIFT;
    return DD_SKILL_ELECTRICIAN | (nth % 2 == 0 ? DD_SKILL_LIFT : DD_SKILL_TELECOM);
}

void dd_crews_start(dd_domain *hub, dd_crews *crews) {
    const dd_world *world = dd_world_of(hub);
    const dd_settings *settings = &world->def.settings;
    uint32_t day_n = (uint32_t)settings->crew_day_n, night_n = (uint32_t)settings->crew_night_n;
    if (day_n + night_n > DD_CREWS_MAX) night_n = DD_CREWS_MAX - day_n;
    crews->n = day_n + night_n;
    dd_pool_init(&crews->tickets, &hub->arena, sizeof(dd_ticket));
    dd_streets_start(hub, &crews->streets);
    dd_depot_open(&crews->depot, world);
    for (uint32_t i = 1; i <= crews->n; i++) {
        bool night = i > day_n;
        dd_crew *crew = &crews->all[i];
        *crew =
            (dd_crew){.due = DD_NEVER,
                      .entity = dd_world_entity(world, DD_ENTITY_CREW, i),
                      .number = (uint8_t)i,
                      .skills = night ? skills_of(i - day_n - 1, night_n) : skills_of(i - 1, day_n),
                      .night = night};
        dd_depot_load(&crews->depot, crew->kit);
        if (dd_crew_on_shift(hub, crew)) stand_by(hub, crew, DD_CREW_READY);
    }
    if (crews->n) plan_shift(hub);
    if (crews->n && settings->centre_dispatch > 0) dd_dispatch_plan(hub, crews);
}

// --- Looking ---

const dd_crew *dd_crew_at(const dd_crews *crews, uint32_t number) {
    return number && number <= crews->n ? &crews->all[number] : NULL;
}

const dd_ticket *dd_ticket_at(const dd_crews *crews, uint32_t number) {
    return number && number <= crews->ticket_n ? dd_pool_at(&crews->tickets, number) : NULL;
}

// --- Sending and calling back ---

// The segment in which something is that a crew can go to; 0: it can not.
static uint32_t segment_of(const dd_world *world, uint32_t entity) {
    const dd_city *city = world->city;
    uint32_t index = dd_world_index(world, entity);
    switch ((dd_entity_type)world->entities.all[entity].type) {
    case DD_ENTITY_LAMP:
        return city->lamps[index].segment;
    case DD_ENTITY_FEEDER:
        return city->feeders[index].segment;
    case DD_ENTITY_SEGMENT:
        return index;
    case DD_ENTITY_CABINET:
        return city->cabinets[index].segment;
    case DD_ENTITY_ROAD:
        return city->lamps[dd_city_middle_lamp(city, index)].segment;
    default:
        return 0;
    }
}

bool dd_crew_can_visit(const dd_domain *hub, uint32_t entity) {
    return segment_of(dd_world_of(hub), entity) != 0;
}

void dd_crew_redirect(const dd_domain *hub, dd_ticket *ticket, uint32_t entity) {
    uint32_t segment = segment_of(dd_world_of(hub), entity);
    if (!segment) return;
    ticket->entity = entity;
    ticket->segment = segment;
}

static bool check(dd_domain *hub, dd_crews *crews, uint32_t crew, uint32_t entity,
                  dd_error *error) {
    const dd_world *world = dd_world_of(hub);
    const dd_entity *what = &world->entities.all[entity];
    if (!crews->n)
        return dd_fail(error, DD_WRONG, "there are no crews: crew.day_n and crew.night_n are 0");
    if (crew > crews->n)
        return dd_fail(error, DD_WRONG, "there is no crew %u; they are crew-1 to %s", crew,
                       dd_crew_names[crews->n]);
    if (!segment_of(world, entity))
        return dd_fail(
            error, DD_WRONG,
            "a crew cannot go to a %s (%s); send it to a lamp, a feeder, a cabinet, a segment or a "
            "road with lamps",
            dd_entity_type_names[what->type], what->name);
    uint32_t ticket = crew ? crews->all[crew].ticket : 0;
    if (ticket)
        return dd_fail(error, DD_WRONG, "%s is on its way to or at %s; recall it, or send another",
                       dd_crew_names[crew],
                       world->entities.all[dd_ticket_at(crews, ticket)->entity].name);
    return dd_streets_open(hub, &crews->streets, error);
}

uint32_t dd_crew_dispatch(dd_domain *hub, dd_crews *crews, uint32_t crew, uint32_t entity,
                          uint32_t incident, dd_alarm_priority priority, uint64_t cause,
                          dd_error *error) {
    if (!check(hub, crews, crew, entity, error)) return 0;
    uint32_t number = dd_pool_take(&crews->tickets);
    dd_ticket *ticket = dd_pool_at(&crews->tickets, number);
    *ticket = (dd_ticket){.cause = cause,
                          .asked = hub->now,
                          .arrived = DD_NEVER,
                          .ended = DD_NEVER,
                          .number = number,
                          .entity = entity,
                          .segment = segment_of(dd_world_of(hub), entity),
                          .incident = incident,
                          .priority = (uint8_t)priority,
                          .wanted = (uint8_t)crew};
    crews->ticket_n = number;
    crews->open_n++;
    crews->counts.tickets++;
    dd_dispatch_assign(hub, crews);
    dd_dispatch_plan(hub, crews);
    return number;
}

bool dd_crew_recall(dd_domain *hub, dd_crews *crews, uint32_t crew, uint64_t cause,
                    dd_error *error) {
    if (!crew || crew > crews->n)
        return dd_fail(error, DD_WRONG, "there is no crew %u; there are %u", crew, crews->n);
    if (!crews->all[crew].ticket)
        return dd_fail(error, DD_WRONG, "%s has no ticket to be called back from",
                       dd_crew_names[crew]);
    dd_callout_break_off(hub, crews, &crews->all[crew], DD_VISIT_RECALLED, cause);
    return true;
}

bool dd_crew_cancel(dd_domain *hub, dd_crews *crews, uint32_t number, dd_error *error) {
    const dd_ticket *ticket = dd_ticket_at(crews, number);
    if (!ticket) return dd_fail(error, DD_WRONG, "there is no ticket %u", number);
    if (ticket->ended != DD_NEVER) return dd_fail(error, DD_WRONG, "ticket %u has ended", number);
    if (ticket->crew)
        return dd_fail(error, DD_WRONG, "%s is on ticket %u; recall it",
                       dd_crew_names[ticket->crew], number);
    dd_ticket *it = dd_pool_at(&crews->tickets, number);
    it->ended = hub->now;
    it->result = DD_VISIT_RECALLED;
    crews->open_n--;
    crews->counts.ended++;
    crews->counts.by_result[DD_VISIT_RECALLED]++;
    return true;
}
