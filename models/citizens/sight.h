// What people see of the street lamps: on which roads some are dark by night, burn by day, or
// flicker. Segments tell it lamp by lamp; only what is remarkable is kept.
#pragma once

#include "engine/engine.h"
#include "models/schema.h"

enum { DD_FLICKERS = 4 }; // changes within an hour that make people call it flicker

// A lamp that is remarkable, or was a while ago.
typedef struct dd_seen_lamp {
    dd_time changed;  // when it last looked otherwise than before
    uint32_t next;    // handle: of the same road
    uint32_t lamp;    // of the city
    uint8_t sight;    // dd_sight, as it is now; never DD_SIGHT_FLICKER
    uint8_t flickers; // how often it has changed of late
} dd_seen_lamp;

// A road as people see it.
typedef struct dd_road_sight {
    uint32_t first;      // handle: its remarkable lamps
    uint32_t generation; // of its pending notice
    uint32_t noticed;    // reports made of its lamps since all were well
    uint32_t ordered;    // reports that a scenario has had filed here: the counter of their draws
} dd_road_sight;

typedef struct dd_sights {
    dd_road_sight *roads; // by road of the city
    dd_pool lamps;        // of dd_seen_lamp
} dd_sights;

// All is well. `road_n` counts the unused road 0 too.
void dd_sights_init(dd_sights *sights, dd_arena *arena, uint32_t road_n);

// A lamp of a road looks otherwise than before, from `now` on.
void dd_sight_change(dd_sights *sights, uint32_t road, uint32_t lamp, dd_sight sight, dd_time now);

// How a lamp looks now.
dd_sight dd_sight_of(const dd_sights *sights, uint32_t road, uint32_t lamp, dd_time now);

// How much a road's lamps ask to be reported, by the weight of each sight: a sum over its
// remarkable lamps. With `pick` below that sum, *lamp is the one within whose part it lies.
uint32_t dd_sight_weigh(const dd_sights *sights, uint32_t road, const uint32_t weights[DD_SIGHTS],
                        uint32_t pick, uint32_t *lamp, dd_time now);
