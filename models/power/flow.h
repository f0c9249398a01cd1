// What flows in a feeder: its lamps' loads, what they cost along the cable in voltage and energy,
// what its meter says of them and how warm its breaker grows. Counted when a load changes and when
// somebody asks; between two changes all is constant, so the cable is solved once for each moment
// at which loads have changed, and never without.
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

// The voltage at the cabinet's terminals now, where they are live, tenths of a volt.
uint16_t dd_feeder_supply_dv(const dd_domain *domain, const dd_segment_state *segment);

// The supply's voltage has changed, or a short circuit has come or gone: its lamps feel it.
void dd_feeder_voltage_changed(dd_domain *domain, dd_segment_state *segment, uint8_t number);

// Counts energy, losses and heat up to now; before what flows is changed, and now and then.
void dd_feeder_count(dd_domain *domain, dd_segment_state *segment, uint8_t number);

// Energy lost in its cable so far, mWh.
int64_t dd_feeder_loss_mwh(dd_domain *domain, dd_segment_state *segment, uint8_t number);

// What its meter says: energy that has passed so far, Wh, and the power now, mW.
uint64_t dd_feeder_metered_wh(dd_domain *domain, dd_segment_state *segment, uint8_t number);
uint32_t dd_feeder_metered_mw(dd_domain *domain, dd_segment_state *segment, uint8_t number);

// The current of its busiest phase, mA, short circuits included.
uint32_t dd_feeder_busiest_ma(const dd_feeder_state *feeder);

// Plans anew when its breaker will have grown too hot; after what flows has changed.
void dd_feeder_plan_trip(dd_domain *domain, const dd_segment_state *segment, uint8_t number);
