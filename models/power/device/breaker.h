// A miniature circuit breaker (IEC 60898-1): in each pole a bimetal that bends with heat, and a
// coil that trips at once. As integers: currents in mA, heat in millionths of what trips.
#pragma once

#include "engine/time.h"

typedef struct dd_breaker {
    uint8_t rated_a;      // In; 0: there is none
    uint16_t thermal_pm;  // conventional tripping current of this one, thousandths of In
    uint16_t magnetic_pm; // where its coil trips, thousandths of In
} dd_breaker;

// How breakers differ from each other, and how slow their bimetals are.
typedef struct dd_breaker_def {
    uint8_t rated_a;
    uint8_t curve; // 'B', 'C' or 'D'; anything else is C
    bool spread;   // each lies somewhere in its band; else all in the middle
    uint64_t seed;
    uint64_t stable; // of the feeder
} dd_breaker_def;

// One breaker. IEC 60898-1, table 7: holds 1.13 In for an hour, trips at 1.45 In within one, at
// 2.55 In after 1 s to 60 s (up to 120 s above 32 A); instantaneously at 3 to 5 In (B), 5 to 10 (C)
// or 10 to 20, of this kind 14 (D; facts A2).
dd_breaker dd_breaker_make(const dd_breaker_def *def);

// The least current that trips it at once.
uint32_t dd_breaker_magnetic_ma(const dd_breaker *breaker);

// The least that any breaker of that rating and curve may trip at: what a designer counts on.
uint32_t dd_breaker_least_magnetic_ma(uint8_t rated_a, uint8_t curve);

// The heat of a pole that had `heat_ppm` after a current has flowed for `lasts`: a thermal image,
// first-order with the time constant `tau`, whose end value goes with the square of the current.
uint32_t dd_breaker_heat(const dd_breaker *breaker, uint32_t heat_ppm, uint32_t current_ma,
                         dd_time lasts, dd_time tau);

// How long until a pole with that heat trips when the current stays; DD_NEVER, or 0: at once.
dd_time dd_breaker_trips_after(const dd_breaker *breaker, uint32_t heat_ppm, uint32_t current_ma,
                               dd_time tau);
