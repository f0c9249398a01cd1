// What shares a domain: segments whose radios can disturb each other, and the air between them.
// Their radios are stations, numbered from 1: of each segment its controller first, then its lamps.
#pragma once

#include "models/mesh/radio/weather.h"
#include "models/segment_state.h"

struct dd_air;
struct dd_jammer;
struct dd_sky_state;

typedef struct dd_neighbourhood {
    uint32_t segment_n, station_n;
    dd_segment_state *segments; // [0 .. segment_n), by their index in the city
    uint32_t *owner;            // by station, [1 .. station_n]: index into segments
    struct dd_air *air;
    dd_weather weather;
    struct dd_sky_state *sky;
    struct dd_jammer *jammers; // [DD_JAMMERS_MAX], those that have appeared first; NULL: none ever
    uint32_t jammer_n;
    dd_pool bodies;          // of long payloads that lamps put together
    dd_core_output *outputs; // [DD_CORE_OUTPUTS], what the controller at work has to say
    dd_pool ramps; // dd_node_ramp of lamps that are on their way to an override, or have one back
} dd_neighbourhood;

static inline dd_neighbourhood *dd_neighbourhood_of(const dd_domain *domain) {
    return domain->state;
}

// The segment that a station of the domain belongs to.
static inline dd_segment_state *dd_segment_of(const dd_domain *domain, uint32_t station) {
    const dd_neighbourhood *it = dd_neighbourhood_of(domain);
    return &it->segments[it->owner[station]];
}

// The state of the city's segment.
static inline dd_segment_state *dd_segment_at(const dd_world *world, uint32_t segment) {
    return dd_segment_of(&world->engine->domains[dd_world_domain(world, segment)],
                         world->station[segment]);
}

// A segment's domain at the moment at which the world stands, to look into between events.
static inline dd_domain *dd_segment_standing(const dd_world *world, uint32_t segment) {
    dd_domain *domain = &world->engine->domains[dd_world_domain(world, segment)];
    domain->now = world->engine->now;
    return domain;
}

// Builds the neighbourhoods of all domains at the scenario's start; nothing is at work there yet.
void dd_neighbourhoods_make(dd_world *world);
