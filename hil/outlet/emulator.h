// Emulated boards: the reference firmware, or another, under QEMU or as a host process, behind a
// socket that nobody else can reach. They die with whoever started them: with the thread that did,
// to be exact, so start them from one that stays.
#pragma once

#include "engine/base.h"

typedef struct dd_emulator dd_emulator;

typedef struct dd_emulator_def {
    const char *machine;        // "lm3s6965evb", "netduinoplus2", "host"
    const char *firmware;       // an ELF file or a program; NULL: the reference firmware
    const char *serial;         // that its Hello tells; NULL: the firmware's own
    const char *const *options; // of a host process, NULL-ended; NULL: none
} dd_emulator_def;

extern const char *const dd_emulator_machines[]; // NULL-ended

// Starts one, its supply on. DD_WRONG when the machine is unknown, and with the remedy when QEMU or
// the firmware is missing; what `def` points to is not needed any more afterwards.
dd_emulator *dd_emulator_start(const dd_emulator_def *def, dd_error *error);
void dd_emulator_stop(dd_emulator *emulator); // takes NULL

// Plugs it in: a descriptor of its wire, the caller's; closing it pulls the cable. -1 with the
// error: it has no supply, or has ended by itself. One at a time: a second waits for the first to
// be closed.
int dd_emulator_open(dd_emulator *emulator, dd_error *error);

// Presses its reset button.
void dd_emulator_reset(dd_emulator *emulator);
// Without supply its wire hangs up; with it again it starts anew, and has to be plugged in anew.
// False: it did not start.
bool dd_emulator_power(dd_emulator *emulator, bool on, dd_error *error);
