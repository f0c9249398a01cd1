// The segment controller's house in the twin: feeds the core with time, replies, orders and its
// inputs, and carries out what it says. A board can take the core's place here.
#pragma once

#include "models/backhaul/line.h"
#include "models/clock.h"
#include "models/controller/core/core.h"

struct dd_segment_state;

typedef struct dd_house {
    dd_core core;
    dd_core_lamp *lamps;
    dd_word *outbox;
    dd_clock oscillator; // µs since its start
    dd_time wake_at;
    uint32_t generation; // of its pending wake or boot
    uint32_t battery_generation;
    uint16_t boots;
    bool running;
    bool mains;
    bool broken;
    dd_line line; // to the centre
} dd_house;

void dd_house_start(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_wake(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_boot(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_battery_empty(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_reply(dd_domain *domain, struct dd_segment_state *segment,
                    const dd_node_reply *reply);
void dd_house_order(dd_domain *domain, struct dd_segment_state *segment, const dd_order *order);
void dd_house_supply(dd_domain *domain, struct dd_segment_state *segment, uint8_t feeder,
                     uint8_t live_phases);
void dd_house_mains(dd_domain *domain, struct dd_segment_state *segment, bool on);
void dd_house_fault(dd_domain *domain, struct dd_segment_state *segment, bool on, uint64_t cause);
