// What a node measures of itself, as its meter and its gear's bus tell it.
#pragma once

#include "models/light/node.h"
#include "models/segment_state.h"

// Its energy counter, Wh since it was new, and setting it.
uint32_t dd_node_counter_wh(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);
void dd_node_set_counter_wh(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                            uint32_t counter_wh);
