// Dispatch: which crew goes where. Tickets wait until a crew can go that is on shift and has the
// skills and spares that are known to be needed; the centre's policy (setting centre.dispatch)
// makes tickets of its incidents by itself.
#pragma once

#include "models/centre/centre.h"
#include "models/crew/crew.h"

// Gives waiting tickets to crews: the most urgent first, each to who is there soonest.
void dd_dispatch_assign(dd_domain *hub, dd_crews *crews);

// Plans the next look, unless it is planned or nothing needs one; between events, or in one.
void dd_dispatch_plan(dd_domain *hub, dd_crews *crews);

// Event of the hub (DD_KIND_DISPATCH): makes tickets of incidents, and assigns them.
void dd_dispatch_look(dd_domain *hub, dd_crews *crews, const dd_centre *centre);
