// The segment controller's house in the twin: feeds the core with time, orders, its inputs and,
// through its CoAP endpoint, lamps' replies, and carries out what it says. A board can take the
// core's place here.
#pragma once

#include "models/backhaul/line.h"
#include "models/clock.h"
#include "models/controller/core/core.h"
#include "models/mesh/stack/coap/coap_client.h"

struct dd_segment_state;

typedef struct dd_house {
    dd_core core;
    dd_core_lamp *lamps;
    dd_word *outbox;
    dd_coap_client coap; // its requests to lamps
    int64_t core_due_ms; // deadlines, by its uptime
    int64_t coap_due_ms;
    uint32_t draws;      // random words that its CoAP has taken
    dd_clock oscillator; // µs since its start
    dd_time wake_at;     // the wake that is planned; DD_NEVER: none
    uint32_t generation; // of its pending wake or boot
    uint32_t battery_generation;
    uint16_t boots;                     // ever, the first included
    bool absent;                        // not installed yet
    bool running;                       // booted, supplied and not broken
    bool busy;                          // carries out what the core has said ...
    bool look;                          // ... and is to give it its inputs anew when that is done
    bool mains;                         // its supply; without it the battery carries it for a while
    bool broken;                        // DD_FAULT_CONTROLLER
    bool clock_broken;                  // DD_FAULT_CLOCK
    int32_t crystal_ppb, crystal_ppb_k; // its oscillator's rate at 25 °C, and by K from there
    dd_line line;                       // to the centre
} dd_house;

// At the scenario's start: commissioned, supplied and at work; absent where no lamp has a node.
void dd_house_start(dd_domain *domain, struct dd_segment_state *segment);

// Handlers of its own events: the core's deadline has come; it has booted; its battery is empty.
void dd_house_wake(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_boot(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_battery_empty(dd_domain *domain, struct dd_segment_state *segment);

// What reaches it: a lamp's CoAP over the mesh, octets over the line. One that does not run hears
// nothing.
void dd_house_receive(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp,
                      const uint8_t *octets, uint16_t n);
void dd_house_hear(dd_domain *domain, struct dd_segment_state *segment, const uint8_t *octets,
                   size_t n);

// Every hour: its oscillator's rate follows the temperature of the air (thousandths of a °C), and
// what its line has carried is recorded. dd_house_traffic records that at the end too.
void dd_house_hour(dd_domain *domain, struct dd_segment_state *segment, int32_t temperature_md);
void dd_house_traffic(dd_domain *domain, struct dd_segment_state *segment);

// How much its clock shows too much now, µs. Of one that runs.
int64_t dd_house_clock_error_us(const dd_domain *domain, const dd_house *house);

// Its clock jumps ahead by a year, and shows it at each start until that is repaired.
void dd_house_clock_fault(dd_domain *domain, struct dd_segment_state *segment, bool on);

// Something that its inputs see in the cabinet has changed. With dd_house_supply, that is at least
// the live phases of its feeder number `feeder` (a mask, bit 0 is L1).
void dd_house_inputs(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_supply(dd_domain *domain, struct dd_segment_state *segment, uint8_t feeder,
                     uint8_t live_phases);

// A technician installs it, if it is absent, takes the inventory anew, of what hangs on the poles
// now, and starts it again. A broken one, or one without supply, starts when that is over.
void dd_house_commission(dd_domain *domain, struct dd_segment_state *segment, uint64_t cause);

// Its cabinet's supply is another than it was: it has mains or not. It breaks or is repaired.
void dd_house_mains(dd_domain *domain, struct dd_segment_state *segment, bool on);
void dd_house_fault(dd_domain *domain, struct dd_segment_state *segment, bool on, uint64_t cause);
