// How far a run is, for people: one line that renews itself on a terminal, a plain line about every
// tenth of the way elsewhere.
#pragma once

#include "engine/pacer.h"

#include <stdio.h>

typedef struct dd_progress_line {
    FILE *stream; // NULL: quiet
    const dd_calendar *calendar;
    dd_time begin;
    bool terminal;  // renew the line in place
    bool shown;     // a line stands there
    int64_t tenths; // of the way that were told
} dd_progress_line;

// Progress from `begin` on, to `stream` (normally stderr); NULL for a quiet run.
void dd_progress_line_init(dd_progress_line *line, FILE *stream, const dd_calendar *calendar,
                           dd_time begin);

// Fits dd_pacer_client.progress, with the line as its context.
void dd_progress_line_show(void *line, const dd_progress *progress);

// Takes the line off the terminal; before anything else is printed, and at the end.
void dd_progress_line_clear(dd_progress_line *line);

// What is shown, of at most 79 columns: "2020-08-03 21:10:00   31 %  6,120 x  412,000 events/s
// 5 s to go".
enum { DD_PROGRESS_SIZE = 256 };
void dd_progress_format(const dd_progress_line *line, const dd_progress *progress,
                        char text[static DD_PROGRESS_SIZE]);
