// Without ns-3: `pkg-config` and `c++` are scripts of the test's own, and a peer's "source" is a
// script, too, which the "compiler" copies.
#define _DEFAULT_SOURCE // mkdtemp, setenv
#include "tests/bench/peer.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/domdom-peer-XXXXXX";
static dd_error error;
static json_t *result;

static void write_file(const char *name, const char *text) {
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    cr_assert(file);
    fputs(text, file);
    fclose(file);
    chmod(path, 0700);
}

static void write_peer(const char *script) {
    write_file("tests/bench/peer/toy.cc", script);
}

static void make_folder(void) {
    char command[400];
    cr_assert(mkdtemp(folder));
    snprintf(command, sizeof command, "mkdir -p %s/tests/bench/peer %s/bin", folder, folder);
    cr_assert_eq(system(command), 0);
    write_file("bin/pkg-config", "#!/bin/sh\necho 3.37\n");
    write_file("bin/c++", "#!/bin/sh\necho >>\"$DOMDOM_DATA/compiled\"\ncp \"$3\" \"$5\"\n");
    write_peer("#!/bin/sh\necho \"{\\\"said\\\": \\\"$*\\\"}\"\n");
    snprintf(command, sizeof command, "%s/bin:/usr/bin:/bin", folder);
    setenv("PATH", command, 1);
    setenv("DOMDOM_DATA", folder, 1);
    snprintf(command, sizeof command, "%s/cache", folder);
    setenv("XDG_CACHE_HOME", command, 1);
    unsetenv("CXX");
}

static void remove_folder(void) {
    char command[200];
    json_decref(result);
    snprintf(command, sizeof command, "/bin/rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(peer, .init = make_folder, .fini = remove_folder);

static bool run_toy(void) {
    char *arguments[] = {"--lamps=100", "two words", NULL};
    json_decref(result);
    return dd_peer_run("toy", arguments, &result, &error);
}

static size_t compilations(void) {
    char path[200];
    struct stat status;
    snprintf(path, sizeof path, "%s/compiled", folder);
    return stat(path, &status) == 0 ? (size_t)status.st_size : 0;
}

static void refused(dd_status status, const char *word) {
    cr_assert_not(run_toy());
    cr_assert_eq(error.status, status, "%s", error.text);
    cr_assert(strstr(error.text, word), "%s", error.text);
    cr_assert_null(result);
}

Test(peer, is_compiled_and_run_and_its_json_read) {
    cr_assert(run_toy(), "%s", error.text);
    cr_assert_str_eq(json_string_value(json_object_get(result, "said")), "--lamps=100 two words");
}

Test(peer, is_compiled_once_until_it_changes) {
    cr_assert(run_toy() && run_toy(), "%s", error.text);
    cr_assert_eq(compilations(), 1);
    write_peer("#!/bin/sh\necho '{\"said\": \"other\"}'\n");
    cr_assert(run_toy(), "%s", error.text);
    cr_assert_eq(compilations(), 2);
    cr_assert_str_eq(json_string_value(json_object_get(result, "said")), "other");
}

Test(peer, is_compiled_again_for_another_ns3) {
    cr_assert(run_toy(), "%s", error.text);
    write_file("bin/pkg-config", "#!/bin/sh\necho 3.38\n");
    cr_assert(run_toy(), "%s", error.text);
    cr_assert_eq(compilations(), 2);
}

Test(peer, without_ns3_says_what_to_install) {
    write_file("bin/pkg-config", "#!/bin/sh\nexit 1\n");
    refused(DD_WRONG, "apt-get install --no-install-recommends libns3-dev");
}

Test(peer, without_pkg_config_says_what_to_install) {
    setenv("PATH", "/nowhere", 1);
    refused(DD_WRONG, "pkg-config");
}

Test(peer, without_a_compiler_says_what_to_install) {
    setenv("CXX", "/nowhere/c++", 1);
    refused(DD_WRONG, "g++");
}

Test(peer, that_is_not_in_the_sources_is_refused) {
    setenv("DOMDOM_DATA", "/nowhere", 1);
    refused(DD_WRONG, "source tree");
}

Test(peer, that_does_not_compile_leaves_nothing) {
    write_file("bin/c++", "#!/bin/sh\necho half >\"$5\"\nexit 1\n");
    refused(DD_OUTSIDE, "could not be compiled");
    char path[200];
    snprintf(path, sizeof path, "%s/cache/domdom", folder);
    cr_assert_eq(rmdir(path), 0, "the cache is not empty");
}

Test(peer, that_fails_is_told_with_its_status) {
    write_peer("#!/bin/sh\necho '{}'\nexit 5\n");
    refused(DD_OUTSIDE, "status 5");
}

Test(peer, that_is_killed_is_told) {
    write_peer("#!/bin/sh\nkill -ABRT $$\n");
    refused(DD_OUTSIDE, "status 134");
}

Test(peer, that_prints_no_object_is_told) {
    write_peer("#!/bin/sh\necho '[1]'\n");
    refused(DD_OUTSIDE, "no JSON object");
    write_peer("#!/bin/sh\n");
    refused(DD_OUTSIDE, "no JSON object");
}

Test(peer, without_a_home_says_what_to_set) {
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    refused(DD_WRONG, "XDG_CACHE_HOME");
}

Test(peer, may_print_much) {
    write_peer("#!/bin/sh\nprintf '{\"said\": \"'\nhead -c 300000 /dev/zero | tr '\\0' x\n"
               "echo '\"}'\n");
    cr_assert(run_toy(), "%s", error.text);
    cr_assert_eq(json_string_length(json_object_get(result, "said")), 300000);
}
