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

typedef enum dd_board_figure {
    DD_BOARDS_WANTED,
    DD_BOARDS_AT_WORK,
    DD_BOARDS_LOSSES,
    DD_BOARDS_DEADLINES,
    DD_BOARDS_OVERRUNS,
    DD_BOARDS_LATEST_MS,
    DD_BOARDS_COMPARED,
    DD_BOARDS_DIVERGENCES,
} dd_board_figure;

typedef struct dd_board_port {
    void *context;
    // Whether that can be asked for. `how` says more of it, in the words of the action:
    // "serial=SEG-0042 on_lost=wait", "off", "drop=0.05"; "" where there is nothing to say.
    bool (*check)(void *context, uint32_t segment, dd_board_deed deed, const char *how,
                  dd_error *error);
    // Does it, between events. False and an error: it could not be done.
    bool (*act)(void *context, uint32_t segment, dd_board_deed deed, const char *how,
                dd_error *error);
    // A figure over all boards, as it stands now.
    double (*figure)(void *context, dd_board_figure figure);
} dd_board_port;
