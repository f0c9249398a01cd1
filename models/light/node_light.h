// The luminaire at a node as time passes over it: it starts, warms up and heats, goes out and
// strikes again; its light and its load follow, and who is concerned is told.
#pragma once

#include "models/light/luminaire.h"
#include "models/light/node.h"
#include "models/segment_state.h"

// As it stands now.
dd_luminaire dd_node_luminaire(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);

// Something that its light or load depends on has changed, or may have: makes them follow.
void dd_node_relight(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                     dd_light_reason reason, uint64_t cause);

// At the scenario's start: burns since long, or is dark since long.
void dd_node_first_light(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);

// Handlers of its events: its gear has started, or is warmer or hotter (small: dd_light_reason); a
// cycling fault puts it out, or lets it burn again. a: since_ds.
void dd_node_lamp_start(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                        const dd_event *event);
void dd_node_lamp_cycle(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                        const dd_event *event);

// A fault has begun or was repaired: plans what comes of it in time, if it burns.
void dd_node_foresee(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp,
                     dd_fault_kind fault);

// Whether the air's temperature matters to its light.
bool dd_node_may_derate(const dd_world *world, const dd_segment_state *segment, uint16_t lamp);

// Tells citizens when what they see of it changes: dark at night, burning by day, or neither.
void dd_node_show(dd_domain *domain, const dd_segment_state *segment, uint16_t lamp);
