#define _POSIX_C_SOURCE 200809L
#include "engine/output/run_reader.h"
#include "engine/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool fail(const dd_run_reader *reader, dd_error *error) {
    switch (sqlite3_errcode(reader->db)) {
    case SQLITE_BUSY:
        return dd_fail(error, DD_WRONG, "%s: its run is still going on; wait until it has ended",
                       reader->path);
    case SQLITE_NOTADB:
    case SQLITE_ERROR: // no such table
        return dd_fail(error, DD_WRONG, "%s: is no run file (%s)", reader->path,
                       sqlite3_errmsg(reader->db));
    default:
        return dd_fail(error, DD_OUTSIDE, "%s: cannot be read (%s)", reader->path,
                       sqlite3_errmsg(reader->db));
    }
}

bool dd_run_reader_ask(const dd_run_reader *reader, const char *query, dd_run_row row,
                       void *context, dd_error *error) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(reader->db, query, -1, &statement, NULL)) return fail(reader, error);
    int code;
    bool good = true;
    while (good && (code = sqlite3_step(statement)) == SQLITE_ROW)
        good = row(context, statement, error);
    if (good && code != SQLITE_DONE) good = fail(reader, error);
    sqlite3_finalize(statement);
    return good;
}

// --- Opening ---

typedef struct meta {
    dd_run_reader *reader;
    int64_t schema;
} meta;

static bool take_meta(void *context, sqlite3_stmt *statement, dd_error *error) {
    meta *it = context;
    const char *key = (const char *)sqlite3_column_text(statement, 0);
    int64_t number = sqlite3_column_int64(statement, 1);
    if (strcmp(key, "schema") == 0) it->schema = number;
    if (strcmp(key, "start_unix_s") == 0) it->reader->calendar.start_unix_s = number;
    if (strcmp(key, "offset_s") == 0) it->reader->calendar.offset_s = (int32_t)number;
    if (strcmp(key, "end_ns") == 0) it->reader->end = number;
    if (strcmp(key, "complete") == 0) it->reader->complete = number != 0;
    if (strcmp(key, "scenario") == 0) {
        it->reader->scenario = strdup((const char *)sqlite3_column_text(statement, 1));
        if (!it->reader->scenario) return dd_fail(error, DD_OUTSIDE, "no memory for a name");
    }
    return true;
}

static bool read_meta(dd_run_reader *reader, const char *folder, dd_error *error) {
    meta it = {reader, -1};
    if (!dd_run_reader_ask(reader, "SELECT key, value FROM meta", take_meta, &it, error))
        return false;
    return it.schema == DD_RECORD_SCHEMA ||
           dd_fail(error, DD_WRONG,
                   "%s: was left by another version of domdom (schema %lld; this one reads %d); "
                   "play it again: domdom replay %s --out FOLDER",
                   reader->path, (long long)it.schema, DD_RECORD_SCHEMA, folder);
}

static bool open_file(dd_run_reader *reader, const char *folder, dd_error *error) {
    size_t size = strlen(folder) + sizeof "/run.sqlite";
    if (!(reader->path = malloc(size))) return dd_fail(error, DD_OUTSIDE, "no memory for a path");
    snprintf(reader->path, size, "%s/run.sqlite", folder);
    if (access(reader->path, F_OK) != 0)
        return dd_fail(error, DD_WRONG,
                       "%s: holds no run.sqlite; name the folder of a run (domdom run --out)",
                       folder);
    // Not read-only: what a killed run left unfinished is rolled back by the first who reads.
    return sqlite3_open_v2(reader->path, &reader->db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK ||
           fail(reader, error);
}

bool dd_run_reader_open(dd_run_reader *reader, const char *folder, dd_error *error) {
    *reader = (dd_run_reader){0};
    if (open_file(reader, folder, error) && read_meta(reader, folder, error)) return true;
    dd_run_reader_close(reader);
    return false;
}

void dd_run_reader_close(dd_run_reader *reader) {
    sqlite3_close(reader->db);
    free(reader->path);
    free(reader->scenario);
    *reader = (dd_run_reader){0};
}
