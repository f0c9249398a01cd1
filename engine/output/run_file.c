#define _DEFAULT_SOURCE
#include "engine/output/run_file.h"
#include "engine/texts.h"

#include <ctype.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Columns of a kind's table before its fields.
enum { FIRST_FIELD = 6 };

// Rows of one table go in by eight: a statement of eight rows takes little more than half the time
// of eight statements.
enum { ROWS = 8 };

typedef struct dd_table {
    sqlite3_stmt *insert_one, *insert_rows; // NULL: not kept
    int columns;
    uint32_t waiting; // records that are not yet in
    dd_record records[ROWS];
} dd_table;

struct dd_run_file {
    dd_engine *engine;
    const dd_record_schema *schema;
    char *path;
    sqlite3 *db;
    dd_table tables[DD_RECORD_KINDS_MAX];
    uint32_t pending;          // rows since the last commit
    uint32_t entity_n, text_n; // already written
    bool failed, told;
    dd_error error; // the first
};

// --- Errors ---

static const char *remedy(int code) {
    switch (code) {
    case SQLITE_FULL:
        return "the disk is full: free some space, or choose another disk by --out";
    case SQLITE_IOERR:
        return "check the disk (full, or over a quota?), or choose another by --out";
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
        return "check that the folder can be written, or choose another by --out";
    default:
        return "choose another folder by --out";
    }
}

