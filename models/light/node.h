// A luminaire with its node: it keeps its own calendar by the sun on its own clock, obeys commands,
// gives light and takes power.
#pragma once

#include "engine/engine.h"
#include "models/clock.h"
#include "models/controller/core/message.h"
#include "models/light/lifetime.h"
#include "models/mesh/stack/coap/coap_server.h"
#include "models/schema.h"
#include "models/world.h"

struct dd_segment_state;

enum { // dd_node.state
    DD_NODE_SUPPLIED = 1,
    DD_NODE_RUNNING = 2, // booted and not dead
    DD_NODE_OVERRIDDEN = 4,
    DD_NODE_SEEN_DARK = 8,  // citizens can see that it is dark
    DD_NODE_CELL_SHIFT = 4, // what its photocell remembers, three bits DD_PHOTOCELL_...
    DD_NODE_CELL = 7 << DD_NODE_CELL_SHIFT,
    DD_NODE_SEEN_BURNING = 128, // ... or that it burns by day
};

// Where its gear stands.
typedef enum dd_gear_stage {
    DD_GEAR_DARK,
    DD_GEAR_STARTING, // cold
    DD_GEAR_RESTRIKING,
    DD_GEAR_BURNING,
    DD_GEAR_OUT, // by a cycling fault, for now
} dd_gear_stage;

typedef struct dd_node {
    dd_clock clock;                // runs on, on a reserve, without supply (estimate)
    int64_t energy_mwh;            // taken until counted_us; energy_rest besides
    int64_t counted_us;            // simulated µs
    int64_t lit_us;                // time with any light, until counted_us
    uint64_t cause;                // record of what it last did
    uint64_t override_end_ms : 44; // on its own clock, Unix ms; 0: until resumed
    uint64_t override_pm : 10;
    dd_ageing ageing;
    uint32_t energy_rest; // milliwatt-microseconds that make no milliwatt-hour yet
    uint32_t power_mw;
    uint32_t counter_offset_wh; // its energy counter less what its meter makes of energy_mwh
    uint32_t full_ds;           // light given until counted_us, as tenths of a second of full light
    uint32_t since_ds;          // when its gear began to burn or start, or went out; tenths of a
                                // second of simulated time, from 1; 0: long ago
    int32_t set_us;             // its clock was set ahead by so much since it planned its wake
    uint32_t faults : 24;       // bit 1 << dd_fault_kind
    uint32_t stage : 4;         // dd_gear_stage
    uint32_t restarts : 4;      // since it was told to burn, unasked; no more than 15
    uint16_t generation;        // of its pending wake or boot
    uint16_t light_pm;          // light given, thousandths of full
    uint16_t level_pm;          // what the node commands its driver
    uint16_t current_ma;        // of luminaire and node, from the mains
    uint16_t ramp;              // of its override: handle in the neighbourhood's pool; 0: none
    uint8_t starts;             // how often it has booted, modulo 256
    uint8_t state;
    uint8_t calendar; // slot in the segment's calendars
    uint8_t model;    // of the luminaire, its number in the catalogue
    dd_coap_server coap;
} dd_node;

_Static_assert(sizeof(dd_node) <= 168, "a lamp's share of the city's 2 KiB");

// Whether a lamp has that fault: its luminaire, its node, or the cable at its pole.
static inline bool dd_node_failed(const dd_node *node, dd_fault_kind fault) {
    return node->faults >> fault & 1;
}

// The model of a lamp's luminaire now.
const dd_luminaire_model *dd_node_model(const dd_world *world,
                                        const struct dd_segment_state *segment, uint16_t lamp);

// All functions take the lamp's number within its segment, from 1.

// At the scenario's start: supplied, running, following its calendar, its clock a little off.
void dd_node_start(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// Its supply comes or goes.
void dd_node_supply(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp, bool on,
                    uint64_t cause);

// Something in it fails or is repaired.
void dd_node_fault(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp,
                   dd_fault_kind fault, bool on, uint64_t cause);

// The luminaire is replaced by a new one of that model, 0: of the city's own: with it go the faults
// that were the luminaire's and its node's, not those of the cable.
void dd_node_refit(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp,
                   uint8_t model, uint64_t cause);

// Weather or daylight have changed; the voltage at its terminals has.
void dd_node_sky(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);
void dd_node_voltage(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// Its program starts anew, while the lamp goes on as it is.
void dd_node_restart(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// Handlers of its own events.
void dd_node_wake(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);
void dd_node_boot(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// What it measures of itself now.
dd_reading dd_node_read(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// Does what a request asks and says how it is then.
dd_reading dd_node_answer(dd_domain *domain, struct dd_segment_state *segment,
                          const dd_node_request *request);

// Counts energy and lit time up to now; before either is read.
void dd_node_count(dd_node *node, dd_time now);
