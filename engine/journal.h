// The journal: everything that entered a run from outside, stamped with simulated time, so that
// scenario + journal play the run again. JSON lines:
//
//   {"journal":1,"domdom":"0.1.0","scenario":"first_night.lua","text":"...","seed":"7",...}
//   {"t":15000000000,"kind":"action","text":"lamp.dim L-0001 50"}
//   {"t":48600000000000,"kind":"end","digest":"...","events":123}
//
// The first line is the caller's header, after the journal's version. Every line is handed to the
// system as it is made, so that a killed process leaves all but perhaps the end of its last line.
#pragma once

#include "engine/time.h"

#include <jansson.h>
#include <stdio.h>

// Changes when an older reader would misread a journal.
enum { DD_JOURNAL_VERSION = 1 };

// --- Writing ---

typedef struct dd_journal {
    FILE *file;
    char *path;
} dd_journal;

// Starts a journal in a new or emptied file. `header` (object, borrowed) must not name "journal".
// DD_OUTSIDE on failure.
bool dd_journal_create(dd_journal *journal, const char *path, const json_t *header,
                       dd_error *error);

// Adds an entry. `fields` (object or NULL, borrowed) must not name "t" or "kind". DD_OUTSIDE on
// failure (disk full).
bool dd_journal_append(dd_journal *journal, dd_time t, const char *kind, const json_t *fields,
                       dd_error *error);

// Closes it; an end without errors is told by an entry of the caller's, not by closing. May be
// called on a zeroed journal.
bool dd_journal_close(dd_journal *journal, dd_error *error);

// --- Reading ---

typedef struct dd_journal_entry {
    dd_time t;
    const char *kind; // inside `json`
    json_t *json;     // the whole object
} dd_journal_entry;

typedef struct dd_journal_log {
    json_t *header;
    dd_journal_entry *entries; // never going back in time
    size_t n;
    bool truncated; // the last line was cut off, as a kill leaves it, and is ignored
} dd_journal_log;

// Reads a journal. DD_WRONG with file, line and remedy when there is none, when it is garbled
// anywhere but at its cut-off end, or when it is of a newer version.
bool dd_journal_read(const char *path, dd_journal_log *log, dd_error *error);

// The same from memory, for tests and fuzzers; `name` stands for the file in messages.
bool dd_journal_parse(const char *text, size_t size, const char *name, dd_journal_log *log,
                      dd_error *error);

void dd_journal_log_fini(dd_journal_log *log);
