// The digital inputs of a cabinet, as the controller's terminals show them.
#pragma once

#include "models/segment_state.h"

// One of a feeder, or, for feeder number 0, of the whole cabinet.
bool dd_input_is_on(const dd_segment_state *segment, uint8_t number, dd_cabinet_input input);

// Tells the controller, and makes records, of the inputs that have changed since the last call.
void dd_inputs_tell(dd_domain *domain, dd_segment_state *segment, uint64_t cause);
