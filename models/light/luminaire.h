// A luminaire's driver and what it draws: arc level to light, light to power. Light is in
// thousandths of full flux ("pm"), rounded; what would be less than 0.5 pm cannot be told from
// dark, but no arc level is so low: level 1 gives 1 pm (0.1 %) on the logarithmic curve.
#pragma once

#include "engine/base.h"

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

// The arc level nearest to a light, measured along the curve. 0 gives 0, anything above at least 1,
// anything above full light 254.
uint8_t dd_dali_level(dd_dali_curve curve, uint16_t light_pm);

// A driver's figures. [E]: an estimate; change it where a data sheet is at hand.
typedef struct dd_driver {
    uint8_t curve;       // dd_dali_curve
    uint16_t minimum_pm; // physical minimum: below it the driver holds it; 10
    uint16_t power_1_pm; // power at 1 % of light, share of the nominal power; 100 [E: 80 to 120]
    uint32_t standby_mw; // dark, mains on; 400 [E: 300 to 500]
    uint32_t node_mw;    // what the node itself draws, always; 1500 [E: 1000 to 2000]
} dd_driver;

extern const dd_driver dd_driver_default;

// The light that a driver makes of an arc level: its curve, held at its physical minimum.
uint16_t dd_driver_light_pm(const dd_driver *driver, uint8_t level);

// Power from the mains, milliwatts, of a luminaire of `nominal_mw` (at full light, driver included)
// with its node: nearly linear from 1 % to 100 % of light, P1 + (P100 - P1)(d - 1)/99; below 1 % as
// at 1 %. Never below standby while mains is on; never called when it is off.
uint32_t dd_luminaire_power_mw(const dd_driver *driver, uint32_t nominal_mw, uint16_t light_pm);
