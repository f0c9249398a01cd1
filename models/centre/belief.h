// What the centre holds of the lamps and of the feeders' meters: what it was told, which need not
// be what is true. It never looks at the truth.
#pragma once

#include "engine/engine.h"
#include "models/controller/core/message.h"
#include "models/schema.h"

struct dd_centre;

// What the centre holds of a lamp; there are many of them, so that they are packed.
typedef struct dd_belief {
    int32_t heard_s;        // when it was last read, simulated seconds; -1: never
    uint32_t power_cw : 20; // as it was read, hundredths of a watt
    uint32_t light : 3;     // dd_light_belief
    uint32_t why : 4;       // dd_cause
    uint32_t flags : 3;     // DD_READING_...
    uint32_t level_pm : 10; // as it was read, thousandths of full light
    uint32_t incident : 22; // that makes it so, 0: none
} dd_belief;

_Static_assert(sizeof(dd_belief) == 12 && DD_CAUSES <= 16 && DD_LIGHT_BELIEFS <= 8, "packed");

static inline uint32_t dd_belief_power_mw(const dd_belief *belief) {
    return belief->power_cw * 10;
}

// What the centre was told of a feeder's meter.
typedef struct dd_meter_belief {
    uint64_t energy_wh; // since the meter was made
    uint32_t power_w;
    int32_t heard_s; // when it was read, by the controller's clock, simulated seconds; -1: never
} dd_meter_belief;

// At the scenario's start: nothing has been heard.
void dd_belief_start(dd_domain *hub, struct dd_centre *centre);

// A controller tells its lamps' readings, or its feeders' meters.
void dd_belief_readings(dd_domain *hub, struct dd_centre *centre, uint32_t segment,
                        const dd_word *word);
void dd_belief_meters(dd_domain *hub, struct dd_centre *centre, uint32_t segment,
                      const dd_word *word);

// Judges anew what the centre holds a lamp's light, or that of all lamps of a segment, to be, and
// records what has changed.
void dd_belief_judge(dd_domain *hub, struct dd_centre *centre, uint32_t lamp);
void dd_belief_judge_all(dd_domain *hub, struct dd_centre *centre, uint32_t segment);
