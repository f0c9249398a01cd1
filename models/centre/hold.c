#include "models/centre/hold.h"
#include "models/centre/centre.h"
#include "models/world.h"

// What was read so shortly after a hold has ended may yet show it: readings gather for ten seconds,
// and clocks differ.
#define GRACE DD_MINUTE

void dd_holds_start(dd_domain *hub, dd_centre *centre) {
    dd_holds *holds = &centre->holds;
    uint32_t segment_n = dd_world_of(hub)->city->segment_n;
    dd_pool_init(&holds->pool, &hub->arena, sizeof(dd_hold));
    holds->first = dd_arena_take(&hub->arena, segment_n * sizeof *holds->first);
    holds->let_go_s = dd_arena_take(&hub->arena, segment_n * sizeof *holds->let_go_s);
}

static dd_hold *at(const dd_centre *centre, uint32_t handle) {
    return dd_pool_at(&centre->holds.pool, handle);
}

static dd_lamp_set lamps_of(const dd_domain *hub, const dd_centre *centre, uint32_t segment,
                            const dd_order *order) {
    uint32_t lamp_n = dd_world_of(hub)->city->segments[segment].lamp_count;
    if (order->group && order->lamp_n == 0)
        return dd_schedule_members(centre, segment, order->group);
    dd_lamp_set lamps = {0};
    for (uint16_t i = 0; i < order->lamp_n; i++)
        if (order->lamps[i] >= 1 && order->lamps[i] <= lamp_n)
            dd_lamp_set_add(&lamps, order->lamps[i]);
    for (uint16_t lamp = 1; order->lamp_n == 0 && lamp <= lamp_n; lamp++)
        dd_lamp_set_add(&lamps, lamp);
    return lamps;
}

// --- The list of a segment ---

static void drop(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t *link) {
    uint32_t handle = *link;
    *link = at(centre, handle)->next;
    dd_pool_give(&centre->holds.pool, handle);
    centre->holds.let_go_s[segment] = (int32_t)(hub->now / DD_SECOND);
}

// Whoever is after `link` lets go of these lamps.
static void take_away(dd_domain *hub, dd_centre *centre, uint32_t segment, uint32_t *link,
                      const dd_lamp_set *lamps) {
    while (*link) {
        dd_hold *hold = at(centre, *link);
        dd_lamp_set_subtract(&hold->lamps, lamps);
        if (dd_lamp_set_empty(&hold->lamps))
            drop(hub, centre, segment, link);
        else
            link = &hold->next;
    }
}

static void end_late(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    for (uint32_t *link = &centre->holds.first[segment]; *link;) {
        if (at(centre, *link)->until <= hub->now)
            drop(hub, centre, segment, link);
        else
            link = &at(centre, *link)->next;
    }
}

// --- Orders ---

void dd_hold_begin(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_order *order) {
    dd_time until = DD_NEVER;
    if (order->expires_ms)
        until = order->expires_ms * DD_MILLISECOND -
                dd_world_unix_us(dd_world_of(hub), 0) * DD_MICROSECOND;
    if (until <= hub->now) return;
    uint32_t handle = dd_pool_take(&centre->holds.pool);
    *at(centre, handle) = (dd_hold){.since = hub->now,
                                    .until = until,
                                    .next = centre->holds.first[segment],
                                    .command = order->number,
                                    .level_pm = order->level_pm,
                                    .lamps = lamps_of(hub, centre, segment, order)};
    centre->holds.first[segment] = handle;
    dd_incident_plan(hub, centre, segment, dd_hold_next(hub, centre, segment));
}

void dd_hold_end(dd_domain *hub, dd_centre *centre, uint32_t segment, const dd_order *order,
                 bool obeyed) {
    uint32_t *link = &centre->holds.first[segment];
    if (order->kind == DD_ORDER_OVERRIDE) {
        while (*link && at(centre, *link)->command != order->number)
            link = &at(centre, *link)->next;
        if (!*link) return;
        if (!obeyed) {
            drop(hub, centre, segment, link);
            return;
        }
        link = &at(centre, *link)->next; // the newest wins
    } else if (!obeyed) {
        return;
    }
    dd_lamp_set lamps = lamps_of(hub, centre, segment, order);
    take_away(hub, centre, segment, link, &lamps);
    dd_incident_plan(hub, centre, segment, hub->now + GRACE);
}

// --- Looking ---

const dd_hold *dd_hold_of(const dd_domain *hub, const dd_centre *centre, uint32_t segment,
                          uint16_t lamp) {
    for (uint32_t h = centre->holds.first[segment]; h; h = at(centre, h)->next)
        if (at(centre, h)->until > hub->now && dd_lamp_set_has(&at(centre, h)->lamps, lamp))
            return at(centre, h);
    return NULL;
}

static dd_time limit_of(const dd_domain *hub) {
    return dd_seconds(dd_settings_of(hub)->centre_override_h * 3600);
}

// Held for too long already, and for as long again to come.
static bool forgotten(const dd_domain *hub, const dd_hold *hold) {
    dd_time limit = limit_of(hub);
    return limit > 0 && hub->now - hold->since >= limit && hold->until - hub->now > limit;
}

// A lamp has been read to be held, and nobody is known to hold it.
static bool strange(const dd_domain *hub, const dd_centre *centre, uint32_t segment,
                    uint16_t number) {
    const dd_belief *belief = &centre->beliefs[dd_register_lamp(hub, segment, number)];
    return belief->flags & DD_READING_OVERRIDDEN &&
           belief->heard_s > centre->holds.let_go_s[segment] + GRACE / DD_SECOND &&
           !dd_hold_of(hub, centre, segment, number);
}

static uint32_t count_left(const dd_domain *hub, const dd_centre *centre, uint32_t segment) {
    uint32_t lamp_n = dd_world_of(hub)->city->segments[segment].lamp_count, n = 0;
    for (uint16_t number = 1; number <= lamp_n; number++) {
        const dd_hold *hold = dd_hold_of(hub, centre, segment, number);
        n += hold ? forgotten(hub, hold) : strange(hub, centre, segment, number);
    }
    return n;
}

void dd_hold_look(dd_domain *hub, dd_centre *centre, uint32_t segment) {
    uint32_t entity = dd_world_entity(dd_world_of(hub), DD_ENTITY_SEGMENT, segment);
    end_late(hub, centre, segment);
    uint32_t left = count_left(hub, centre, segment);
    if (left)
        dd_alarm_raise(hub, &centre->alarms, segment, entity, DD_ALARM_OVERRIDE_LEFT, (int32_t)left,
                       0);
    else
        dd_alarm_return(hub, &centre->alarms, segment, entity, DD_ALARM_OVERRIDE_LEFT, 0);
}

dd_time dd_hold_next(const dd_domain *hub, const dd_centre *centre, uint32_t segment) {
    uint32_t entity = dd_world_entity(dd_world_of(hub), DD_ENTITY_SEGMENT, segment);
    dd_time poll = dd_seconds(dd_settings_of(hub)->centre_poll_s) + GRACE, next = DD_NEVER;
    if (dd_alarm_active(&centre->alarms, segment, entity, DD_ALARM_OVERRIDE_LEFT))
        next = hub->now + poll;
    for (uint32_t h = centre->holds.first[segment]; h; h = at(centre, h)->next) {
        dd_time due = at(centre, h)->since + limit_of(hub);
        if (due > hub->now && due < next && at(centre, h)->until > due + limit_of(hub)) next = due;
        if (at(centre, h)->until < next) next = at(centre, h)->until;
    }
    return next;
}
