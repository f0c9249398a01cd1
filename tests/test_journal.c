#define _DEFAULT_SOURCE
#include "engine/journal.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[64];

static void set_up(void) {
    strcpy(path, "/tmp/dd_journal_XXXXXX");
    close(mkstemp(path));
}

static void tear_down(void) {
    unlink(path);
}

static void create(dd_journal *journal) {
    dd_error error = {0};
    json_t *header = json_pack("{ssss}", "seed", "18446744073709551615", "text", "-- tối\nx()\n");
    cr_assert(dd_journal_create(journal, path, header, &error), "%s", error.text);
    json_decref(header);
}

Test(journal, reads_what_was_written, .init = set_up, .fini = tear_down) {
    dd_journal journal;
    dd_journal_log log;
    dd_error error = {0};
    create(&journal);
    json_t *action = json_pack("{sssf}", "text", "dim \"L-1\"", "level", 0.1);
    cr_assert(dd_journal_append(&journal, 5, "action", action, &error));
    cr_assert(dd_journal_append(&journal, INT64_MAX, "end", NULL, &error));
    cr_assert(dd_journal_close(&journal, &error));
    cr_assert(dd_journal_read(path, &log, &error), "%s", error.text);
    cr_expect_str_eq(json_string_value(json_object_get(log.header, "text")), "-- tối\nx()\n");
    cr_expect_eq(json_integer_value(json_object_get(log.header, "journal")), 1);
    cr_assert_eq(log.n, 2);
    cr_expect_not(log.truncated);
    cr_expect_eq(log.entries[0].t, 5);
    cr_expect_str_eq(log.entries[0].kind, "action");
    cr_expect_eq(json_real_value(json_object_get(log.entries[0].json, "level")), 0.1);
    cr_expect_eq(log.entries[1].t, INT64_MAX);
    dd_journal_log_fini(&log);
    json_decref(action);
}

// A scenario's text may hold any character.
Test(journal, keeps_a_nul_character, .init = set_up, .fini = tear_down) {
    dd_journal journal;
    dd_journal_log log;
    dd_error error = {0};
    json_t *header = json_pack("{ss%}", "text", "a\0b", (size_t)3);
    cr_assert(dd_journal_create(&journal, path, header, &error));
    cr_assert(dd_journal_close(&journal, &error));
    cr_assert(dd_journal_read(path, &log, &error), "%s", error.text);
    cr_expect_eq(json_string_length(json_object_get(log.header, "text")), 3);
    dd_journal_log_fini(&log);
    json_decref(header);
}

Test(journal, has_its_version_and_stamps_first, .init = set_up, .fini = tear_down) {
    dd_journal journal;
    char line[128];
    create(&journal);
    dd_journal_append(&journal, 7, "stop", NULL, NULL);
    dd_journal_close(&journal, NULL);
    FILE *file = fopen(path, "r");
    cr_expect(fgets(line, sizeof line, file));
    cr_expect_eq(strncmp(line, "{\"journal\":1,\"seed\":\"184467", 27), 0, "%s", line);
    cr_expect(fgets(line, sizeof line, file));
    cr_expect_str_eq(line, "{\"t\":7,\"kind\":\"stop\"}\n");
    fclose(file);
}

Test(journal, of_a_killed_run_is_there, .init = set_up, .fini = tear_down) {
    dd_journal_log log;
    dd_error error = {0};
    pid_t child = fork();
    if (child == 0) {
        dd_journal journal;
        create(&journal);
        for (int i = 0; i < 100; i++)
            dd_journal_append(&journal, i, "action", NULL, NULL);
        raise(SIGKILL);
    }
    waitpid(child, NULL, 0);
    cr_assert(dd_journal_read(path, &log, &error), "%s", error.text);
    cr_expect_eq(log.n, 100);
    dd_journal_log_fini(&log);
}

Test(journal, may_be_cut_off_anywhere_in_its_last_line) {
    static const char text[] =
        "{\"journal\":1}\n{\"t\":1,\"kind\":\"a\"}\n{\"t\":2,\"kind\":\"b\"}\n";
    const size_t second = strlen("{\"journal\":1}\n{\"t\":1,\"kind\":\"a\"}\n");
    for (size_t size = second; size <= strlen(text); size++) {
        dd_journal_log log;
        dd_error error = {0};
        cr_assert(dd_journal_parse(text, size, "j", &log, &error), "%zu: %s", size, error.text);
        bool whole = size >= strlen(text) - 1;
        cr_expect_eq(log.n, whole ? 2 : 1);
        cr_expect_eq(log.truncated, !whole && size > second, "at %zu", size);
        dd_journal_log_fini(&log);
    }
}

Test(journal, says_what_is_wrong_and_where) {
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "j: this journal is empty"},
        {"{\"journal\":", "j:1: column"},
        {"{\"seed\":1}\n", "j:1: this is not the first line"},
        {"{\"journal\":\"1\"}\n", "j:1: this is not the first line"},
        {"{\"journal\":2}\n", "j:1: this journal is of version 2"},
        {"{\"journal\":1}\n\n", "j:2: column"},
        {"{\"journal\":1}\n{\"t\":1,\n{\"t\":2,\"kind\":\"x\"}\n", "j:2: column"},
        {"{\"journal\":1}\n[]\n", "j:2: a line must be"},
        {"{\"journal\":1}\n{\"t\":1.5,\"kind\":\"x\"}\n", "j:2: an entry needs \"t\""},
        {"{\"journal\":1}\n{\"t\":-1,\"kind\":\"x\"}\n", "j:2: this entry's \"t\" goes back"},
        {"{\"journal\":1}\n{\"t\":2,\"kind\":\"x\"}\n{\"t\":1,\"kind\":\"x\"}\n",
         "j:3: this entry's"},
        {"{\"journal\":1}\n{\"t\":2,\"kind\":\"\"}\n", "j:2: an entry needs a \"kind\""},
        {"{\"journal\":1}\n{\"t\":2,\"t\":3,\"kind\":\"x\"}\n", "j:2: column"},
        {"{\"journal\":1}\n{\"t\":2,\"kind\":\"\xff\"}\n", "j:2: column"},
    };
    for (size_t i = 0; i < DD_COUNT(cases); i++) {
        dd_journal_log log;
        dd_error error = {0};
        cr_expect_not(dd_journal_parse(cases[i].text, strlen(cases[i].text), "j", &log, &error));
        cr_expect_eq(error.status, DD_WRONG);
        cr_expect_eq(strncmp(error.text, cases[i].message, strlen(cases[i].message)), 0,
                     "\n%s\ninstead of\n%s", error.text, cases[i].message);
        cr_expect(strchr(error.text, ';'), "no remedy in: %s", error.text);
    }
}

Test(journal, that_is_not_there_or_cannot_be_written) {
    dd_journal journal = {0};
    dd_journal_log log;
    dd_error error = {0};
    cr_expect_not(dd_journal_read("/nowhere/journal", &log, &error));
    cr_expect_eq(error.status, DD_WRONG);
    cr_expect_not(dd_journal_read("/tmp", &log, &error));
    cr_expect_eq(error.status, DD_OUTSIDE);
    cr_expect_not(dd_journal_create(&journal, "/dev/full", NULL, &error));
    cr_expect_eq(error.status, DD_OUTSIDE);
    cr_expect(strstr(error.text, "/dev/full: cannot write the journal (No space left"), "%s",
              error.text);
    cr_expect_not(dd_journal_create(&journal, "/proc/journal", NULL, &error));
    cr_expect_eq(error.status, DD_OUTSIDE);
    cr_expect(dd_journal_close(&journal, &error));
}
