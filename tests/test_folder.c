#define _DEFAULT_SOURCE
#include "engine/output/folder.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char base[64];

static void set_up(void) {
    strcpy(base, "/tmp/dd_folder_XXXXXX");
    cr_assert(mkdtemp(base));
}

static void tear_down(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", base);
    cr_assert(system(command) == 0);
}

static const char *in(const char *name) {
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", base, name);
    return path;
}

static bool exists(const char *name) {
    return access(in(name), F_OK) == 0;
}

static void put(const char *name) {
    FILE *file = fopen(in(name), "w");
    cr_assert(file);
    fputs("x", file);
    fclose(file);
}

static void expect_refused(const char *path, bool force, dd_status status, const char *part) {
    dd_folder folder;
    dd_error error = {0};
    cr_expect_not(dd_folder_open(&folder, path, force, &error), "%s was taken", path);
    cr_expect_eq(error.status, status, "%s: %s", path, error.text);
    cr_expect(strstr(error.text, part), "%s: %s", path, error.text);
    cr_expect_null(folder.path);
}

Test(folder, is_made_with_its_parents_and_left_empty, .init = set_up, .fini = tear_down) {
    dd_folder folder;
    dd_error error = {0};
    cr_assert(dd_folder_open(&folder, in("a/b//c/"), false, &error), "%s", error.text);
    cr_expect(exists("a/b/c"));
    cr_expect_eq(rmdir(in("a/b/c")), 0, "something was left in it");
    dd_folder_fini(&folder);
}

Test(folder, takes_an_empty_one_and_refuses_a_used_one, .init = set_up, .fini = tear_down) {
    dd_folder folder;
    dd_error error = {0};
    cr_assert(dd_folder_open(&folder, base, false, &error), "%s", error.text);
    cr_expect(dd_folder_write(&folder, "summary.json", "{}", 2, &error), "%s", error.text);
    cr_expect(dd_folder_make(&folder, "boards", &error), "%s", error.text);
    dd_folder_fini(&folder);
    expect_refused(base, false, DD_WRONG, "--force");
    put("thesis.txt");
    put("boards/S-01.rec");
    put("boards/notes.txt");
    cr_assert(dd_folder_open(&folder, base, true, &error), "%s", error.text);
    cr_expect_not(exists("summary.json"));
    cr_expect_not(exists("boards/S-01.rec"));
    cr_expect(exists("boards/notes.txt"), "a stranger's file is gone");
    cr_expect(exists("thesis.txt"), "a stranger's file is gone");
    dd_folder_fini(&folder);
}

Test(folder, refuses_what_can_be_none, .init = set_up, .fini = tear_down) {
    char name[400];
    put("file");
    expect_refused("", false, DD_WRONG, "name of a folder");
    expect_refused(in("file"), false, DD_WRONG, "is a file");
    expect_refused(in("file/run"), true, DD_WRONG, "is a file");
    memset(name, 'x', 300);
    name[300] = 0;
    expect_refused(in(name), false, DD_WRONG, "too long");
    expect_refused("/proc/run", false, DD_OUTSIDE, "/proc/run");
}

Test(folder, an_earlier_file_that_cannot_go, .init = set_up, .fini = tear_down) {
    char command[128];
    snprintf(command, sizeof command, "mkdir '%s/journal'", base);
    cr_assert(system(command) == 0);
    expect_refused(base, true, DD_OUTSIDE, "/journal");
}

// Only who is not root can be refused by permissions.
Test(folder, without_permission, .init = set_up, .fini = tear_down) {
    char command[128];
    snprintf(command, sizeof command, "chmod 555 '%s'", base);
    cr_assert(system(command) == 0);
    if (geteuid() == 0) cr_skip("root may write anywhere");
    expect_refused(base, false, DD_OUTSIDE, "Permission denied");
    expect_refused(in("run"), false, DD_OUTSIDE, "Permission denied");
}

Test(folder, a_file_is_written_whole_or_not_at_all, .init = set_up, .fini = tear_down) {
    static char large[100000];
    dd_folder folder;
    dd_error error = {0};
    cr_assert(dd_folder_open(&folder, base, false, &error));
    cr_assert(dd_folder_write(&folder, "summary.json", "old", 3, &error));
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {1000, 1000};
    cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    cr_expect_not(dd_folder_write(&folder, "summary.json", large, sizeof large, &error));
    cr_expect_eq(error.status, DD_OUTSIDE);
    cr_expect(strstr(error.text, "summary.json: cannot be written"), "%s", error.text);
    cr_expect_not(exists("summary.json.part"));
    FILE *file = fopen(in("summary.json"), "r");
    char text[8] = "";
    cr_expect(fgets(text, sizeof text, file));
    cr_expect_str_eq(text, "old");
    fclose(file);
    dd_folder_fini(&folder);
}
