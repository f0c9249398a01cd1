// A segment's cabinet: supply, contactors, breakers, leakage, door, hand switches and meters; what
// the controller's inputs see of them, and what its outputs do.
#pragma once

#include "models/segment_state.h"

// What the controller can see of one feeder.
typedef struct dd_feeder_reading {
    uint8_t live_phases;    // behind contactor and breaker
    bool contactor;         // its feedback contact: closed
    bool tripped;           // auxiliary contact of its breaker
    bool leakage;           // above the warning threshold
    bool override;          // hand switch not on automatic
    uint16_t leakage_ma;    // residual current
    uint16_t voltage_dv[3]; // at the meter's terminals
    uint16_t current_ca[3]; // hundredths of an ampere
    uint32_t power_w;       // as its meter says ...
    uint64_t energy_wh;     // ... since it was made
} dd_feeder_reading;

typedef struct dd_cabinet_reading {
    bool mains;                                     // at least one phase of the supply
    bool door;                                      // open
    bool dark;                                      // by the cabinet's photocell
    dd_feeder_reading feeders[DD_CORE_FEEDERS + 1]; // from 1
} dd_cabinet_reading;

// At the scenario's start: before its lamps' and its controller's, with the supply that the grid
// gives; the last step is dd_cabinet_sky.
void dd_cabinet_start(dd_domain *domain, dd_segment_state *segment);

void dd_cabinet_read(dd_domain *domain, dd_segment_state *segment, dd_cabinet_reading *reading);

// Makes the energy records of its feeders, truth and meter, counted up to now.
void dd_cabinet_meter(dd_domain *domain, dd_segment_state *segment);

// The controller's output to the contactor of feeder `number`: closes or opens it. Contactors of a
// cabinet close one after another (cabinet.stagger_s), and only while they have voltage.
void dd_cabinet_contactor(dd_domain *domain, dd_segment_state *segment, uint8_t number, bool on);

// The contactor of a feeder closes now; handler of DD_KIND_CONTACTOR.
void dd_cabinet_contactor_due(dd_domain *domain, dd_segment_state *segment, uint8_t number,
                              uint32_t generation);

// The controller has stopped or started: without one, the backup timer holds the contactors.
void dd_cabinet_managed(dd_domain *domain, dd_segment_state *segment, bool managed);

// Something of the whole cabinet fails or is repaired (blackout, brownout, door, flood, photocell).
void dd_cabinet_fault(dd_domain *domain, dd_segment_state *segment, dd_fault_kind fault, bool on,
                      uint64_t cause);

// Whether it has that fault.
bool dd_cabinet_failed(const dd_segment_state *segment, dd_fault_kind fault);

// Weather, tide or daylight have changed.
void dd_cabinet_sky(dd_domain *domain, dd_segment_state *segment);

// Plans the disturbances of the grid that begin on this day, and takes what the grid gives now.
void dd_cabinet_grid_day(dd_domain *domain, dd_segment_state *segment);
void dd_cabinet_grid(dd_domain *domain, dd_segment_state *segment);
