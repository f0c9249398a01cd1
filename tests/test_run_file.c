#define _GNU_SOURCE
#include "engine/output/run_file.h"
#include "engine/texts.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LAMP_CHANGED, ALARM_HELD, FRAME_SENT };
enum { LAMP = 0, FEEDER = 1 };

static const char *const states[] = {"off", "it's on", NULL};
static const char *const digest_names[] = {"lights"};
static const char *const types[] = {"lamp", "feeder", NULL};

static const dd_record_kind kinds[] = {
    {"lamp_changed",
     "A lamp changed its light.",
     DD_TRUTH,
     1,
     true,
     {{"state", DD_FIELD_ENUM, NULL, states},
      {"level", DD_FIELD_MILLI, "%", NULL},
      {"power_w", DD_FIELD_MILLI, "W", NULL},
      {"count", DD_FIELD_INTEGER, NULL, NULL}}},
    {"alarm_held",
     "The centre holds an alarm to be true.",
     DD_BELIEF,
     0,
     true,
     {{"feeder", DD_FIELD_ENTITY, NULL, NULL},
      {"since", DD_FIELD_TIME, NULL, NULL},
      {"why", DD_FIELD_TEXT, NULL, NULL}}},
    {"frame_sent", "Never kept.", DD_TRUTH, 0, false, {{"size", DD_FIELD_INTEGER, "B", NULL}}},
};
static const dd_record_schema schema = {kinds, DD_COUNT(kinds), digest_names, 1};

typedef struct dd_fixture {
    dd_entities entities;
    dd_calendar calendar;
    dd_engine *engine;
    char folder[64], path[96];
} dd_fixture;

static void set_up(dd_fixture *fixture) {
    dd_error error = {0};
    *fixture = (dd_fixture){.calendar = {0, 25200}, .folder = "/tmp/dd_run_file_XXXXXX"};
    cr_assert(dd_unix_parse("2020-08-03 17:00", 25200, &fixture->calendar.start_unix_s));
    cr_assert(dd_entities_init(&fixture->entities, types, 4, &error));
    dd_entities_add(&fixture->entities, LAMP, "L-0001");
    dd_entities_add(&fixture->entities, FEEDER, "F-\"1\"");
    dd_engine_def def = {.schema = &schema,
                         .calendar = &fixture->calendar,
                         .entities = &fixture->entities,
                         .segment_n = 1,
                         .hub_reserve = 1 << 20,
                         .segment_reserve = 1 << 20};
    cr_assert(fixture->engine = dd_engine_open(&def, &error), "%s", error.text);
    cr_assert(mkdtemp(fixture->folder));
    snprintf(fixture->path, sizeof fixture->path, "%s/run.sqlite", fixture->folder);
}

static void tear_down(dd_fixture *fixture) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", fixture->folder);
    cr_assert(system(command) == 0);
    dd_engine_close(fixture->engine);
    dd_entities_fini(&fixture->entities);
}

static void change_lamps(dd_fixture *fixture, int n) {
    for (int i = 0; i < n; i++) {
        dd_engine_note(fixture->engine, LAMP_CHANGED, 1, 0, 1, 70500, 52875, i);
        if (i % 1000 == 999) dd_stream_flush(&fixture->engine->stream);
    }
    dd_stream_flush(&fixture->engine->stream);
}

// The answer to a query in sqlite3's own "list" form, rows ended by ';'.
static int append_row(void *context, int n, char **values, char **names) {
    (void)names;
    char *text = context;
    for (int i = 0; i < n; i++) {
        strcat(text, values[i] ? values[i] : "NULL");
        strcat(text, i + 1 < n ? "|" : ";");
    }
    return 0;
}

