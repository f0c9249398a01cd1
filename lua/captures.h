// What a run captures of its air, as the command line asks for it: air.pcapng, each frame once with
// what the addressed receiver made of it, and air-at.pcapng, what one node hears.
#pragma once

#include "engine/output/capture.h"
#include "engine/output/folder.h"
#include "lua/scenario.h"

// Options' texts; NULL where not given.
typedef struct dd_captures_def {
    bool air;             // --capture
    const char *at;       // --capture-at: a lamp's id, or a segment's for its controller's node
    const char *segments; // --capture-segment: these only, separated by commas
    const char *from;     // --capture-from: a duration since the start, or a civil time
    const char *until;    // --capture-until
} dd_captures_def;

typedef struct dd_captures {
    dd_capture *all[2]; // NULL: not asked for
} dd_captures;

// Tells the scenario's world, before it is at work, what is to be captured. DD_WRONG when the
// options make no sense.
bool dd_captures_plan(const dd_captures_def *def, const dd_scenario *scenario, const char *out,
                      dd_error *error);

// Makes the files, in the folder, what Wireshark needs to decrypt them included, and begins to
// listen.
bool dd_captures_open(dd_captures *captures, const dd_captures_def *def, dd_engine *engine,
                      const dd_folder *folder, dd_error *error);

// As the functions of one capture (engine/output/capture.h), for all of them. Closing what was
// never opened does nothing.
void dd_captures_write(dd_captures *captures);
bool dd_captures_error(dd_captures *captures, dd_error *error);
bool dd_captures_close(dd_captures *captures, dd_error *error);
