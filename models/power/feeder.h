// Feeders at work: from the cabinet's terminals three phases run along the poles. What is live,
// what trips, what fails. What flows: flow.h.
#pragma once

#include "models/power/flow.h"

// At the scenario's start, before its lamps': every feeder closed and live.
void dd_feeders_start(dd_domain *domain, dd_segment_state *segment);

// Finds out anew what of a feeder is live, after anything before it or in it has changed, and lets
// its breaker trip when that is too much at once.
void dd_feeder_feed(dd_domain *domain, dd_segment_state *segment, uint8_t number, uint64_t cause);

// Leakage is looked at anew: rain and water have changed.
void dd_feeder_sky(dd_domain *domain, dd_segment_state *segment, uint8_t number, uint64_t cause);

// Its breaker has grown too hot; handler of DD_KIND_TRIP.
void dd_feeder_trip(dd_domain *domain, dd_segment_state *segment, uint8_t number,
                    uint32_t generation);

// Something in feeder number `number` (from 1) fails or is repaired; of its faults, and of those of
// a lamp that are the cable's (cut, short circuit), with that lamp. Whoever repairs a short circuit
// or leaking insulation closes the breaker that it has opened.
void dd_feeder_fault(dd_domain *domain, dd_segment_state *segment, uint8_t number,
                     dd_fault_kind fault, uint16_t lamp, bool on, uint64_t cause);
