// The kit: what a firmware author compiles in, so that a board can take the place of a simulated
// controller. Freestanding C, no allocation, five things to port. It greets, keeps the session,
// answers grants, keeps time, borrows flash; what comes for the firmware it hands over as a message
// of hil/domdom.proto, and the firmware answers with others. See example/ for the whole of a board.
//
// Everything is called from one place, dd_kit_poll, and nothing from an interrupt.
//
// On a Cortex-M0, with nanopb: under 12 KiB of flash and 2 KiB of static RAM, its buffers included,
// which the build checks. The stack comes on top: some 2.3 KiB at its deepest, when a firmware asks
// the borrowed store (as gcc's -fcallgraph-info=su adds up), and what the firmware's own `take`
// needs.
#pragma once

#include "hil/domdom.pb.h"
#include "hil/kit/stuffing.h"

// Octets of the largest frame either way, its check included: one with 512 octets of the line.
#ifndef DD_KIT_FRAME
#define DD_KIT_FRAME 576
#endif
// Octets for what comes while the firmware waits for its borrowed store, or for room to say more.
// With so few the answer has room and nothing else: what comes beside it is lost, and counted so. A
// board that borrows its store wants some KiB here.
#ifndef DD_KIT_ASIDE
#define DD_KIT_ASIDE 192
#endif

enum {
    DD_KIT_VERSION = 1,
    DD_KIT_WINDOW = 4,       // frames for which it gives credit at once
    DD_KIT_HELLO_MAX = 256,  // octets of a Hello: names are cut to what fits
    DD_KIT_TOLERANCE = 5000, // us by which a deadline may be missed before it counts as overrun
};

// The board. All but the store's two must be there.
typedef struct dd_kit_port {
    void *context;
    // Octets that have come, n at most, after waiting up to `wait_us` for the first of them. It may
    // return sooner with none.
    size_t (*read)(void *context, uint8_t *octets, size_t n, uint32_t wait_us);
    // Sends octets; returns when it has taken all of them.
    void (*write)(void *context, const uint8_t *octets, size_t n);
    // Microseconds since it was switched on; never goes back.
    uint64_t (*clock_us)(void *context);
    // Starts the board anew, for a dd_start_reason. Need not return.
    void (*reset)(void *context, uint32_t reason);
    // Its own store. False: not done. Both NULL: it has none, and borrows one.
    bool (*load)(void *context, uint32_t at, void *octets, uint32_t n);
    bool (*save)(void *context, uint32_t at, const void *octets, uint32_t n);
    uint32_t store_size; // octets of it
} dd_kit_port;

// The firmware.
typedef struct dd_kit_firmware {
    void *context;
    // Takes a message at an uptime; NULL: the deadline that it stated has come. Returns the uptime
    // at which it wants to be called next if nothing comes, 0: never. What it says meanwhile by
    // dd_kit_send belongs to this message. Octets in the message are its own until it returns.
    uint64_t (*take)(void *context, uint64_t uptime_us, const hil_Message *message);
} dd_kit_firmware;

// Strings end with 0 and live as long as the kit; NULL: nothing is said.
typedef struct dd_kit_def {
    dd_kit_port port;
    dd_kit_firmware firmware;
    uint32_t capabilities;                       // mask of hil_Capability
    uint32_t vid, pid;                           // of its USB device; 0: not known to it
    const char *serial, *model, *name, *segment; // `name`: of the firmware, with its version
    dd_octets hash;                              // of its image
    uint32_t boots;                              // starts of which it knows, this one included
} dd_kit_def;

// What it counts: what a Beat tells.
typedef struct dd_kit_counts {
    uint32_t received, lost, garbled, refused, overruns;
} dd_kit_counts;

typedef struct dd_kit {
    const dd_kit_def *def;
    dd_kit_counts counts;
    uint32_t session; // 0: none
    uint32_t mode;
    uint32_t number, heard, limit, promised; // frames: ours last, theirs last; credit either way
    uint32_t step, part;                     // of the answer that was given last, or is being made
    uint32_t token;                          // of the last question to the borrowed store
    uint32_t beat_us, late_us;
    uint16_t frame_max;  // octets that the twin takes
    bool running;        // it was started
    bool answering, cut; // in a message's handler; which is void, since the session is over
    uint64_t origin_us;  // real time: clock at uptime 0
    uint64_t uptime_us;  // lock-step: as granted
    uint64_t due_us;     // uptime; 0: never
    uint32_t hello_us, beaten_us; // clock, its lower half: when it last said so ...
    uint32_t told_us;             // ... and when the twin was last heard
    hil_Outputs outputs;          // as said last
    uint16_t out_at, out_n;       // the frame that was sent last, or is being made
    uint16_t in_n, aside_n;
    dd_unstuffer unstuffer;
    uint8_t chunk_at, chunk_n;
    uint8_t chunk[32]; // octets read and not looked at
    uint8_t in[DD_KIT_FRAME], out[DD_KIT_FRAME], aside[DD_KIT_ASIDE];
} dd_kit;

// `def` stays with the caller. Says nothing yet.
void dd_kit_init(dd_kit *kit, const dd_kit_def *def);

// Does what is to be done; else waits for up to `wait_us` until there is. Call it for ever.
void dd_kit_poll(dd_kit *kit, uint32_t wait_us);

// Says something, from within `take` only; fills in its time. In lock-step it may wait until the
// twin wants to hear more. False: too long for a frame, the session is over, or (real time) the
// twin has no room for long.
bool dd_kit_send(dd_kit *kit, hil_Message *message);
void dd_kit_log(dd_kit *kit, uint32_t level, const char *text);

// Counts a message that made no sense and was passed over.
void dd_kit_pass_over(dd_kit *kit);
// Ends the session: what was asked for cannot be.
void dd_kit_refuse(dd_kit *kit, hil_Reason reason, const char *text);

// The store: the board's own or, without one, the twin's, from within `take` only. False: not done.
bool dd_kit_load(dd_kit *kit, uint32_t at, void *octets, uint32_t n);
bool dd_kit_save(dd_kit *kit, uint32_t at, const void *octets, uint32_t n);

dd_octets dd_kit_text(const char *text); // a string as a message holds it