static const char *ask(const char *path, const char *query) {
    static char answer[4096];
    sqlite3 *db;
    char *message = NULL;
    answer[0] = 0;
    cr_assert(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    sqlite3_exec(db, query, append_row, answer, &message);
    cr_assert_null(message, "%s: %s", query, message);
    sqlite3_close(db);
    return answer;
}

Test(run_file, holds_what_the_schema_says) {
    dd_fixture f;
    dd_error error = {0};
    set_up(&f);
    dd_run_file *file = dd_run_file_open(f.path, f.engine, &error);
    cr_assert(file, "%s", error.text);
    dd_run_file_meta(file, "seed", "7");
    dd_engine_advance(f.engine, 90 * DD_MINUTE + 250 * DD_MILLISECOND);
    uint64_t first = dd_engine_note(f.engine, LAMP_CHANGED, 1, 0, 1, 70500, 52875, -3);
    uint32_t why = dd_texts_add(f.engine->texts, "Đồng Khởi: tối");
    dd_engine_note(f.engine, ALARM_HELD, 0, first, 2, DD_HOUR, why, 0);
    dd_engine_note(f.engine, FRAME_SENT, 1, first, 127, 0, 0, 0);
    dd_engine_note(f.engine, LAMP_CHANGED, 1, first, 0, 0, 0, 1);
    dd_stream_flush(&f.engine->stream);
    cr_assert_not(dd_run_file_error(file, &error));
    cr_assert(dd_run_file_close(file, false, &error), "%s", error.text);

    cr_expect_str_eq(ask(f.path, "PRAGMA integrity_check"), "ok;");
    cr_expect_str_eq(
        ask(f.path, "SELECT * FROM meta ORDER BY key"),
        "complete|1;end_ns|5400250000000;offset_s|25200;schema|3;seed|7;start_unix_s|1596448800;");
    cr_expect_str_eq(ask(f.path, "SELECT t_ns, entity, cause, branch, state, level, power_w, count"
                                 " FROM lamp_changed"),
                     "5400250000000|1|NULL|0|1|70.5|52.875|-3;5400250000000|1|1|0|0|0.0|0.0|1;");
    cr_expect_str_eq(ask(f.path, "SELECT moment, entity_type, entity_name, state, level_percent,"
                                 " power_w, count FROM lamp_changed_v"),
                     "2020-08-03 18:30:00.250|lamp|L-0001|it's on|70.5|52.875|-3;"
                     "2020-08-03 18:30:00.250|lamp|L-0001|off|0.0|0.0|1;");
    cr_expect_str_eq(ask(f.path, "SELECT v.entity_name, feeder, since, why, l.count FROM"
                                 " alarm_held_v v JOIN lamp_changed l ON l.record_id = v.cause"),
                     "NULL|F-\"1\"|2020-08-03 18:00:00.000|Đồng Khởi: tối|-3;");
    cr_expect_str_eq(
        ask(f.path, "SELECT name, voice, digest, kept FROM kind"),
        "lamp_changed|truth|lights|1;alarm_held|belief|NULL|1;frame_sent|truth|NULL|0;");
    cr_expect_str_eq(ask(f.path, "SELECT name, unit, type, names FROM field WHERE kind ="
                                 " 'lamp_changed' AND place < 2"),
                     "state|NULL|enum|[\"off\",\"it's on\"];level|%|milli|NULL;");
    cr_expect_str_eq(ask(f.path, "SELECT count(*) FROM sqlite_master WHERE name LIKE 'frame%'"),
                     "0;");
    tear_down(&f);
}

Test(run_file, keeps_every_row_in_order) {
    dd_fixture f;
    dd_error error = {0};
    set_up(&f);
    dd_run_file *file = dd_run_file_open(f.path, f.engine, &error);
    change_lamps(&f, DD_RUN_FILE_BATCH + 8); // commits by itself in between
    change_lamps(&f, 5);
    dd_run_file_commit(file);
    change_lamps(&f, 3);
    cr_assert(dd_run_file_close(file, false, &error), "%s", error.text);
    cr_expect_str_eq(ask(f.path, "SELECT count(*), sum(rowid = record_id), max(count) FROM"
                                 " lamp_changed"),
                     "100016|100016|100007;");
    tear_down(&f);
}

Test(run_file, an_interrupted_run_says_so) {
    dd_fixture f;
    dd_error error = {0};
    set_up(&f);
    dd_run_file *file = dd_run_file_open(f.path, f.engine, &error);
    change_lamps(&f, 5);
    cr_assert(dd_run_file_close(file, true, &error));
    cr_expect_str_eq(ask(f.path, "SELECT value FROM meta WHERE key = 'complete'"), "0;");
    cr_expect_str_eq(ask(f.path, "SELECT count(*) FROM lamp_changed"), "5;");
    tear_down(&f);
}

Test(run_file, a_killed_run_keeps_what_was_committed) {
    dd_fixture f;
    set_up(&f);
    pid_t child = fork();
    if (child == 0) {
        dd_run_file *file = dd_run_file_open(f.path, f.engine, NULL);
        change_lamps(&f, 20000);
        dd_run_file_commit(file);
        change_lamps(&f, 80000); // far more than the cache holds: spilled into the file
        raise(SIGKILL);
    }
    int status;
    cr_assert(waitpid(child, &status, 0) == child);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    cr_expect_str_eq(ask(f.path, "PRAGMA integrity_check"), "ok;");
    cr_expect_str_eq(ask(f.path, "SELECT count(*) FROM lamp_changed"), "20000;");
    tear_down(&f);
}

// --- Disks that fail ---

static int64_t bytes_left = INT64_MAX;

static bool full(size_t size) {
    bytes_left -= (int64_t)size;
    if (bytes_left < 0) errno = ENOSPC;
    return bytes_left < 0;
}

static ssize_t scant_write(int file, const void *bytes, size_t size) {
    return full(size) ? -1 : write(file, bytes, size);
}

static ssize_t scant_pwrite(int file, const void *bytes, size_t size, off_t offset) {
    return full(size) ? -1 : pwrite(file, bytes, size, offset);
}

static void fill_disk_after(int64_t bytes) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    bytes_left = bytes;
    vfs->xSetSystemCall(vfs, "write", (sqlite3_syscall_ptr)scant_write);
    vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)scant_pwrite);
    vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)scant_pwrite);
}

