// What level a node commands, and why: its calendar by its own clock, under an override that it
// goes over to and back from by ramps; and its photocell, when it has one ("node.photocell") or one
// that has failed.
//
// Overrides: the newest counts. One ends at its time on the node's own clock, when it is resumed,
// or with the node's supply: a node that starts anew follows its calendar until it is told again.
#pragma once

#include "models/light/node.h"
#include "models/schema.h"
#include "models/segment_state.h"

// A change of level that takes time, and what the override that began it has in store.
typedef struct dd_node_ramp {
    int64_t begin_ms, end_ms; // on the node's own clock; equal: none is under way
    uint16_t from_pm;
    uint16_t back_s; // from the override when it is over
} dd_node_ramp;

// Sets the node's level to what holds now, and plans the wake at which it may be another.
dd_light_reason dd_node_follow(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);

// Begins or ends an override, or drops it as if it had never been; dd_node_follow comes next.
void dd_node_override(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                      const dd_node_request *request);
void dd_node_resume(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);
void dd_node_forget_override(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);

// The node's clock is about to be set ahead by so much: a ramp under way goes on as it was.
void dd_node_ramp_shift(dd_domain *domain, dd_node *node, int64_t by_ms);

// Takes a calendar instead of its own. It keeps that when the segment's nodes hold as many others
// as there is room for.
void dd_node_take_calendar(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                           const dd_light_calendar *calendar);

// Its photocell begins; it looks at the sky, and whether it says now that it is dark where it said
// light, or the other way round.
void dd_node_cell_begin(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);
bool dd_node_cell_turns(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);
