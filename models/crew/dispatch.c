#include "models/crew/dispatch.h"
#include "models/crew/callout.h"
#include "models/kind.h"

static const dd_time LOOK_EVERY = DD_MINUTE;
static const uint32_t UNLIKELY_MS = 30 * 60000; // who probably lacks the skill had better not go

// --- Who goes ---

// What it takes, as far as earlier visits to the same thing have shown it: DD_FAULT_NONE when
// nobody knows.
static dd_fault_kind known_fault(const dd_crews *crews, const dd_ticket *ticket) {
    for (uint32_t i = ticket->number; i-- > 1;) {
        const dd_ticket *before = dd_ticket_at(crews, i);
        bool same = before->entity == ticket->entity ||
                    (ticket->incident && before->incident == ticket->incident);
        if (same && before->ended != DD_NEVER)
            return before->result == DD_VISIT_MENDED ? DD_FAULT_NONE : (dd_fault_kind)before->fault;
    }
    return DD_FAULT_NONE;
}

// What is likely to be needed there.
static unsigned likely_skills(const dd_domain *hub, const dd_ticket *ticket) {
    switch ((dd_entity_type)dd_world_of(hub)->entities.all[ticket->entity].type) {
    case DD_ENTITY_LAMP:
        return DD_SKILL_LIFT;
    case DD_ENTITY_SEGMENT:
    case DD_ENTITY_CABINET:
        return DD_SKILL_TELECOM;
    default:
        return DD_SKILL_ELECTRICIAN;
    }
}

// Whether a crew may go now; one that is asked for by name goes whatever it is like.
static bool may_go(const dd_domain *hub, const dd_crews *crews, const dd_crew *crew,
                   const dd_ticket *ticket) {
    bool free = crew->state == DD_CREW_READY || crew->state == DD_CREW_RETURNING;
    if (!free || !dd_crew_on_shift(hub, crew)) return false;
    if (ticket->wanted) return ticket->wanted == crew->number;
    if (crew->night && ticket->priority > dd_settings_of(hub)->crew_night_priority) return false;
    if (dd_crew_on_break(hub, crew) && ticket->priority != DD_PRIORITY_HIGH) return false;
    const dd_remedy *remedy = &dd_remedies[known_fault(crews, ticket)];
    return !(remedy->skills & ~crew->skills) && (!remedy->spare || crew->kit[remedy->spare]);
}

static dd_crew *choose(dd_domain *hub, dd_crews *crews, const dd_ticket *ticket) {
    dd_crew *best = NULL;
    uint32_t least = UINT32_MAX;
    for (uint32_t i = 1; i <= crews->n; i++) {
        dd_crew *crew = &crews->all[i];
        if (!may_go(hub, crews, crew, ticket)) continue;
        uint32_t ms = dd_callout_ms(hub, crews, crew, ticket);
        if (likely_skills(hub, ticket) & ~crew->skills) ms += UNLIKELY_MS;
        if (ms >= least) continue;
        least = ms;
        best = crew;
    }
    return best;
}

// --- What waits ---

static bool waits(const dd_ticket *ticket) {
    return !ticket->crew && ticket->ended == DD_NEVER;
}

// The ticket to be seen to after another: by priority, then in the order in which they were asked
// for.
static dd_ticket *next_waiting(dd_crews *crews, const dd_ticket *after) {
    dd_ticket *best = NULL;
    for (uint32_t i = 1; i <= crews->ticket_n; i++) {
        dd_ticket *ticket = dd_pool_at(&crews->tickets, i);
        bool later = !after || ticket->priority > after->priority ||
                     (ticket->priority == after->priority && ticket->number > after->number);
        if (waits(ticket) && later && (!best || ticket->priority < best->priority)) best = ticket;
    }
    return best;
}

void dd_dispatch_assign(dd_domain *hub, dd_crews *crews) {
    for (dd_ticket *ticket = NULL; (ticket = next_waiting(crews, ticket));) {
        dd_crew *crew = choose(hub, crews, ticket);
        if (crew) dd_callout_begin(hub, crews, crew, ticket);
    }
}

// --- The centre's policy ---

