// Where a board is plugged in: a serial port, found by what its device says of itself or named by
// its path, or an emulator of its own. Its supply may be switched.
#pragma once

#include "hil/outlet/discovery.h"
#include "hil/outlet/supply.h"

typedef struct dd_outlet dd_outlet;

typedef struct dd_outlet_def {
    const dd_board_match *match; // outlives it; not a recording
    dd_discovery *discovery;     // outlives it; NULL: only paths and emulators
    const char *serial;          // that an emulated board is to tell
    const char *supply;          // command; NULL: none
} dd_outlet_def;

// Starts the emulator, if it is one. NULL, with the error, when that fails.
dd_outlet *dd_outlet_open(const dd_outlet_def *def, dd_error *error);
void dd_outlet_close(dd_outlet *outlet); // takes NULL; stops the emulator; waits a second at most

// A descriptor of the board's wire, the caller's; -1, with the verdict and the error. Where only a
// board's Hello can tell whether it is the right one, another call tries the next candidate.
int dd_outlet_connect(dd_outlet *outlet, dd_board_verdict *verdict, dd_error *error);
// Whether what was connected last must say the right serial in its Hello.
bool dd_outlet_unsure(const dd_outlet *outlet);

// Whether its supply can be switched; doing it. It may take a while: dd_outlet_poll.
bool dd_outlet_switchable(const dd_outlet *outlet);
bool dd_outlet_switch(dd_outlet *outlet, bool on, dd_error *error);
dd_supply_state dd_outlet_poll(dd_outlet *outlet, dd_error *error);
// Presses an emulated board's reset button; false: it has none that we can reach.
bool dd_outlet_press_reset(dd_outlet *outlet);
