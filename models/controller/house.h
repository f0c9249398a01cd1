// The segment controller's house in the twin: feeds the core with time, orders, its inputs and,
// through its CoAP endpoint, lamps' replies, and carries out what it says. A board can take the
// core's place here.
#pragma once

#include "models/backhaul/line.h"
#include "models/clock.h"
#include "models/controller/boot_loader.h"
#include "models/controller/core/core.h"
#include "models/mesh/stack/coap/coap_client.h"
#include "models/schema.h"

struct dd_segment_state;

// Its flash, taken piece by piece as it is written.
enum { DD_FLASH_PIECE = 16 * 1024, DD_FLASH_PIECES = DD_STORE_SIZE / DD_FLASH_PIECE };

typedef struct dd_house {
    dd_core core;
    dd_core_lamp *lamps;
    dd_word *spare;
    dd_timetable *timetable;
    dd_arena *arena;     // of its domain
    dd_coap_client coap; // its requests to lamps
    int64_t core_due_ms; // deadlines, by its uptime
    int64_t coap_due_ms;
    uint32_t draws;      // random words that its CoAP has taken
    dd_clock oscillator; // µs since its start
    dd_time wake_at;     // the wake that is planned; DD_NEVER: none
    uint32_t generation; // of its pending wake or boot
    uint32_t battery_generation;
    uint16_t boots;    // ever, the first included
    bool absent;       // not installed yet
    bool running;      // booted, supplied and not broken
    bool busy;         // carries out what the core has said ...
    bool look;         // ... and is to give it its inputs anew when that is done
    bool mains;        // its supply; without it the battery carries it for a while
    bool broken;       // DD_FAULT_CONTROLLER
    bool hung;         // DD_FAULT_HANG: powered, and does nothing until it is started anew
    bool worn;         // DD_FAULT_STORE: its flash takes no more writes
    bool clock_broken; // DD_FAULT_CLOCK
    bool reboots;      // what the core has said is to be followed by a restart
    uint8_t reason;    // dd_start_reason of its next start
    int32_t crystal_ppb, crystal_ppb_k; // its oscillator's rate at 25 °C, and by K from there
    dd_boot_loader loader;
    dd_line line;                    // to the centre
    uint8_t *flash[DD_FLASH_PIECES]; // NULL: never written
} dd_house;

// At the scenario's start: commissioned, supplied and at work; absent where no lamp has a node.
void dd_house_start(dd_domain *domain, struct dd_segment_state *segment);

// Handlers of its own events: the core's deadline has come; it has booted; it restarts, as its
// program has ordered; its watchdog has not been fed for too long; its battery is empty.
void dd_house_wake(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_boot(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_reboot(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_watchdog(dd_domain *domain, struct dd_segment_state *segment);
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

// A technician installs a new one, with empty flash, where there is none or it is broken or worn,
// takes the inventory anew, of what hangs on the poles now, and starts it. Without supply it starts
// when that is back.
void dd_house_commission(dd_domain *domain, struct dd_segment_state *segment, uint64_t cause);

// Its cabinet's supply is another than it was: it has mains or not.
void dd_house_mains(dd_domain *domain, struct dd_segment_state *segment, bool on);

// DD_FAULT_CONTROLLER, _HANG or _STORE: it fails, or is mended and keeps what its flash holds.
void dd_house_fault(dd_domain *domain, struct dd_segment_state *segment, dd_fault_kind fault,
                    bool on, uint64_t cause);
bool dd_house_failed(const struct dd_segment_state *segment, dd_fault_kind fault);