// The last ticket of an incident, or NULL.
static const dd_ticket *last_of(const dd_crews *crews, uint32_t incident) {
    for (uint32_t i = crews->ticket_n; i; i--) {
        const dd_ticket *ticket = dd_ticket_at(crews, i);
        if (ticket->incident == incident) return ticket;
    }
    return NULL;
}

// What no crew of the lighting's has a hand in. Of a lost supply the grid's company is told.
static bool is_for_crews(dd_cause cause) {
    switch (cause) {
    case DD_CAUSE_SUPPLY:
    case DD_CAUSE_OPERATOR:
    case DD_CAUSE_CENTRE:
    case DD_CAUSE_ORDER:
    case DD_CAUSE_FIRMWARE:
    case DD_CAUSE_NOTHING:
        return false;
    default:
        return true;
    }
}

static bool stands(const dd_incident *incident) {
    return incident && incident->over_at == DD_NEVER && incident->state != DD_INCIDENT_CLOSED;
}

// Who has been there and could not do it is followed at once by somebody who can; otherwise it is
// given time to show whether it is mended.
static bool wants_a_crew(const dd_domain *hub, const dd_crews *crews, const dd_incident *incident) {
    const dd_settings *settings = dd_settings_of(hub);
    const dd_ticket *last = last_of(crews, incident->number);
    if (!stands(incident) || !is_for_crews((dd_cause)incident->cause)) return false;
    if (!dd_crew_can_visit(hub, incident->entity)) return false;
    if (!last)
        return hub->now - incident->opened_at >= dd_seconds(60 * settings->centre_dispatch_min);
    if (last->ended == DD_NEVER || last->result == DD_VISIT_NOT_OURS) return false;
    if (last->result == DD_VISIT_NO_SKILL || last->result == DD_VISIT_NO_SPARE) return true;
    return hub->now - last->ended >= dd_seconds(60 * settings->centre_again_min);
}

static void ask_for_crews(dd_domain *hub, dd_crews *crews, const dd_centre *centre) {
    for (uint32_t n = 0; (n = dd_incident_after(centre, n));) {
        const dd_incident *incident = dd_incident_find(centre, n);
        if (!wants_a_crew(hub, crews, incident)) continue;
        uint32_t number =
            dd_crew_dispatch(hub, crews, 0, incident->entity, n,
                             (dd_alarm_priority)incident->priority, incident->record, NULL);
        if (number) ((dd_ticket *)dd_pool_at(&crews->tickets, number))->by_policy = true;
    }
}

// What is over needs nobody any more; what has turned out to be something else is looked for there.
static void review_tickets(dd_domain *hub, dd_crews *crews, const dd_centre *centre) {
    for (uint32_t i = 1; i <= crews->ticket_n; i++) {
        dd_ticket *ticket = dd_pool_at(&crews->tickets, i);
        if (!ticket->by_policy || ticket->ended != DD_NEVER || ticket->arrived != DD_NEVER)
            continue;
        const dd_incident *incident = dd_incident_find(centre, ticket->incident);
        if (stands(incident)) {
            if (waits(ticket)) dd_crew_redirect(hub, ticket, incident->entity);
        } else if (ticket->crew) {
            dd_callout_break_off(hub, crews, &crews->all[ticket->crew], DD_VISIT_RECALLED,
                                 incident->record);
        } else {
            dd_crew_cancel(hub, crews, i, NULL);
        }
    }
}

void dd_dispatch_plan(dd_domain *hub, dd_crews *crews) {
    bool needed = crews->open_n || dd_settings_of(hub)->centre_dispatch > 0;
    if (crews->looking || !needed) return;
    crews->looking = true;
    dd_schedule(hub, hub->now + LOOK_EVERY, DD_KIND_DISPATCH, 0, 0, 0, 0);
}

void dd_dispatch_look(dd_domain *hub, dd_crews *crews, const dd_centre *centre) {
    crews->looking = false;
    if (crews->open_n) {
        review_tickets(hub, crews, centre);
        dd_dispatch_assign(hub, crews);
    }
    if (dd_settings_of(hub)->centre_dispatch > 0) ask_for_crews(hub, crews, centre);
    dd_dispatch_plan(hub, crews);
}
