// From the level that a node commands to the light that the gear makes of it: by the dimming curves
// of DALI, or a voltage. Light is in thousandths of full flux ("pm"), rounded; what would be less
// than 0.5 pm cannot be told from dark, but no arc level is so low: level 1 gives 1 pm (0.1 %) on
// the logarithmic curve.
#pragma once

#include "models/light/catalogue.h"

enum {
    DD_LIGHT_FULL_PM = 1000,
    DD_DALI_FULL = 254,        // arc level of full light
    DD_DALI_PHYSICAL_MIN = 85, // 1 % on the logarithmic curve, where many drivers stop
    DD_DALI_MASK = 255,        // "no change": not a level
};

// The dimming curves of IEC 62386: logarithmic (part 102, the factory default) and linear (part
// 207). A driver set to the one and a node that codes for the other is a classic mistake.
typedef enum dd_dali_curve { DD_DALI_LOGARITHMIC, DD_DALI_LINEAR, DD_DALI_CURVES } dd_dali_curve;

// Light at arc level `level`, 0..254: X % = 10^((level - 1) / (253/3) - 1), or level/254.
// 0 is dark. DD_DALI_MASK is for the caller to obey (keep what was); here it reads as dark.
uint16_t dd_dali_light_pm(dd_dali_curve curve, uint8_t level);

// The arc level that a node codes for a light. Logarithmic: the nearest one, measured along the
// curve. Linear: in 255 steps of 0.39 % (facts A1: 50 % is 128), so that it may lie a step above
// the nearest. 0 gives 0, anything above at least 1, anything above full light 254.
uint8_t dd_dali_level(dd_dali_curve curve, uint16_t light_pm);

// Light at a control voltage, millivolts (IEC 60929, annex E): 10 V and above is full, 1 V and
// below the minimum of 10 %; in between in proportion. The voltage cannot switch off.
uint16_t dd_analogue_light_pm(uint16_t control_mv);

// The light of a gear that is set to `control` (dd_control), commanded to `level_pm` by a node that
// codes for `coded` where there is a curve to mistake; held at the gear's physical minimum.
uint16_t dd_dimming_light_pm(uint8_t control, uint16_t minimum_pm, dd_dali_curve coded,
                             uint16_t level_pm);
