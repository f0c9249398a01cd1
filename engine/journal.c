#define _DEFAULT_SOURCE
#include "engine/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// --- Writing ---

static bool fail_to_write(const dd_journal *journal, dd_error *error) {
    return dd_fail(error, DD_OUTSIDE,
                   "%s: cannot write the journal (%s); free some space or choose another folder by "
                   "--out",
                   journal->path, strerror(errno));
}

// Writes `line` (taken over) with `rest` after its own members.
static bool put_line(dd_journal *journal, json_t *line, const json_t *rest, dd_error *error) {
    json_t *copy = rest ? json_copy((json_t *)rest) : NULL; // it only counts a reference up
    if (copy) json_object_update_missing(line, copy);
    char *text = json_dumps(line, JSON_COMPACT);
    json_decref(copy);
    json_decref(line);
    if (!text) return dd_fail(error, DD_OUTSIDE, "%s: no memory for a line", journal->path);
    bool written = fputs(text, journal->file) != EOF && fputc('\n', journal->file) != EOF &&
                   fflush(journal->file) == 0;
    free(text);
    return written || fail_to_write(journal, error);
}

bool dd_journal_create(dd_journal *journal, const char *path, const json_t *header,
                       dd_error *error) {
    *journal = (dd_journal){.path = strdup(path)};
    if (!journal->path) return dd_fail(error, DD_OUTSIDE, "%s: no memory for the journal", path);
    journal->file = fopen(path, "wb");
    if ((journal->file || fail_to_write(journal, error)) &&
        put_line(journal, json_pack("{si}", "journal", DD_JOURNAL_VERSION), header, error))
        return true;
    dd_journal_close(journal, NULL);
    return false;
}

bool dd_journal_append(dd_journal *journal, dd_time t, const char *kind, const json_t *fields,
                       dd_error *error) {
    json_t *line = json_pack("{sIss}", "t", (json_int_t)t, "kind", kind);
    return put_line(journal, line, fields, error);
}

bool dd_journal_close(dd_journal *journal, dd_error *error) {
    bool closed = !journal->file || fclose(journal->file) == 0 || fail_to_write(journal, error);
    free(journal->path);
    *journal = (dd_journal){0};
    return closed;
}

// --- Reading ---

typedef struct dd_line {
    const char *name; // of the file
    unsigned number;  // from 1
    const char *text;
    size_t size;
    bool ended; // by a newline
} dd_line;

static bool take_header(const dd_line *line, json_t *json, dd_error *error) {
    const json_t *version = json_object_get(json, "journal");
    if (!json_is_integer(version) || json_integer_value(version) < 1)
        return dd_fail(error, DD_WRONG,
                       "%s:%u: this is not the first line of a journal (\"journal\": version is "
                       "missing); name a folder that `domdom run --out` has written",
                       line->name, line->number);
    if (json_integer_value(version) > DD_JOURNAL_VERSION)
        return dd_fail(error, DD_WRONG,
                       "%s:%u: this journal is of version %lld and this domdom reads version %d; "
                       "use the newer domdom that has written it",
                       line->name, line->number, (long long)json_integer_value(version),
                       DD_JOURNAL_VERSION);
    return true;
}

static bool fail_entry(const dd_line *line, const char *what, dd_error *error) {
    return dd_fail(error, DD_WRONG,
                   "%s:%u: %s; the journal was changed or damaged: restore it, or run the scenario "
                   "again",
                   line->name, line->number, what);
}

static bool take_entry(const dd_line *line, json_t *json, dd_journal_log *log, dd_error *error) {
    const json_t *t = json_object_get(json, "t");
    const char *kind = json_string_value(json_object_get(json, "kind"));
    dd_time least = log->n ? log->entries[log->n - 1].t : 0;
    if (!json_is_integer(t)) return fail_entry(line, "an entry needs \"t\", nanoseconds", error);
    if (json_integer_value(t) < least)
        return fail_entry(line, "this entry's \"t\" goes back in time", error);
    if (!kind || !*kind) return fail_entry(line, "an entry needs a \"kind\"", error);
    if ((log->n & (log->n - 1)) == 0) { // room doubles at each power of two
        size_t capacity = log->n ? 2 * log->n : 1;
        dd_journal_entry *grown = realloc(log->entries, capacity * sizeof *grown);
        if (!grown) return dd_fail(error, DD_OUTSIDE, "%s: no memory for it", line->name);
        log->entries = grown;
    }
    log->entries[log->n++] =
        (dd_journal_entry){.t = json_integer_value(t), .kind = kind, .json = json};
    return true;
}

// Takes over what the line says.
static bool take_line(const dd_line *line, dd_journal_log *log, dd_error *error) {
    json_error_t reason;
    json_t *json =
        json_loadb(line->text, line->size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &reason);
    if (!json && !line->ended && log->header) {
        log->truncated = true;
        return true;
    }
    if (!json) {
        char what[sizeof reason.text + 40];
        snprintf(what, sizeof what, "column %d: no JSON (%s)", reason.column, reason.text);
        return fail_entry(line, what, error);
    }
    bool header = !log->header;
    bool taken = json_is_object(json)
                     ? header ? take_header(line, json, error) : take_entry(line, json, log, error)
                     : fail_entry(line, "a line must be a JSON object", error);
    if (!taken)
        json_decref(json);
    else if (header)
        log->header = json;
    return taken;
}

bool dd_journal_parse(const char *text, size_t size, const char *name, dd_journal_log *log,
                      dd_error *error) {
    *log = (dd_journal_log){0};
    dd_line line = {.name = name};
    for (size_t i = 0; i < size; i += line.size + 1) {
        const char *end = memchr(text + i, '\n', size - i);
        line.text = text + i;
        line.size = end ? (size_t)(end - line.text) : size - i;
        line.ended = end != NULL;
        line.number++;
        if (!take_line(&line, log, error)) {
            dd_journal_log_fini(log);
            return false;
        }
    }
    if (log->header) return true;
    return dd_fail(error, DD_WRONG,
                   "%s: this journal is empty; its run never began: run the "
                   "scenario again",
                   name);
}

static bool read_all(FILE *file, char **text, size_t *size) {
    size_t capacity = 1 << 16, got;
    *text = malloc(capacity);
    *size = 0;
    while (*text && (got = fread(*text + *size, 1, capacity - *size, file)) > 0) {
        *size += got;
        if (*size < capacity) continue;
        char *grown = realloc(*text, capacity *= 2);
        if (!grown) free(*text);
        *text = grown;
    }
    return *text && !ferror(file);
}

bool dd_journal_read(const char *path, dd_journal_log *log, dd_error *error) {
    *log = (dd_journal_log){0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return dd_fail(error, errno == ENOENT || errno == ENOTDIR ? DD_WRONG : DD_OUTSIDE,
                       "%s: cannot be read (%s); name a folder that `domdom run --out` has written",
                       path, strerror(errno));
    char *text;
    size_t size;
    bool read = read_all(file, &text, &size)
                    ? dd_journal_parse(text, size, path, log, error)
                    : dd_fail(error, DD_OUTSIDE,
                              "%s: cannot be read (%s); copy the run to a sound "
                              "disk",
                              path, strerror(errno));
    free(text);
    fclose(file);
    return read;
}

void dd_journal_log_fini(dd_journal_log *log) {
    for (size_t i = 0; i < log->n; i++)
        json_decref(log->entries[i].json);
    free(log->entries);
    json_decref(log->header);
    *log = (dd_journal_log){0};
}
