// The boards of a run that is played: those that its scenario wants and those of the command line,
// on one rack.
#pragma once

#include "hil/rack/rack.h"
#include "lua/scenario.h"

typedef struct dd_run_boards_def {
    double speed;               // of the run
    const char *const *options; // "SEGMENT=BOARD", `option_n` of them: how attach.h has it
    size_t option_n;
    const char *out;      // folder of the run, or NULL
    const char *recorded; // folder of a run whose recordings stand for boards, or NULL
    void (*tell)(void *context, const char *line);
    dd_time (*present)(void *context); // of the wall, as dd_pacer_present
    void *context;
} dd_run_boards_def;

// The rack of a scenario's world, still empty; actions on boards can be read from here on.
dd_rack *dd_run_boards_open(dd_scenario *scenario, const dd_run_boards_def *def, dd_error *error);

// Attaches what is wanted, waits for it, and gives it its seats. What the command line says of a
// segment goes before what the scenario does. Once the run's folder is there, before the start.
bool dd_run_boards_begin(dd_rack *rack, const dd_scenario *scenario, const dd_run_boards_def *def,
                         dd_error *error);
