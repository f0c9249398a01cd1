// What a node measures of itself, as its meter and its gear's bus tell it.
#pragma once

#include "models/light/node.h"
#include "models/segment_state.h"

// Its energy counter, Wh since it was new, and setting it.
uint32_t dd_node_counter_wh(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);
void dd_node_set_counter_wh(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                            uint32_t counter_wh);

// Its luminaire is about to be taken down: where its counter stands is written up, Wh, and
// returned; -1 when there is no node.
int64_t dd_node_write_up(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);

// All that nodes at this place have counted, Wh: those written up and the one that is there.
uint64_t dd_node_metered_wh(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);
