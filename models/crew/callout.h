// A crew's callout: it is sent, drives, looks, works, looks again, says what it holds to have
// found, and comes home or goes on.
#pragma once

#include "models/centre/centre.h"
#include "models/crew/crew.h"
#include "models/crew/visit.h"

// How long a crew would take to be at the place of a ticket, ms.
uint32_t dd_callout_ms(const dd_domain *hub, dd_crews *crews, const dd_crew *crew,
                       const dd_ticket *ticket);

// The crew, which is ready or on its way home, sets out for a ticket.
void dd_callout_begin(dd_domain *hub, dd_crews *crews, dd_crew *crew, dd_ticket *ticket);

// It drops its ticket, which ends so (DD_VISIT_RECALLED), or waits for another crew
// (DD_VISIT_OPEN), and comes home.
void dd_callout_break_off(dd_domain *hub, dd_crews *crews, dd_crew *crew, dd_visit_result result,
                          uint64_t cause);

// Events of the hub: a crew's step at a place is over (DD_KIND_CREW), a segment says what was found
// (DD_KIND_FOUND), a crew comes home (DD_KIND_DEPOT).
void dd_callout_step(dd_domain *hub, dd_crews *crews, dd_centre *centre, uint32_t crew,
                     uint32_t generation);
void dd_callout_found(dd_domain *hub, dd_crews *crews, dd_centre *centre,
                      const dd_finding *finding);
void dd_callout_home(dd_domain *hub, dd_crews *crews, uint32_t crew, uint32_t generation);
