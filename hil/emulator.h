// Emulated boards: the reference firmware under QEMU, or as a host process, behind a
// pseudo-terminal or socket. They die with whoever started them.
#pragma once

#include "engine/base.h"

typedef struct dd_emulator dd_emulator;

typedef struct dd_emulator_def {
    const char *machine;        // "lm3s6965evb", "netduinoplus2", "host"
    const char *firmware;       // an ELF file or a program; NULL: the reference firmware
    const char *serial;         // that its Hello tells
    const char *const *options; // of a host process, NULL-ended; NULL: none
} dd_emulator_def;

extern const char *const dd_emulator_machines[]; // NULL-ended

// Starts one; DD_WRONG with the remedy when QEMU or the firmware is missing.
dd_emulator *dd_emulator_start(const dd_emulator_def *def, dd_error *error);
void dd_emulator_stop(dd_emulator *emulator); // takes NULL; waits a second at most
// A descriptor for its wire; the caller's. Closing it pulls the cable, another call plugs it in
// anew. -1: it has no supply, or died, and why.
int dd_emulator_open(dd_emulator *emulator, dd_error *error);
// Presses its reset button.
void dd_emulator_reset(dd_emulator *emulator);
// Off: all that it had in its memory is gone.
void dd_emulator_power(dd_emulator *emulator, bool on);
