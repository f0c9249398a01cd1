// Feeders at work: from the cabinet's terminals three phases run along the poles. What is live,
// what flows, what it costs in voltage, and what trips.
#pragma once

#include "models/segment_state.h"

// What one lamp takes from its phase.
typedef struct dd_load {
    uint32_t power_mw;
    uint32_t current_ma; // apparent power over voltage
} dd_load;

// A lamp's load has changed at this moment.
void dd_feeder_load(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                    const dd_load *before, const dd_load *now);

// The voltage at a lamp's terminals now, tenths of a volt; 0 when it is dead.
uint16_t dd_feeder_voltage_dv(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);

// Something in feeder number `number` (from 1) fails or is repaired; of its faults, and of those of
// a lamp that are the cable's (cut, short circuit), with that lamp.
void dd_feeder_fault(dd_domain *domain, dd_segment_state *segment, uint8_t number,
                     dd_fault_kind fault, uint16_t lamp, bool on, uint64_t cause);
