// What the supply of a segment remembers: of its cabinet, and of each of its feeders.
#pragma once

#include "models/power/breaker.h"
#include "models/power/contactor.h"
#include "models/power/meter.h"

typedef struct dd_feeder_state {
    uint32_t feeder;             // index in the city
    uint16_t first_lamp, lamp_n; // its lamps are neighbours, in the order of the cable
    uint16_t supplied_n;         // of them
    uint16_t faults;             // dd_feeder_bit; that of DD_FAULT_BREAKER: its breaker is open
    uint8_t live_phases;         // mask: bit 0 is L1; at its terminals in the cabinet
    uint8_t opened_by;           // dd_breaker_reason of the last opening
    bool dirty;                  // loads have changed since the cable was solved
    uint8_t shown;               // inputs as last told, by dd_cabinet_input
    bool leaks;                  // above the warning, or opened for it
    uint32_t uohm_per_m;         // of each conductor of its cable
    uint16_t leakage_ma;
    uint16_t short_lamp[3]; // nearest short circuit by phase that is fed, 0: none ...
    uint32_t short_ma[3];   // ... and what flows there
    uint32_t phase_ma[3];   // taken by its lamps
    int64_t lamps_mw;
    uint32_t loss_mw;            // in the cable, while not dirty
    int64_t loss_mwh, loss_rest; // ... until counted, as in dd_meter
    dd_time counted;
    uint32_t heat_ppm[3];     // of its breaker's poles
    uint32_t trip_generation; // of the pending thermal trip
    uint64_t cause;           // record of the last change of its live phases
    dd_breaker breaker;
    dd_contactor contactor;
    dd_meter meter;
} dd_feeder_state;

// Whether a feeder has that fault; DD_FAULT_BREAKER: its breaker is open, for whatever reason.
static inline bool dd_feeder_failed(const dd_feeder_state *feeder, dd_fault_kind fault) {
    return feeder->faults & dd_feeder_bit(fault);
}

// The number of the lamp after its last.
static inline uint16_t dd_feeder_end(const dd_feeder_state *feeder) {
    return (uint16_t)(feeder->first_lamp + feeder->lamp_n);
}

typedef struct dd_cabinet_state {
    uint64_t faults;     // bit 1 << dd_fault_kind
    bool dark;           // what its photocell sees
    bool flooded;        // water over its terminals
    bool managed;        // by a working controller
    uint8_t shown;       // inputs as last told, by dd_cabinet_input
    uint8_t phases;      // of the supply
    uint16_t voltage_pm; // share of the nominal that disturbances leave
    dd_time closes_from; // when the next contactor may close
    uint16_t *lamp_ma;   // by lamp, [1 .. lamp_n]: what it takes ...
    int16_t *drop_cv;    // ... and what its cable costs it, hundredths of a volt
} dd_cabinet_state;
