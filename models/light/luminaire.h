// A luminaire at work: what light and what load come of its gear, the level commanded, the supply,
// the air's temperature and whatever has failed in it. A pure function; the signatures of faults
// are those of facts A3. What takes time (starting, warming up, heating) the caller counts.
#pragma once

#include "models/light/driver.h"
#include "models/schema.h"

typedef struct dd_luminaire {
    const dd_luminaire_model *model;
    uint32_t faults;     // bit 1 << dd_fault_kind
    uint16_t level_pm;   // what its node commands; full when it has none
    uint16_t failure_pm; // DALI's system failure level: what it gives when its bus is dead
    uint16_t shorted_pm; // with a string shorted, so much of the light is left
    uint16_t drive_pm;   // constant light output: so much of the full current; 1000
    uint32_t own_mw;     // what its node takes besides; 0 when that is dead, or there is none
    uint16_t voltage_dv; // at its terminals, 0: no supply
    int16_t ambient_dc;  // air, tenths of a °C
    uint16_t heated_pm;  // share of its final rise in temperature that it has reached
    uint8_t warm_step;   // quarters of its warm-up that have passed; DD_WARM_STEPS: warm
    uint8_t coded;       // dd_dali_curve that its node codes for
    bool burning;        // its light source burns; else it is dark for now, starting perhaps
} dd_luminaire;

// The light that it is to give when it burns, thousandths of full: 0 when it cannot, or should not.
uint16_t dd_luminaire_asked_pm(const dd_luminaire *it);

typedef struct dd_luminaire_output {
    uint16_t light_pm;
    uint16_t current_ma; // of gear and node, at that voltage
    uint32_t power_mw;   // the same
} dd_luminaire_output;

dd_luminaire_output dd_luminaire_output_of(const dd_luminaire *it);

// What its node finds at its gear by DALI, and by measuring behind its relay: DD_GEAR_...
uint8_t dd_luminaire_gear(const dd_luminaire *it);

// Temperature of its gear, tenths of a °C, at the light that it gives.
int16_t dd_luminaire_gear_dc(const dd_luminaire *it);
