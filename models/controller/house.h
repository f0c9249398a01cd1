// The segment controller's house in the twin: gives whoever sits there (models/controller/seat.h)
// its place in the city, its time, its supply and its flash: what it hears goes to the seat as
// stimuli, and what the seat says is carried out.
#pragma once

#include "models/backhaul/line.h"
#include "models/clock.h"
#include "models/controller/boot_loader.h"
#include "models/controller/house_clock.h"
#include "models/controller/seat.h"
#include "models/schema.h"

struct dd_segment_state;

typedef struct dd_house {
    dd_seat seat;
    dd_core_lamp *lamps;
    dd_word *spare;
    dd_timetable *timetable;
    dd_flash_memory flash;
    dd_clock oscillator; // µs since its start
    dd_time wake_at;     // the wake that is planned; DD_NEVER: none
    uint32_t generation; // of its pending wake or boot
    uint32_t battery_generation;
    uint16_t boots;    // ever, the first included
    uint16_t next_id;  // message ID that follows those of all requests to lamps so far
    bool absent;       // not installed yet
    bool running;      // booted, supplied and not broken
    bool busy;         // carries out what the seat has said ...
    bool changed;      // ... which has changed what it sees in the cabinet ...
    bool look;         // ... or it is to be shown that anew
    bool mains;        // its supply; without it the battery carries it for a while
    bool broken;       // DD_FAULT_CONTROLLER
    bool hung;         // DD_FAULT_HANG: powered, and does nothing until it is started anew
    bool clock_broken; // DD_FAULT_CLOCK
    bool restarts;     // when all of this moment is done, for this reason:
    uint8_t reason;    // dd_start_reason of its next start
    int32_t crystal_ppb, crystal_ppb_k; // its oscillator's rate at 25 °C, and by K from there
    dd_boot_loader loader;
    dd_line line; // to the centre
} dd_house;

// At the scenario's start: commissioned, supplied and at work; absent where no lamp has a node.
void dd_house_start(dd_domain *domain, struct dd_segment_state *segment);

// Handlers of its own events: a deadline of the seat's has come; it has booted; it restarts, as its
// program has ordered or the seat needs; its watchdog has not been fed for too long; its battery is
// empty.
void dd_house_wake(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_boot(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_reboot(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_watchdog(dd_domain *domain, struct dd_segment_state *segment);
void dd_house_battery_empty(dd_domain *domain, struct dd_segment_state *segment);

// Handlers of what comes from outside to its seat: a tenant comes or goes, or its clock is told;
// one that is not prompt has said something.
void dd_house_seat(dd_domain *domain, struct dd_segment_state *segment, const dd_event *event);
void dd_house_respond(dd_domain *domain, struct dd_segment_state *segment, const dd_event *event);

// What reaches it: a lamp's CoAP over the mesh, octets over the line. One that does not run hears
// nothing.
void dd_house_receive(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp,
                      const uint8_t *octets, uint16_t n);
void dd_house_hear(dd_domain *domain, struct dd_segment_state *segment, const uint8_t *octets,
                   size_t n);

// The same for one with a mesh stack of its own: a frame, and what became of one of its own.
void dd_house_receive_frame(dd_domain *domain, struct dd_segment_state *segment, int8_t rss_dbm,
                            const uint8_t *octets, uint16_t n);
void dd_house_sent_frame(dd_domain *domain, struct dd_segment_state *segment, uint32_t handle,
                         uint8_t result, uint8_t attempts);

// Every hour: its oscillator's rate follows the temperature of the air (thousandths of a °C), and
// what its line has carried is recorded. dd_house_traffic records that at the end too.
void dd_house_hour(dd_domain *domain, struct dd_segment_state *segment, int32_t temperature_md);
void dd_house_traffic(dd_domain *domain, struct dd_segment_state *segment);

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
