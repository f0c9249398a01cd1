// The run file: run.sqlite, every record worth a query, laid out by the record schema alone.
//
//   meta(key, value)          "schema", "start_unix_s", "offset_s", "complete" ('0' until the run
//                             was closed in order), "end_ns" (where it was closed, simulated), and
//                             what the caller adds
//   entity(id, type, name, stable, part_of)    stable: 16 hexadecimal digits; part_of: another's id
//   text(id, text)
//   kind(id, name, what, voice, digest, kept)
//   field(kind, place, name, unit, type, names)    names: a JSON array, for type 'enum'
//   KIND(record_id, t_ns, entity, cause, branch, FIELD...)    one table for every kept kind
//   KIND_v                    the same for people
//
// In a kind's table numbers are as a program wants them: t_ns and TIME fields are nanoseconds since
// the scenario's start, entities and texts are ids of the tables above, an ENUM is its index, a
// MILLI is a REAL in the field's unit, a SHARE a REAL in percent. Nothing is NULL but an unknown
// cause and "no entity". Rows stand in the stream's order. In the view the moment is civil time,
// entities and texts are written out, an ENUM is its name, and a column carries its unit:
// "power_W", "level_percent". There is no index: a night's table is scanned in a tenth of a second,
// and indexing it would cost the run half a second that few queries win back.
//
// What holds: whatever was committed survives the death of the process (SIGKILL, abort) at any
// moment, through SQLite's rollback journal beside the file, which the next reader applies; it is
// not synced, so after a power cut or a crash of the whole machine the file may be damaged. The
// file is locked while the run goes on, and one plain file when it has ended.
#pragma once

#include "engine/engine.h"

enum { DD_RUN_FILE_BATCH = 100000 }; // rows after which the file commits by itself

typedef struct dd_run_file dd_run_file;

// Creates `path`, which must not exist, and listens to the kept kinds of `engine`, which must not
// be flushed any more after the file is closed. NULL on failure. An existing file is DD_WRONG, all
// else DD_OUTSIDE.
dd_run_file *dd_run_file_open(const char *path, dd_engine *engine, dd_error *error);

// Sets a row of `meta`. After an error: does nothing.
void dd_run_file_meta(dd_run_file *file, const char *key, const char *value);

// Makes sure that all records heard so far survive the process. Cheap when there are few: a caller
// that paces a run calls it a few times a second. After an error: does nothing.
void dd_run_file_commit(dd_run_file *file);

// The file writes without telling: after an error (disk full) records are dropped and what was
// committed stays. True once, with the error, when that has happened since.
bool dd_run_file_error(dd_run_file *file, dd_error *error);

// Commits, marks the file complete unless `interrupted`, and closes it. False with the first error
// ever when the file does not hold the whole run, even if dd_run_file_error told it before.
bool dd_run_file_close(dd_run_file *file, bool interrupted, dd_error *error);
