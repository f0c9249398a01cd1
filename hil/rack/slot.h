// A slot of the rack: one board that is wanted, from the search for it to its work in a segment's
// seat and its loss, again and again.
#pragma once

#include "hil/board/real_time.h"
#include "hil/outlet/outlet.h"
#include "hil/recording/witness.h"
#include "hil/wire/bad_wire.h"

enum { DD_SLOT_TRIES = 10 }; // in vain, one after the other; then only a new device is tried

typedef struct dd_slot_def {
    const dd_attach_def *attach; // how it was asked for ...
    const dd_board_match *match; // ... and which of its boards this is; both outlive it
    const char *segment;         // its id; outlives it
    const char *serial;          // that an emulated board is to tell; outlives it
    dd_discovery *discovery;     // outlives it; NULL: none
    dd_witness *witness;         // outlives it; NULL: nothing is recorded
    bool lock_step;              // how it is to work, here
    void (*tell)(void *context, const char *text); // a line for people
    void (*idle)(void *context); // every few ms while it is started in real time; NULL: nothing
    void *context;
} dd_slot_def;

typedef struct dd_slot dd_slot;

// NULL and the error when its emulator cannot be started.
dd_slot *dd_slot_open(const dd_slot_def *def, dd_error *error);
// Ends its session (REASON_END) and closes its wire. Takes NULL; a second at most.
void dd_slot_close(dd_slot *slot);

// Between events: does what can be done without waiting: looks for it, greets it, hears it, sees
// that it is gone.
void dd_slot_advance(dd_slot *slot, int64_t now_ns);
// ... and waits for that until it is greeted or nothing more is to be hoped for, up to `ms`.
void dd_slot_settle(dd_slot *slot, int ms);
// When the slot must be advanced though nothing has come: ns of CLOCK_MONOTONIC.
int64_t dd_slot_due(const dd_slot *slot);
// A device has come: it may be this board, however often it was looked for in vain.
void dd_slot_retry(dd_slot *slot);
// For how long this process may not have looked, µs: what that makes late is not the board's fault.
void dd_slot_busy(dd_slot *slot, int64_t busy_us);
int dd_slot_fd(const dd_slot *slot); // its wire; -1: none is open
bool dd_slot_writing(const dd_slot *slot);

// For its segment's seat. A start needs a board that is greeted, else it is lost at once.
dd_tenant dd_slot_tenant(dd_slot *slot);
bool dd_slot_seated(const dd_slot *slot); // was started, and is neither stopped nor lost
// Real time: the next thing that it has said, for its segment.
bool dd_slot_take(dd_slot *slot, dd_response *response);

dd_board_state dd_slot_state(const dd_slot *slot, dd_board_verdict *verdict);
const dd_board_identity *dd_slot_identity(const dd_slot *slot);
dd_link_counts dd_slot_counts(const dd_slot *slot); // over all its wires
const dd_real_time *dd_slot_real_time(const dd_slot *slot);
uint32_t dd_slot_repeats(const dd_slot *slot);  // of grants
int64_t dd_slot_uptime_us(const dd_slot *slot); // as it was last told or said; -1: not known

// What an instructor does to it. The error says why it cannot be done.
void dd_slot_plug(dd_slot *slot, bool in);
bool dd_slot_supply(dd_slot *slot, bool on, dd_error *error);
bool dd_slot_reset(dd_slot *slot, dd_error *error);
bool dd_slot_wire(dd_slot *slot, const dd_bad_wire_def *def, dd_error *error);
