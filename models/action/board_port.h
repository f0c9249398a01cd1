// What an instructor does to the boards in controllers' places. The models know no wires: whoever
// holds the boards of a run puts this into its world.
#pragma once

#include "engine/base.h"

typedef enum dd_board_deed {
    DD_BOARD_ATTACH, // puts one there
    DD_BOARD_DETACH, // takes it away in good order
    DD_BOARD_UNPLUG, // pulls its cable ...
    DD_BOARD_PLUG,   // ... and puts it back
    DD_BOARD_SUPPLY, // switches its supply
    DD_BOARD_RESET,  // has it start anew
    DD_BOARD_WIRE,   // makes its wire bad, or good
} dd_board_deed;

typedef struct dd_board_port {
    void *context;
    // Whether that can be asked for. `how` says more of it, in the words of the action:
    // "serial=SEG-0042 on_lost=wait", "off", "drop=0.05"; "" where there is nothing to say.
    bool (*check)(void *context, uint32_t segment, dd_board_deed deed, const char *how,
                  dd_error *error);
    // Does it, between events. False and an error: it could not be done.
    bool (*act)(void *context, uint32_t segment, dd_board_deed deed, const char *how,
                dd_error *error);
    // How many boards stand so (dd_board_state), for figures; below 0: that are wanted.
    uint32_t (*count)(void *context, int state);
    // Sums over all boards, for figures.
    void (*times)(void *context, uint64_t *deadlines, uint64_t *overruns, uint64_t *latest_us);
} dd_board_port;
