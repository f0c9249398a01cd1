// The hub's domain: the control centre, the citizens and their office, the crews.
#pragma once

#include "models/centre/centre.h"
#include "models/citizens/citizens.h"
#include "models/citizens/filing.h"
#include "models/citizens/office.h"
#include "models/crew/crew.h"
#include "models/kind.h"

typedef struct dd_hub {
    dd_centre centre;
    dd_citizens citizens;
    dd_office office;
    dd_crews crews;
} dd_hub;

static inline dd_hub *dd_hub_of(const dd_domain *domain) {
    return domain->state;
}

// The hub of the world as it stands.
static inline dd_hub *dd_world_hub(const dd_world *world) {
    return dd_hub_of(&world->engine->domains[DD_HUB_DOMAIN]);
}

// Builds the hub's state in its domain at the scenario's start.
void dd_hub_start(dd_domain *domain);

// Handlers of the hub's events, from DD_KIND_WORD on.
extern const dd_event_kind dd_hub_kinds[DD_KINDS - DD_SEGMENT_KINDS];
