// Feeders at work: from the cabinet's terminals three phases run along the poles. What is live,
// what flows, what it costs in voltage and energy, and what trips.
#pragma once

#include "models/segment_state.h"

// What one lamp takes from its phase.
typedef struct dd_load {
    uint32_t power_mw;
    uint32_t current_ma; // apparent power over voltage
} dd_load;

// At the scenario's start, before its lamps': every feeder closed and live.
void dd_feeders_start(dd_domain *domain, dd_segment_state *segment);

// A lamp's load has changed at this moment.
void dd_feeder_load(dd_domain *domain, dd_segment_state *segment, uint16_t lamp,
                    const dd_load *before, const dd_load *now);

// The voltage at a lamp's terminals now, tenths of a volt; 0 when it is dead.
uint16_t dd_feeder_voltage_dv(dd_domain *domain, dd_segment_state *segment, uint16_t lamp);

// The voltage at the cabinet's terminals now, where they are live, tenths of a volt.
uint16_t dd_feeder_supply_dv(const dd_domain *domain, const dd_segment_state *segment);

// Counts energy, losses and heat up to now; before any of them is read.
void dd_feeder_count(dd_domain *domain, dd_segment_state *segment, uint8_t number);

// Energy lost in its cable so far, mWh.
int64_t dd_feeder_loss_mwh(dd_domain *domain, dd_segment_state *segment, uint8_t number);

// Energy that its meter says has passed so far, Wh.
uint64_t dd_feeder_metered_wh(dd_domain *domain, dd_segment_state *segment, uint8_t number);

// The power that its meter shows, mW.
uint32_t dd_feeder_metered_mw(dd_domain *domain, dd_segment_state *segment, uint8_t number);

// Finds out anew what of a feeder is live, after anything before it or in it has changed, and lets
// its breaker trip when that is too much at once.
void dd_feeder_feed(dd_domain *domain, dd_segment_state *segment, uint8_t number, uint64_t cause);

// The supply's voltage has changed: its lamps feel it.
void dd_feeder_voltage_changed(dd_domain *domain, dd_segment_state *segment, uint8_t number);

// Leakage is looked at anew: rain and water have changed.
void dd_feeder_sky(dd_domain *domain, dd_segment_state *segment, uint8_t number);

// Its breaker has grown too hot; handler of DD_KIND_TRIP.
void dd_feeder_trip(dd_domain *domain, dd_segment_state *segment, uint8_t number,
                    uint32_t generation);

// Something in feeder number `number` (from 1) fails or is repaired; of its faults, and of those of
// a lamp that are the cable's (cut, short circuit), with that lamp. Whoever repairs a short circuit
// or leaking insulation closes the breaker that it has opened.
void dd_feeder_fault(dd_domain *domain, dd_segment_state *segment, uint8_t number,
                     dd_fault_kind fault, uint16_t lamp, bool on, uint64_t cause);

// Whether a feeder has that fault; DD_FAULT_BREAKER: its breaker is open, for whatever reason.
bool dd_feeder_failed(const dd_feeder_state *feeder, dd_fault_kind fault);
