// Pseudo-terminals in front of boards that are processes: each stands for the serial port that such
// a board would be. What nobody reads, since nobody has it open, is lost, as on a serial port.
#pragma once

#include "engine/base.h"

typedef struct dd_terminal dd_terminal;

// Makes one in front of a wire, a descriptor that it takes over. NULL with the error, and the wire
// is still the caller's.
dd_terminal *dd_terminal_open(int wire, dd_error *error);
void dd_terminal_close(dd_terminal *terminal); // takes NULL
const char *dd_terminal_path(const dd_terminal *terminal);

// Who sees the octets that pass, as they are read from either side.
typedef struct dd_terminal_tap {
    void *context;
    void (*octets)(void *context, bool to_board, const uint8_t *octets, size_t n);
} dd_terminal_tap;
void dd_terminal_tap_into(dd_terminal *terminal, dd_terminal_tap tap);

// Whether the board is there yet: its wire has not hung up.
bool dd_terminal_alive(const dd_terminal *terminal);

// Passes octets on, both ways, in all of them; waits up to so long for some, less if a signal
// comes.
void dd_terminals_relay(dd_terminal *const *terminals, size_t n, int ms);