Test(run_file, a_full_disk_ends_the_writing_not_the_run) {
    dd_fixture f;
    dd_error error = {0};
    set_up(&f);
    sqlite3_initialize();
    dd_run_file *file = dd_run_file_open(f.path, f.engine, &error);
    change_lamps(&f, 1000);
    dd_run_file_commit(file);
    fill_disk_after(100000);
    change_lamps(&f, 200000);
    bytes_left = INT64_MAX; // room again, as rolling back writes into pages that exist
    cr_assert(dd_run_file_error(file, &error));
    cr_expect_eq(error.status, DD_OUTSIDE);
    cr_expect(strstr(error.text, f.path) && strstr(error.text, "disk is full"), "%s", error.text);
    cr_expect_not(dd_run_file_error(file, &error), "told twice");
    change_lamps(&f, 10);
    cr_expect_not(dd_run_file_close(file, false, &error));
    cr_expect(strstr(error.text, "disk is full"), "%s", error.text);
    cr_expect_str_eq(ask(f.path, "PRAGMA integrity_check"), "ok;");
    cr_expect_str_eq(ask(f.path, "SELECT count(*) FROM lamp_changed"), "1000;");
    cr_expect_str_eq(ask(f.path, "SELECT value FROM meta WHERE key = 'complete'"), "0;");
    tear_down(&f);
}

Test(run_file, a_quota_does_the_same) {
    dd_fixture f;
    dd_error error = {0};
    set_up(&f);
    dd_run_file *file = dd_run_file_open(f.path, f.engine, &error);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {1 << 20, 1 << 20};
    cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    change_lamps(&f, 200000);
    cr_assert(dd_run_file_error(file, &error));
    cr_expect(strstr(error.text, f.path) && strstr(error.text, "over a quota"), "%s", error.text);
    cr_expect_not(dd_run_file_close(file, false, &error));
    cr_expect_str_eq(ask(f.path, "PRAGMA integrity_check"), "ok;");
    tear_down(&f);
}

Test(run_file, refuses_wrong_places) {
    dd_fixture f;
    dd_error error = {0};
    set_up(&f);
    cr_assert_null(dd_run_file_open("/proc/run.sqlite", f.engine, &error));
    cr_expect_eq(error.status, DD_OUTSIDE);
    cr_expect(strstr(error.text, "/proc/run.sqlite"), "%s", error.text);
    cr_assert_null(dd_run_file_open("/etc/passwd", f.engine, &error));
    cr_expect_eq(error.status, DD_WRONG);
    cr_expect(strstr(error.text, "/etc/passwd: exists"), "%s", error.text);
    tear_down(&f);
}
