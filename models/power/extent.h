// How far a feeder's supply extends: through contactor and breaker onto the cable, and along it to
// a cut, on each phase to a short circuit.
#pragma once

#include "models/power/cable.h"
#include "models/segment_state.h"

typedef struct dd_extent {
    uint8_t live;                   // phases at the terminals in the cabinet
    uint32_t cut_pole;              // dead from this pole outward
    uint16_t short_lamp[DD_PHASES]; // nearest short circuit before the cut, by phase; 0: none
    uint32_t short_pole[DD_PHASES]; // nothing beyond it
} dd_extent;

// As things stand, faults included.
dd_extent dd_extent_find(const dd_domain *domain, const dd_segment_state *segment,
                         const dd_feeder_state *feeder);

// Whether a lamp there lies within it.
bool dd_extent_has(const dd_extent *extent, const dd_lamp *place);

// The current of the short circuit that it feeds on a phase, mA; 0: none.
uint32_t dd_extent_short_ma(const dd_domain *domain, const dd_segment_state *segment,
                            const dd_feeder_state *feeder, const dd_extent *extent, int phase);
