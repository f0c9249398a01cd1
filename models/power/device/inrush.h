// Inrush: when the mains come, every driver fills its capacitors, all at the same moment. A breaker
// lets pulses pass that are shorter than its coil can follow, the higher the shorter.
#pragma once

#include "models/light/catalogue.h"

// What a pulse of `peak_a` amperes and `width_us` at half its height counts for, mA: as much as a
// current that lasts. Its peak over k(T) = (10 ms / T)^exponent, 1 from 10 ms on (half a period:
// from there the coil follows). Facts A2: a breaker carries floor(k(T50) n In / Ipk) drivers. With
// 0.55 (estimate) a C16 in the middle of its band, 7.5 In, carries 14 of 65 A and 250 us. Pulses
// add up as if the cable had no impedance: on the safe side for long feeders.
uint32_t dd_inrush_ma(uint16_t peak_a, uint16_t width_us, double exponent);

// The same for a luminaire's driver; 0 when it has no inrush.
uint32_t dd_inrush_model_ma(const dd_luminaire_model *model, double exponent);
