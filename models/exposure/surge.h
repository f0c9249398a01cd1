// What a lightning strike does to lamps: the surge at each, and what it destroys.
#pragma once

#include "models/world.h"

typedef struct dd_hit {
    float x, y;         // metres from the city's origin
    uint32_t current_a; // peak
    uint32_t pole;      // the city's lamp whose pole is struck itself; 0: none
    uint64_t record;    // of the strike; 0: another neighbourhood made it
    uint64_t number;    // keys its draws
} dd_hit;

// The surge at a lamp, volts to the nearest hundred: what is induced in its loop (S. Rusck 1958:
// 38.8 I h / y over perfect ground; facts G2), or what comes along the cable from the struck pole,
// falling to 1/e with every "sky.surge_fades_m"; whichever is more. Lamps of one cabinet are joined
// by their feeders' cables, on which branches are not told apart.
uint32_t dd_surge_volts(const dd_world *world, const dd_hit *hit, uint32_t lamp);

// How likely a surge destroys what is protected against "sky.spd_kv", millionths: r³ / (r³ + 8) by
// their ratio r (estimate: one in nine at the rated level, half at twice as much).
uint32_t dd_surge_damage_ppm(const dd_world *world, uint32_t volts);

// Draws and does what it does in a neighbourhood: lamps fail, the feeders' breakers trip. What
// breaks of a lamp (estimate): 60 % its node, 25 % its driver, 15 % a string of LEDs is shorted; of
// one without a node always the driver.
void dd_surge_strike(dd_domain *domain, const dd_hit *hit);
