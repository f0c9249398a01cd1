// What can be measured of a run at a moment: of lamps (truth), at poles and in cabinets, and of the
// alarms that stand.
#pragma once

#include "models/controller/core/message.h"
#include "models/power/cabinet.h"
#include "models/world.h"

// What is true of some lamps now.
typedef struct dd_lamp_measure {
    uint32_t n;
    uint32_t lit, dark;
    uint32_t overridden;
    double level_sum; // of light, 1 = full
    double power_w;
    double energy_wh; // since the start
    double lit_h;     // lamp hours with light since the start
} dd_lamp_measure;

// Counts the lamps' energy up to now on the way.
dd_lamp_measure dd_measure_lamps(dd_world *world, const uint32_t *lamps, uint32_t n);

// The same of all lamps of the city.
dd_lamp_measure dd_measure_city(dd_world *world);

// How many of some lamps have parents all the way to their controller, and over how many hops.
typedef struct dd_reach_measure {
    uint32_t n, reachable, most_hops;
} dd_reach_measure;

dd_reach_measure dd_measure_reach(const dd_world *world, const uint32_t *lamps, uint32_t n);
dd_reach_measure dd_measure_city_reach(const dd_world *world);

// The lamp that a lamp sends to on the way to its controller now; 0: none, as when the controller
// is its parent or it has lost all.
uint32_t dd_measure_parent(const dd_world *world, uint32_t lamp);

// How many of some lamps the centre has heard of within the last `since`.
uint32_t dd_measure_heard(const dd_world *world, const uint32_t *lamps, uint32_t n, dd_time since);

// What a lamp's node would read out now: the truth as it measures it, whether or not anybody asks.
dd_reading dd_measure_reading(dd_world *world, uint32_t lamp);

// The voltage at a lamp's terminals now, V; 0 when it is dead.
double dd_measure_voltage(dd_world *world, uint32_t lamp);

// The name of the model of a lamp's luminaire now.
const char *dd_measure_model(const dd_world *world, uint32_t lamp);

// What a cabinet's controller can see now of a feeder, by its index in the city.
dd_feeder_reading dd_measure_feeder(dd_world *world, uint32_t feeder);

// Alarms of a kind (dd_alarm_kind; 0 for all): active now, and raised ever.
uint32_t dd_measure_alarms_active(const dd_world *world, int kind);
uint32_t dd_measure_alarms_raised(const dd_world *world, int kind);

// Whether the centre has an active alarm of a kind (0: of any) on an entity.
bool dd_measure_alarm_on(const dd_world *world, uint32_t entity, int kind);
