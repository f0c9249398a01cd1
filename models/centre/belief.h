// What the centre holds of the lamps and of the feeders' meters: what it was told, which need not
// be what is true. It never looks at the truth.
#pragma once

#include "engine/engine.h"
#include "models/controller/core/message.h"

struct dd_centre;

// What the centre holds of a lamp.
typedef struct dd_belief {
    int32_t heard_s; // when it was last read, simulated seconds; -1: never
    uint32_t power_mw;
    uint16_t level_pm;
    uint8_t flags; // DD_READING_...
} dd_belief;

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
