// A luminaire's gear by its model's figures: an LED driver, or the ballast of a discharge lamp.
// What it takes from the mains, what it makes of too little voltage, and of heat. Pure functions in
// integers; light and shares in thousandths ("pm").
#pragma once

#include "models/light/dimming.h"

enum { DD_NOMINAL_DV = 2200 }; // of the grid, tenths of a volt (facts A2)

// --- Power and current ---

// Active power, milliwatts, at nominal voltage, of gear that gives `light_pm`: nearly linear from 1
// % to 100 % of light, P1 + (P100 - P1)(d - 1)/99 (facts A1); below 1 % as at 1 %; dark: standby.
// Never below standby.
uint32_t dd_driver_power_mw(const dd_luminaire_model *model, uint16_t light_pm);

// The most light that takes at most this share of the nominal power; 0 when the least takes more.
uint16_t dd_driver_light_at(const dd_luminaire_model *model, uint32_t power_pm);

// What is not active of the apparent power (reactive and distortion), milli-voltamperes, of gear
// that takes `power_mw`: from the input capacitor's in standby straight to what the power factor at
// 20 % of the load says, and on to that at full load. It follows the voltage squared.
uint32_t dd_driver_reactive_mva(const dd_luminaire_model *model, uint32_t power_mw,
                                uint16_t voltage_dv);

// Current, milliamperes, rounded, of an active and a reactive power at a voltage; 0 without one.
uint32_t dd_mains_current_ma(uint32_t power_mw, uint32_t reactive_mva, uint16_t voltage_dv);

// --- Voltage ---

// Whether it burns on at a voltage or, if it does not burn, can start: for that it asks for 5 %
// more than it goes out at (estimate).
bool dd_driver_holds(const dd_luminaire_model *model, uint16_t voltage_dv, bool burning);

// Power and light of a voltage, of those at the nominal one. An LED driver holds its current; a
// lamp on a magnetic ballast follows: sodium +-5 % in voltage, +-11 % in power and +-14 % in light
// (estimates after lamp makers' curves). In steps of 1 %.
typedef struct dd_voltage_effect {
    uint16_t power_pm, light_pm;
} dd_voltage_effect;

dd_voltage_effect dd_driver_voltage_effect(const dd_luminaire_model *model, uint16_t voltage_dv);

// --- Warming up ---

enum { DD_WARM_STEPS = 4 };

// A discharge lamp so many steps of a quarter of its warm-up after first light; LEDs, and the last
// step, are at 1000 in everything (estimates).
typedef struct dd_warmth {
    uint16_t light_pm, power_pm, current_pm;
} dd_warmth;

dd_warmth dd_driver_warmth(const dd_luminaire_model *model, uint32_t step);

// --- Heat ---

enum { DD_HEAT_STEP_S = 225 }; // between two entries of its table, an eighth of its time constant

// Share of its final rise that a gear has reached so long after first light: 1 - exp(-t / 30 min);
// the time constant is an estimate for a luminaire of some kilograms of aluminium.
uint16_t dd_driver_heated_pm(uint32_t seconds);

// Gear temperature, tenths of a °C: the air's, and a rise (at full power, tenths of a kelvin) in
// proportion to the power.
int32_t dd_driver_gear_dc(int32_t ambient_dc, uint32_t rise_dk, uint32_t power_pm);

// The share of the nominal power that heat allows, in equilibrium with what it does itself: all up
// to the model's derate_dc, from there linearly less, to nothing 20 K above (estimate). More than
// 1000: not limited.
uint32_t dd_driver_cool_pm(const dd_luminaire_model *model, int32_t ambient_dc, uint32_t rise_dk);