// Remembers the first error and gives up the open transaction; what was committed stays.
static bool fail(dd_run_file *file) {
    if (file->failed) return false;
    file->failed = true;
    dd_fail(&file->error, DD_OUTSIDE, "%s: cannot write the run's records (%s); %s", file->path,
            sqlite3_errmsg(file->db), remedy(sqlite3_errcode(file->db)));
    if (!sqlite3_get_autocommit(file->db)) sqlite3_exec(file->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

static bool execute(dd_run_file *file, const char *sql) {
    if (file->failed) return false;
    return sqlite3_exec(file->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(file);
}

static bool step(dd_run_file *file, sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    if (code != SQLITE_DONE && code != SQLITE_ROW) return fail(file);
    sqlite3_reset(statement);
    return true;
}

static sqlite3_stmt *prepare(dd_run_file *file, const char *sql) {
    sqlite3_stmt *statement = NULL;
    if (file->failed) return NULL;
    if (sqlite3_prepare_v3(file->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL)) {
        fail(file);
        return NULL;
    }
    return statement;
}

static void bind_text(sqlite3_stmt *statement, int place, const char *text) {
    sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC); // a NULL text binds NULL
}

// --- The layout, from the schema ---

static const char layout[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
    "CREATE TABLE entity(id INTEGER PRIMARY KEY, type TEXT, name TEXT, stable TEXT,"
    " part_of INTEGER);"
    "CREATE TABLE text(id INTEGER PRIMARY KEY, text TEXT);"
    "CREATE TABLE kind(id INTEGER PRIMARY KEY, name TEXT, what TEXT, voice TEXT, digest TEXT,"
    " kept INTEGER);"
    "CREATE TABLE field(kind TEXT, place INTEGER, name TEXT, unit TEXT, type TEXT, names TEXT,"
    " PRIMARY KEY(kind, place)) WITHOUT ROWID;";

static const char *const type_names[] = {
    [DD_FIELD_INTEGER] = "integer", [DD_FIELD_MILLI] = "milli",   [DD_FIELD_SHARE] = "share",
    [DD_FIELD_ENUM] = "enum",       [DD_FIELD_ENTITY] = "entity", [DD_FIELD_TIME] = "time",
    [DD_FIELD_TEXT] = "text",       [DD_FIELD_BYTES] = "bytes",
};

static char *names_json(const dd_field *field) {
    if (field->type != DD_FIELD_ENUM) return NULL;
    json_t *array = json_array();
    for (const char *const *name = field->names; *name; name++)
        json_array_append_new(array, json_string(*name));
    char *text = json_dumps(array, JSON_COMPACT);
    json_decref(array);
    return text;
}

static void describe_fields(dd_run_file *file, const dd_record_kind *kind) {
    sqlite3_stmt *insert = prepare(file, "INSERT INTO field VALUES(?,?,?,?,?,?)");
    for (int i = 0; insert && i < DD_RECORD_VALUES && kind->fields[i].type; i++) {
        const dd_field *field = &kind->fields[i];
        char *names = names_json(field);
        bind_text(insert, 1, kind->name);
        sqlite3_bind_int(insert, 2, i);
        bind_text(insert, 3, field->name);
        bind_text(insert, 4, field->unit);
        bind_text(insert, 5, type_names[field->type]);
        bind_text(insert, 6, names);
        step(file, insert);
        free(names);
    }
    sqlite3_finalize(insert);
}

static void describe_kinds(dd_run_file *file) {
    const dd_record_schema *schema = file->schema;
    sqlite3_stmt *insert = prepare(file, "INSERT INTO kind VALUES(?,?,?,?,?,?)");
    for (uint16_t i = 0; insert && i < schema->kind_n; i++) {
        const dd_record_kind *kind = &schema->kinds[i];
        sqlite3_bind_int(insert, 1, i);
        bind_text(insert, 2, kind->name);
        bind_text(insert, 3, kind->what);
        bind_text(insert, 4, kind->voice == DD_TRUTH ? "truth" : "belief");
        bind_text(insert, 5, kind->digest ? schema->digest_names[kind->digest - 1] : NULL);
        sqlite3_bind_int(insert, 6, kind->kept);
        step(file, insert);
        describe_fields(file, kind);
    }
    sqlite3_finalize(insert);
}

static bool is_real(const dd_field *field) {
    return field->type == DD_FIELD_MILLI || field->type == DD_FIELD_SHARE;
}

static void create_table(dd_run_file *file, const dd_record_kind *kind) {
    sqlite3_str *sql = sqlite3_str_new(file->db);
    sqlite3_str_appendf(sql,
                        "CREATE TABLE \"%w\"(record_id INTEGER, t_ns INTEGER, entity INTEGER,"
                        " cause INTEGER, branch INTEGER",
                        kind->name);
    for (int i = 0; i < DD_RECORD_VALUES && kind->fields[i].type; i++)
        sqlite3_str_appendf(sql, ", \"%w\" %s", kind->fields[i].name,
                            is_real(&kind->fields[i]) ? "REAL" : "INTEGER");
    sqlite3_str_appendall(sql, ")");
    char *text = sqlite3_str_finish(sql);
    execute(file, text);
    sqlite3_free(text);
}

// --- The views ---

// "level" in "%" is level_percent; "power_w" in "W" stays as it is.
static void column_name(const dd_field *field, char name[static 128]) {
    size_t length = (size_t)snprintf(name, 100, "%s", field->name);
    const char *unit = field->unit ? field->unit : "";
    if (strcmp(unit, "%") == 0) unit = "percent";
    size_t unit_length = strlen(unit);
    if (!unit_length || unit_length > 20 || length >= 100) return;
    if (length > unit_length && name[length - unit_length - 1] == '_' &&
        sqlite3_stricmp(name + length - unit_length, unit) == 0)
        return;
    name[length++] = '_';
    for (; *unit; unit++)
        name[length++] = isalnum((unsigned char)*unit) ? *unit : '_';
    name[length] = 0;
}

static void append_moment(dd_run_file *file, sqlite3_str *sql, const char *column) {
    const dd_calendar *calendar = file->engine->def.calendar;
    sqlite3_str_appendf(sql,
                        "strftime('%%Y-%%m-%%d %%H:%%M:%%f', %lld + r.\"%w\" / 1e9,"
                        " 'unixepoch')",
                        (long long)(calendar->start_unix_s + calendar->offset_s), column);
}

static void append_field(dd_run_file *file, sqlite3_str *sql, const dd_field *field) {
    switch (field->type) {
    case DD_FIELD_ENUM:
        sqlite3_str_appendf(sql, "CASE r.\"%w\"", field->name);
        for (int i = 0; field->names[i]; i++)
            sqlite3_str_appendf(sql, " WHEN %d THEN %Q", i, field->names[i]);
        sqlite3_str_appendf(sql, " ELSE r.\"%w\" END", field->name);
        break;
    case DD_FIELD_ENTITY:
        sqlite3_str_appendf(sql, "(SELECT name FROM entity WHERE id = r.\"%w\")", field->name);
        break;
    case DD_FIELD_TEXT:
        sqlite3_str_appendf(sql, "(SELECT text FROM text WHERE id = r.\"%w\")", field->name);
        break;
    case DD_FIELD_TIME:
        append_moment(file, sql, field->name);
        break;
    default:
        sqlite3_str_appendf(sql, "r.\"%w\"", field->name);
    }
}

static void create_view(dd_run_file *file, const dd_record_kind *kind) {
    sqlite3_str *sql = sqlite3_str_new(file->db);
    sqlite3_str_appendf(sql, "CREATE VIEW \"%w_v\" AS SELECT ", kind->name);
    append_moment(file, sql, "t_ns");
    sqlite3_str_appendall(sql, " AS moment, (SELECT type FROM entity WHERE id = r.entity)"
                               " AS entity_type, (SELECT name FROM entity WHERE id = r.entity)"
                               " AS entity_name");
    for (int i = 0; i < DD_RECORD_VALUES && kind->fields[i].type; i++) {
        char name[128];
        column_name(&kind->fields[i], name);
        sqlite3_str_appendall(sql, ", ");
        append_field(file, sql, &kind->fields[i]);
        sqlite3_str_appendf(sql, " AS \"%w\"", name);
    }
    sqlite3_str_appendf(sql, ", r.record_id, r.cause, r.branch, r.t_ns FROM \"%w\" r", kind->name);
    char *text = sqlite3_str_finish(sql);
    execute(file, text);
    sqlite3_free(text);
}

// --- Rows ---

static sqlite3_stmt *prepare_insert(dd_run_file *file, const dd_record_kind *kind, int columns,
                                    int rows) {
    static const char marks[] = "?,?,?,?,?,?,?,?,?";
    sqlite3_str *sql = sqlite3_str_new(file->db);
    sqlite3_str_appendf(sql, "INSERT INTO \"%w\" VALUES", kind->name);
    for (int i = 0; i < rows; i++)
        sqlite3_str_appendf(sql, "%s(%.*s)", i ? "," : "", 2 * columns - 1, marks);
    char *text = sqlite3_str_finish(sql);
    sqlite3_stmt *insert = prepare(file, text);
    sqlite3_free(text);
    return insert;
}

static void prepare_table(dd_run_file *file, uint16_t kind_index) {
    const dd_record_kind *kind = &file->schema->kinds[kind_index];
    dd_table *table = &file->tables[kind_index];
    int fields = 0;
    while (fields < DD_RECORD_VALUES && kind->fields[fields].type)
        fields++;
    table->columns = FIRST_FIELD - 1 + fields;
    table->insert_one = prepare_insert(file, kind, table->columns, 1);
    table->insert_rows = prepare_insert(file, kind, table->columns, ROWS);
}

static void bind_or_null(sqlite3_stmt *insert, int place, int64_t value) {
    if (value)
        sqlite3_bind_int64(insert, place, value);
    else
        sqlite3_bind_null(insert, place);
}

static void bind_field(sqlite3_stmt *insert, int place, const dd_field *field, int64_t value) {
    switch (field->type) {
    case DD_FIELD_MILLI:
        sqlite3_bind_double(insert, place, (double)value / 1000.0);
        break;
    case DD_FIELD_SHARE:
        sqlite3_bind_double(insert, place, (double)value / 10.0);
        break;
    case DD_FIELD_ENTITY:
        bind_or_null(insert, place, value);
        break;
    default:
        sqlite3_bind_int64(insert, place, value);
    }
}

// `before`: places of the rows before this one.
static void bind_record(sqlite3_stmt *insert, int before, const dd_record_kind *kind,
                        const dd_record *record) {
    sqlite3_bind_int64(insert, before + 1, (int64_t)record->id);
    sqlite3_bind_int64(insert, before + 2, record->time);
    bind_or_null(insert, before + 3, record->entity);
    bind_or_null(insert, before + 4, (int64_t)record->cause);
    sqlite3_bind_int(insert, before + 5, record->branch);
    for (int i = 0; i < DD_RECORD_VALUES && kind->fields[i].type; i++)
        bind_field(insert, before + FIRST_FIELD + i, &kind->fields[i], record->value[i]);
}

static void add_record(void *context, const dd_record *record) {
    dd_run_file *file = context;
    if (file->failed) return;
    dd_table *table = &file->tables[record->kind];
    table->records[table->waiting++] = *record;
    file->pending++;
    if (table->waiting == ROWS) {
        for (int i = 0; i < ROWS; i++)
            bind_record(table->insert_rows, i * table->columns, &file->schema->kinds[record->kind],
                        &table->records[i]);
        table->waiting = 0;
        step(file, table->insert_rows);
    }
    if (file->pending >= DD_RUN_FILE_BATCH) dd_run_file_commit(file);
}

static void add_waiting(dd_run_file *file) {
    for (uint16_t kind = 0; kind < file->schema->kind_n; kind++) {
        dd_table *table = &file->tables[kind];
        for (uint32_t i = 0; i < table->waiting && !file->failed; i++) {
            bind_record(table->insert_one, 0, &file->schema->kinds[kind], &table->records[i]);
            step(file, table->insert_one);
        }
        table->waiting = 0;
    }
}

static void add_entities(dd_run_file *file) {
    const dd_entities *entities = file->engine->def.entities;
    if (file->entity_n == entities->n) return;
    sqlite3_stmt *insert = prepare(file, "INSERT INTO entity VALUES(?,?,?,?,?)");
    for (; insert && !file->failed && file->entity_n < entities->n; file->entity_n++) {
        const dd_entity *entity = &entities->all[file->entity_n];
        char stable[17];
        snprintf(stable, sizeof stable, "%016llx", (unsigned long long)entity->stable);
        sqlite3_bind_int64(insert, 1, file->entity_n);
        bind_text(insert, 2, entities->type_names[entity->type]);
        bind_text(insert, 3, entity->name);
        bind_text(insert, 4, stable);
        bind_or_null(insert, 5, entity->part_of);
        if (step(file, insert)) file->pending++;
    }
    sqlite3_finalize(insert);
}

static void add_texts(dd_run_file *file) {
    const dd_texts *texts = file->engine->texts;
    if (file->text_n == texts->n) return;
    sqlite3_stmt *insert = prepare(file, "INSERT INTO text VALUES(?,?)");
    for (; insert && !file->failed && file->text_n < texts->n; file->text_n++) {
        sqlite3_bind_int64(insert, 1, file->text_n);
        bind_text(insert, 2, texts->all[file->text_n]);
        if (step(file, insert)) file->pending++;
    }
    sqlite3_finalize(insert);
}

void dd_run_file_meta(dd_run_file *file, const char *key, const char *value) {
    sqlite3_stmt *insert = prepare(file, "INSERT OR REPLACE INTO meta VALUES(?,?)");
    if (!insert) return;
    bind_text(insert, 1, key);
    bind_text(insert, 2, value);
    if (step(file, insert)) file->pending++;
    sqlite3_finalize(insert);
}

void dd_run_file_commit(dd_run_file *file) {
    if (file->failed) return;
    add_waiting(file);
    add_entities(file);
    add_texts(file);
    if (!file->pending) return;
    if (execute(file, "COMMIT") && execute(file, "BEGIN")) file->pending = 0;
}

// --- Opening and closing ---

// Rows are only ever appended, so few old pages enter the rollback journal: it costs 10 % against
// having none, which would leave a torn file after a kill. A write-ahead log, and pages of 4 to
// 16 KiB, are within 5 % of this.
static const char pragmas[] = "PRAGMA page_size=8192;"
                              "PRAGMA locking_mode=EXCLUSIVE;"
                              "PRAGMA journal_mode=TRUNCATE;"
                              "PRAGMA synchronous=OFF;"
                              "PRAGMA cache_size=-4000;"
                              "PRAGMA temp_store=MEMORY;";

static void lay_out(dd_run_file *file) {
    const dd_calendar *calendar = file->engine->def.calendar;
    char number[32];
    execute(file, layout);
    snprintf(number, sizeof number, "%d", DD_RECORD_SCHEMA);
    dd_run_file_meta(file, "schema", number);
    snprintf(number, sizeof number, "%lld", (long long)calendar->start_unix_s);
    dd_run_file_meta(file, "start_unix_s", number);
    snprintf(number, sizeof number, "%d", calendar->offset_s);
    dd_run_file_meta(file, "offset_s", number);
    dd_run_file_meta(file, "complete", "0");
    describe_kinds(file);
    for (uint16_t i = 0; i < file->schema->kind_n && !file->failed; i++) {
        if (!file->schema->kinds[i].kept) continue;
        create_table(file, &file->schema->kinds[i]);
        create_view(file, &file->schema->kinds[i]);
        prepare_table(file, i);
    }
}

static bool start(dd_run_file *file, dd_error *error) {
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(file->path, &file->db, flags, NULL)) fail(file);
    execute(file, pragmas);
    execute(file, "BEGIN");
    lay_out(file);
    dd_run_file_commit(file);
    if (file->failed && error) *error = file->error;
    return !file->failed;
}

static uint64_t kept_kinds(const dd_record_schema *schema) {
    uint64_t mask = 0;
    for (uint16_t i = 0; i < schema->kind_n; i++)
        if (schema->kinds[i].kept) mask |= (uint64_t)1 << i;
    return mask;
}

static void release(dd_run_file *file) {
    for (int i = 0; i < DD_RECORD_KINDS_MAX; i++) {
        sqlite3_finalize(file->tables[i].insert_one);
        sqlite3_finalize(file->tables[i].insert_rows);
    }
    sqlite3_close(file->db);
    free(file->path);
    free(file);
}

dd_run_file *dd_run_file_open(const char *path, dd_engine *engine, dd_error *error) {
    if (access(path, F_OK) == 0) {
        dd_fail(error, DD_WRONG, "%s: exists already; choose another folder by --out", path);
        return NULL;
    }
    dd_run_file *file = calloc(1, sizeof *file);
    if (!file || !(file->path = strdup(path))) {
        free(file);
        dd_fail(error, DD_OUTSIDE, "%s: no memory for the run file", path);
        return NULL;
    }
    file->engine = engine;
    file->schema = engine->def.schema;
    if (!start(file, error)) {
        release(file);
        return NULL;
    }
    dd_stream_listen(&engine->stream, kept_kinds(file->schema), add_record, file);
    return file;
}

bool dd_run_file_error(dd_run_file *file, dd_error *error) {
    if (!file->failed || file->told) return false;
    file->told = true;
    if (error) *error = file->error;
    return true;
}

bool dd_run_file_close(dd_run_file *file, bool interrupted, dd_error *error) {
    char end[32];
    snprintf(end, sizeof end, "%lld", (long long)file->engine->now);
    dd_run_file_meta(file, "end_ns", end);
    if (!interrupted) dd_run_file_meta(file, "complete", "1");
    dd_run_file_commit(file);
    execute(file, "COMMIT");
    execute(file, "PRAGMA journal_mode=DELETE"); // no empty run.sqlite-journal stays behind
    bool whole = !file->failed;
    if (!whole && error) *error = file->error;
    release(file);
    return whole;
}
