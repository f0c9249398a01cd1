// A recording for people: in a few lines, or entry by entry.
#pragma once

#include "hil/recording/recording_about.h"

#include <stdio.h>

// Whose it is, of what run, how much lies in it.
void dd_recording_print_about(const dd_recording_about *about, FILE *file);
// The same as JSON; the caller's.
json_t *dd_recording_about_json(const dd_recording_about *about);

// Its entries from one simulated time to another, a line each; frames too, if they are wanted.
// False: it is spoilt, and what comes before was printed.
bool dd_recording_print(const char *path, const dd_recording_about *about, dd_time from,
                        dd_time until, bool frames, FILE *file, dd_error *error);
