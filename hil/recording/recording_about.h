// What a recording is about: whose it is, of what run, and what lies in it.
#pragma once

#include "hil/recording/recording.h"

#include <jansson.h>

typedef struct dd_recording_about {
    json_t *run;          // of DD_RECORDED_SESSION's first: segment, seed, ...
    json_t *board;        // ... of its last; NULL: no board was ever welcomed
    char segment[64];     // "": it is not said
    dd_calendar calendar; // of the run
    bool dated;           // ... if it is known
    bool cut, prompt;     // it was cut off; its board worked in lock-step
    dd_time begin, end;   // simulated, from the first start
    int64_t wall_us;      // of the last entry
    uint32_t block_n;
    uint64_t counts[DD_RECORDED_KINDS], octets[DD_RECORDED_KINDS]; // entries by kind
} dd_recording_about;

// Reads all of it. False: it is none, or it is spoilt.
bool dd_recording_about_read(dd_recording_about *about, const char *path, dd_error *error);
void dd_recording_about_fini(dd_recording_about *about);

// A simulated time for people: civil, else in seconds of the run.
enum { DD_RECORDING_MOMENT = 48 };
void dd_recording_moment(const dd_recording_about *about, dd_time t,
                         char text[static DD_RECORDING_MOMENT]);
