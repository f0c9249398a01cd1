// Lumen maintenance: what is left of a luminaire's flux when it has burned for so long and nobody
// has cleaned it for so long; and the driver that makes up for it (constant light output).
//
// Burning hours count in full at any level and temperature. LM-80 tests LEDs at full current, and
// TM-21 interpolates between case temperatures only with the activation energy of one product,
// which no catalogue gives: a dimmed or a cool lamp lasts longer than it does here.
#pragma once

#include "models/light/catalogue.h"

enum { DD_MAINTENANCE_FULL_PPM = 1000000 };

// What a light source still gives at full current after `burning_h`, of what it gave when new,
// millionths: TM-21's flux(t) = B exp(-a t) with B = 1 (facts A3).
uint32_t dd_maintenance_source_ppm(const dd_luminaire_model *model, uint32_t burning_h);

// What dirt on its optics lets through `clean_h` hours after it was last clean, millionths: 1 %
// less a month, down to 90 % (facts A3; estimate).
uint32_t dd_maintenance_dirt_ppm(uint32_t clean_h);

// Constant light output: the share of the commanded light that the driver drives its light source
// to after `burning_h`, thousandths. It begins reduced and rises as the source fades, and so does
// the power; 1000 when the model has none, or when it has nothing left to give.
uint16_t dd_maintenance_drive_pm(const dd_luminaire_model *model, uint32_t burning_h);

// Lumens from a luminaire that is commanded to `light_pm` (thousandths of full light).
uint32_t dd_maintenance_flux_lm(const dd_luminaire_model *model, uint16_t light_pm,
                                uint32_t burning_h, uint32_t clean_h);

// Hours of burning until `share` of the first flux is left, TM-21's ln(B / share) / a: L70 for 0.7.
// Infinity when it does not fade. `decay_per_gh` is a in 1e-9 per hour.
double dd_maintenance_life_h(double b, uint32_t decay_per_gh, double share);

// What may be reported of it: at most six times the duration of the test (TM-21's rule; facts A3).
double dd_maintenance_reported_h(double life_h, double test_h);
