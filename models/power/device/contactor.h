// A feeder's contactor with its hand switch: a coil that the controller or the backup timer
// commands, and a path for the current that can also be opened, bridged or stuck.
#pragma once

#include "models/schema.h"

// Of the nominal voltage, thousandths. IEC 60947-4-1, 8.2.1.2: closes from 85 %, drops out between
// 20 % and 75 %; where, is an estimate.
enum { DD_COIL_CLOSES_PM = 850, DD_COIL_HOLDS_PM = 500 };

typedef struct dd_contactor {
    bool wanted;         // commanded to be closed
    bool pulled;         // its coil holds it
    bool closing;        // it will, when its turn comes
    uint32_t generation; // of its pending closing
} dd_contactor;

// The bit of a feeder's fault in dd_feeder_state.faults.
static inline uint16_t dd_feeder_bit(dd_fault_kind fault) {
    return (uint16_t)(1u << (fault - DD_FAULT_BREAKER));
}

// Whether the coil may stay pulled, and may pull, at that share of the nominal voltage (0: dead).
bool dd_contactor_holds(const dd_contactor *contactor, uint32_t voltage_pm);
bool dd_contactor_may_close(const dd_contactor *contactor, uint32_t voltage_pm);

// Whether its contacts are closed, as its feedback contact says. `faults`: bits of the feeder's.
bool dd_contactor_closed(const dd_contactor *contactor, uint16_t faults);

// Whether current can pass, through the contacts or past them by the hand switch.
bool dd_contactor_passes(const dd_contactor *contactor, uint16_t faults);

// Whether the hand switch stands elsewhere than on automatic.
bool dd_contactor_by_hand(uint16_t faults);
