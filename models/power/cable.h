// A feeder's cable: four conductors along the poles, each lamp between its phase and the neutral.
// What the lamps draw costs voltage and energy on the way.
#pragma once

#include "models/city/city.h"

enum { DD_PHASES = 3 };

// What solving a cable finds besides the drop at each lamp.
typedef struct dd_cable_state {
    uint32_t loss_mw;             // in all four conductors
    uint32_t phase_ma[DD_PHASES]; // at the cabinet
    uint32_t neutral_ma;          // there: what does not balance
} dd_cable_state;

// Resistance of a conductor, microohms a metre: resistivity (ohm mm2/km) over cross-section (mm2).
// IEC 60364-5-52:2009, annex G: 22.5 for copper, 36 for aluminium, warm as in service; reactance,
// 0.08 ohm/km, is nothing beside it below 50 mm2.
uint32_t dd_cable_uohm_per_m(double ohm_mm2_per_km, double mm2);

// The smallest section of IEC 60228 that is no smaller than `mm2`; 240 is the largest.
double dd_cable_section_mm2(double mm2);

// A current between a phase and the neutral at a pole, beside those of the lamps: a short circuit.
typedef struct dd_cable_fault {
    uint16_t lamp; // at whose pole, by its place in the arrays
    uint8_t phase;
    uint32_t current_ma; // 0: none
} dd_cable_fault;

// Voltage drop at each of `n` lamps, which stand in the order of the cable (place.cable_m rises),
// in hundredths of a volt: phase conductor and displacement of the neutral together. A lamp whose
// phase is loaded less than the others may gain: its drop is negative. Currents are taken to be in
// phase with their voltages (power factors are near 1 where currents are large) and the three
// voltages to stay 120 degrees apart; only a drop's part along its own phase counts: the part
// across, 10 V, would change 220 V by 0.2 V.
//   place       of each lamp
//   current_ma  of each lamp
//   uohm_per_m  of each conductor
//   faults      one for each phase
//   drop_cv     of each lamp, or NULL
dd_cable_state dd_cable_solve(const dd_lamp *place, const uint16_t *current_ma, uint32_t n,
                              uint32_t uohm_per_m, const dd_cable_fault faults[DD_PHASES],
                              int16_t *drop_cv);

// The current of a short circuit between phase and neutral `metres` from the cabinet, mA: voltage
// over the loop of both conductors and the source's impedance (milliohms).
uint32_t dd_cable_short_ma(uint32_t voltage_mv, double metres, uint32_t uohm_per_m,
                           uint32_t source_mohm);
