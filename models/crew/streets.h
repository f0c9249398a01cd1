// The streets as crews drive on them: the graph, how fast it goes at this hour, and which roads are
// dark or under water, as far as the hub knows.
#pragma once

#include "models/crew/drive.h"
#include "models/world.h"

typedef struct dd_streets {
    dd_road_graph graph; // empty until somebody drives
    dd_drive drive;
    uint8_t *dark;    // bits, by lamp: people see it dark
    uint16_t *dark_n; // by road: how many of its lamps
    uint8_t *roads;   // by road: DD_ROAD_...
} dd_streets;

// At the scenario's start: all roads are as they should be.
void dd_streets_start(dd_domain *hub, dd_streets *streets);

// A lamp is seen dark, or otherwise.
void dd_streets_see(dd_domain *hub, dd_streets *streets, uint32_t lamp, bool dark);

// Builds the graph, of the world's map or else of its roads, unless it is there. False and an error
// when memory is short or nobody could drive anywhere.
bool dd_streets_open(dd_domain *hub, dd_streets *streets, dd_error *error);

// How long it takes at this hour from one vertex to another, ms; streets.drive knows the way then.
uint32_t dd_streets_trip_ms(const dd_domain *hub, dd_streets *streets, uint32_t from, uint32_t to);

// The vertex nearest to a place, and what it takes between them where there is no street, ms.
uint32_t dd_streets_vertex(const dd_domain *hub, const dd_streets *streets, dd_xy place,
                           uint32_t *ms);
