// Reads a run file (engine/output/run_file.h) that an earlier run left.
#pragma once

#include "engine/time.h"

#include <sqlite3.h>

typedef struct dd_run_reader {
    sqlite3 *db;
    char *path; // of the file
    dd_calendar calendar;
    char *scenario; // its name
    bool complete;  // the run reached its end
    dd_time end;    // where it was closed; 0: it was not
} dd_run_reader;

// Opens the run file of the folder that `--out` named. DD_WRONG when the folder holds none, or one
// whose records are of another schema; DD_OUTSIDE when it cannot be read.
bool dd_run_reader_open(dd_run_reader *reader, const char *folder, dd_error *error);
void dd_run_reader_close(dd_run_reader *reader);

// Calls `row` for each row of a query's answer, as long as it returns true; `statement` has the
// row's columns. False, with the error, when the file cannot be read or `row` said no.
typedef bool (*dd_run_row)(void *context, sqlite3_stmt *statement, dd_error *error);
bool dd_run_reader_ask(const dd_run_reader *reader, const char *query, dd_run_row row,
                       void *context, dd_error *error);
