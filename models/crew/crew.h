// Crews: who is on shift, where each is and what it does; and the tickets that they are given. All
// of it is the hub's and is belief: what is true at a place only the visit looks at
// (models/crew/visit.h).
#pragma once

#include "models/centre/alarm.h"
#include "models/crew/depot.h"
#include "models/crew/streets.h"

// Somewhere that a crew is to go, or has been, and what has come of it.
typedef struct dd_ticket {
    uint64_t cause;  // record of what asked for it
    uint64_t record; // of sending the crew, 0: none has been sent yet
    dd_time asked;
    dd_time arrived; // DD_NEVER: not yet
    dd_time ended;   // DD_NEVER: not yet
    uint32_t number; // from 1, its handle too: tickets are never forgotten
    uint32_t entity; // lamp, feeder, cabinet, segment or road
    uint32_t segment;
    uint32_t incident; // 0: none
    uint32_t at;       // what was found to be at fault ...
    uint16_t fault;    // ... and how, or mended last; none: nothing, or not yet
    uint16_t found;    // the same as the last look had it
    uint8_t priority;  // dd_alarm_priority
    uint8_t wanted;    // the crew that must go; 0: any
    uint8_t crew;      // that goes, or went; 0: it waits for one
    uint8_t looks;     // taken for it
    uint8_t works;     // done for it
    uint8_t result;    // dd_visit_result
    bool by_policy;    // the centre's policy has made it of the incident
} dd_ticket;

typedef struct dd_crew {
    dd_time since, due;  // of what it does now; due: DD_NEVER when it is not known
    uint32_t entity;     // its own
    uint32_t ticket;     // 0: none
    uint32_t generation; // of its pending step
    uint32_t from, to;   // vertices of the streets: it is at `from`, or drives from there
    uint32_t off_ms; // from there, or from `to`, on to where it stands or goes: no street is there
    uint32_t way_m;  // length of its drive
    uint16_t kit[DD_SPARES];
    uint8_t number; // from 1
    uint8_t state;  // dd_crew_state
    uint8_t skills; // mask of dd_skill
    bool night;     // on standby at home by night; else on shift by day
} dd_crew;

typedef struct dd_crew_counts {
    uint32_t tickets, ended, visits;
    uint32_t by_result[DD_VISIT_RESULTS];
    dd_time waited;  // from asking to arriving, of all visits
    dd_time busy;    // looking and working
    dd_time driven;  // out and home
    uint64_t metres; // the same
    uint32_t works;  // done
} dd_crew_counts;

typedef struct dd_crews {
    uint32_t n; // crews, [1 .. n]
    dd_crew all[DD_CREWS_MAX + 1];
    dd_depot depot;
    dd_streets streets;
    dd_pool tickets; // by number
    uint32_t ticket_n;
    uint32_t open_n; // tickets that have not ended
    bool looking;    // DD_KIND_DISPATCH is planned
    dd_crew_counts counts;
} dd_crews;

// At the scenario's start: whoever is on shift is ready, with a full kit.
void dd_crews_start(dd_domain *hub, dd_crews *crews);

// --- What an operator does, or the centre's policy; between events, or in DD_KIND_DISPATCH ---

// Sends crew `crew`, or for 0 whichever is there soonest and can, to a lamp, a feeder, a cabinet, a
// segment (that is, its cabinet) or a road, for an incident (0: none). While nobody can go, the
// ticket waits. `cause` is the record of what asks for it. Returns the ticket's number, or 0 and an
// error: there is no such crew, it has a ticket already, or no crew can go to such a thing.
uint32_t dd_crew_dispatch(dd_domain *hub, dd_crews *crews, uint32_t crew, uint32_t entity,
                          uint32_t incident, dd_alarm_priority priority, uint64_t cause,
                          dd_error *error);

// Calls a crew home; its ticket ends. False and an error when it has none.
bool dd_crew_recall(dd_domain *hub, dd_crews *crews, uint32_t crew, uint64_t cause,
                    dd_error *error);

// Withdraws a ticket that waits for a crew. False and an error when it has one or has ended.
bool dd_crew_cancel(dd_domain *hub, dd_crews *crews, uint32_t ticket, dd_error *error);

// Whether a crew can go to such a thing: a lamp, a feeder, a cabinet, a segment, a road with lamps.
bool dd_crew_can_visit(const dd_domain *hub, uint32_t entity);

// A ticket that waits is about something else than was thought; nothing happens where no crew can
// go.
void dd_crew_redirect(const dd_domain *hub, dd_ticket *ticket, uint32_t entity);

// --- Looking ---

// Crew `number`, 1 .. crews->n, and ticket `number`, 1 .. crews->ticket_n; NULL: there is none.
const dd_crew *dd_crew_at(const dd_crews *crews, uint32_t number);
const dd_ticket *dd_ticket_at(const dd_crews *crews, uint32_t number);

// Whether a crew is on shift now; whether it has a break.
bool dd_crew_on_shift(const dd_domain *hub, const dd_crew *crew);
bool dd_crew_on_break(const dd_domain *hub, const dd_crew *crew);

// --- Events of the hub ---

// A shift begins or ends (DD_KIND_SHIFT).
void dd_crew_shift(dd_domain *hub, dd_crews *crews);
