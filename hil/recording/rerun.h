// A rerun: a recorded city fed to another board, or to whoever sits in its place, side by side with
// what the recorded one said to it. An onlooker (shadow.h) judges: side 0 is the new one, side 1
// the recording.
//
// The new one is told what the recorded one was told, at the same times. What follows from itself
// follows from itself: its own deadlines are called, its own looks at the cabinet are answered,
// with what was last seen there, and what it keeps in its store is its own.
#pragma once

#include "hil/recording/recording.h"
#include "models/controller/tenant.h"

typedef struct dd_rerun dd_rerun;

typedef struct dd_rerun_def {
    const char *path;     // of the recording
    dd_tenant tenant;     // the new one
    dd_onlooker onlooker; // functions may be NULL
    dd_time from, until;  // only starts at or after the one ... and nothing after the other
} dd_rerun_def;

typedef struct dd_rerun_counts {
    uint64_t starts, stimuli; // that the new one was told
    uint64_t own_times;       // ... of these its own deadlines that the recorded one did not have
} dd_rerun_counts;

dd_rerun *dd_rerun_open(const dd_rerun_def *def, dd_error *error);
void dd_rerun_close(dd_rerun *rerun); // takes NULL

// The simulated time of what comes next; DD_NEVER: it is over.
dd_time dd_rerun_next(const dd_rerun *rerun);
// Does that. False: it is over, or (error->status) the recording is spoilt, or the new one is lost.
bool dd_rerun_step(dd_rerun *rerun, dd_error *error);

const dd_rerun_counts *dd_rerun_counts_of(const dd_rerun *rerun);
