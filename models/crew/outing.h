// A crew's outing: it is sent, drives, looks, works, looks again, says what it holds to have found,
// and comes home or goes on.
#pragma once

#include "models/centre/centre.h"
#include "models/crew/crew.h"
#include "models/crew/visit.h"

// Where a task is to be done, metres from the city's origin.
dd_xy dd_outing_place(const dd_domain *hub, const dd_task *task);

// How long a crew would take to be at a task, ms.
uint32_t dd_outing_ms(const dd_domain *hub, dd_crews *crews, const dd_crew *crew,
                      const dd_task *task);

// The crew, which is ready or on its way home, sets out for a task.
void dd_outing_begin(dd_domain *hub, dd_crews *crews, dd_crew *crew, dd_task *task);

// It drops its task, which ends so (DD_VISIT_RECALLED), or waits for another crew (DD_VISIT_OPEN),
// and comes home.
void dd_outing_break_off(dd_domain *hub, dd_crews *crews, dd_crew *crew, dd_visit_result result,
                         uint64_t cause);

// Events of the hub: a crew's step at a place is over (DD_KIND_CREW), a segment says what was found
// (DD_KIND_FOUND), a crew comes home (DD_KIND_DEPOT).
void dd_outing_step(dd_domain *hub, dd_crews *crews, dd_centre *centre, uint32_t crew,
                    uint32_t generation);
void dd_outing_found(dd_domain *hub, dd_crews *crews, dd_centre *centre, const dd_finding *finding);
void dd_outing_home(dd_domain *hub, dd_crews *crews, uint32_t crew, uint32_t generation);
