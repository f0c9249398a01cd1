// The recorder: writes a recording (recording.h), block by block.
#pragma once

#include "hil/recording/recording.h"

typedef struct dd_recorder dd_recorder;

// Begins a recording in a new or emptied file. NULL, with DD_OUTSIDE, when it cannot.
dd_recorder *dd_recorder_open(const char *path, dd_error *error);

// Adds an entry now: of a kind, at simulated time `t`, never earlier than the one before, with at
// most DD_ENTRY_MAX octets. What was added more than a second before on the wall has been handed to
// the system when it returns.
void dd_recorder_add(dd_recorder *recorder, dd_recorded kind, dd_time t, const void *octets,
                     size_t n);
// Hands on what was added so far: it survives a crash from here on.
void dd_recorder_flush(dd_recorder *recorder);

// Whether it has failed: DD_OUTSIDE, the disk is full or so. It records nothing more then.
bool dd_recorder_failed(const dd_recorder *recorder, dd_error *error);

// Writes the index and closes the file. False, with DD_OUTSIDE, when something is not written.
bool dd_recorder_close(dd_recorder *recorder, dd_error *error);
