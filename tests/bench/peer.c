#define _DEFAULT_SOURCE // getdelim, posix_spawn
#include "tests/bench/peer.h"

#include "engine/data.h"
#include "engine/random.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define PACKAGE "ns3-lr-wpan" // by its name for pkg-config
#define INSTALL "apt-get install --no-install-recommends libns3-dev g++ pkg-config"

// Without what pkg-config names by its path: Debian's ns-3 is linked to GSL, but its package asks
// for no development files of that.
static char compile[] = "exec ${CXX:-c++} -std=c++17 -O2 \"$1\" -o \"$2\" "
                        "$(pkg-config --cflags --libs-only-L --libs-only-l " PACKAGE ")";

enum { MAX_WORDS = 32, NOT_STARTED = 127 }; // the shell's status for a program that is not there

// All that a stream still has, NUL at its end; the caller frees it. NULL when memory is short.
static char *rest_of(FILE *stream) {
    char *text = NULL;
    size_t capacity = 0;
    if (getdelim(&text, &capacity, '\0', stream) >= 0) return text;
    free(text);
    return strdup("");
}

static pid_t start(char *const words[], const int ends[2], bool quiet) {
    posix_spawn_file_actions_t actions;
    pid_t pid;
    if (posix_spawn_file_actions_init(&actions) != 0) return 0;
    bool good = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) == 0 &&
                posix_spawn_file_actions_addclose(&actions, ends[0]) == 0 &&
                posix_spawn_file_actions_addclose(&actions, ends[1]) == 0;
    if (quiet)
        good = good && posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
                                                        O_WRONLY, 0) == 0;
    good = good && posix_spawnp(&pid, words[0], &actions, NULL, words, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return good ? pid : 0;
}

// Runs a program and returns its exit status as a shell would: NOT_STARTED when it is not there,
// 128 and more when a signal ended it. *text is what it printed; the caller frees it. `quiet` drops
// what it says on stderr.
static int run_program(char *const words[], bool quiet, char **text) {
    int ends[2], status;
    *text = NULL;
    if (pipe(ends) != 0) return NOT_STARTED;
    pid_t pid = start(words, ends, quiet);
    close(ends[1]);
    FILE *stream = fdopen(ends[0], "r");
    if (stream) {
        *text = rest_of(stream);
        fclose(stream);
    } else {
        close(ends[0]);
    }
    if (pid == 0 || waitpid(pid, &status, 0) != pid) return NOT_STARTED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The version of the installed ns-3, which the caller frees; NULL when there is none.
static char *installed_version(void) {
    char *version, *words[] = {"pkg-config", "--modversion", PACKAGE, NULL};
    if (run_program(words, true, &version) == 0) return version;
    free(version);
    return NULL;
}

// The user's cache folder for what this program makes; makes it.
static bool make_cache(char *folder, dd_error *error) {
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    bool named = cache && *cache;
    if (!named && !(home && *home))
        return dd_fail(error, DD_WRONG, "no folder to build in: set XDG_CACHE_HOME or HOME");
    int length = snprintf(folder, DD_PATH_SIZE, named ? "%s" : "%s/.cache", named ? cache : home);
    for (int i = 0; i < 2; i++) {
        if (length >= DD_PATH_SIZE - 100)
            return dd_fail(error, DD_WRONG, "%.100s...: too long a path; set XDG_CACHE_HOME",
                           folder);
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return dd_fail(error, DD_OUTSIDE, "%s: %s; set XDG_CACHE_HOME", folder,
                           strerror(errno));
        if (i == 0) length += sprintf(folder + length, "/domdom");
    }
    return true;
}

// Where the executable of a source stands: another source or another ns-3, another name.
static bool name_executable(const char *program, const char *source, char *path, dd_error *error) {
    FILE *file = fopen(source, "r");
    if (!file) return dd_fail(error, DD_OUTSIDE, "%s: %s", source, strerror(errno));
    char *text = rest_of(file), *version = installed_version();
    fclose(file);
    bool good = false;
    if (!version) {
        dd_fail(error, DD_WRONG, "ns-3 is not installed: " INSTALL);
    } else if (!text) {
        dd_fail(error, DD_OUTSIDE, "%s: %s", source, strerror(errno));
    } else if (make_cache(path, error)) {
        uint64_t hash = dd_hash_bytes(version, strlen(version), 0);
        hash = dd_hash_bytes(text, strlen(text), hash);
        size_t length = strlen(path);
        snprintf(path + length, DD_PATH_SIZE - length, "/%.60s-%016llx", program,
                 (unsigned long long)hash);
        good = true;
    }
    free(version);
    free(text);
    return good;
}

// Under another name at first, so that nobody runs half an executable.
static bool build(const char *source, const char *executable, dd_error *error) {
    char unfinished[DD_PATH_SIZE + 32], *text;
    snprintf(unfinished, sizeof unfinished, "%s.%ld", executable, (long)getpid());
    char *words[] = {"/bin/sh", "-c", compile, "sh", (char *)source, unfinished, NULL};
    fprintf(stderr, "domdom: compiling %s, once\n", source);
    int status = run_program(words, false, &text);
    free(text);
    if (status == NOT_STARTED)
        return dd_fail(error, DD_WRONG, "%s needs a C++ compiler: " INSTALL, source);
    if (status != 0 || rename(unfinished, executable) != 0) {
        unlink(unfinished);
        return dd_fail(error, DD_OUTSIDE, "%s could not be compiled; see above", source);
    }
    return true;
}

static bool run(const char *executable, char *const arguments[], json_t **result, dd_error *error) {
    char *words[MAX_WORDS] = {(char *)executable}, *text;
    for (size_t i = 0; i < MAX_WORDS - 2 && arguments[i]; i++)
        words[i + 1] = arguments[i];
    int status = run_program(words, false, &text);
    *result = status == 0 && text ? json_loads(text, 0, NULL) : NULL;
    free(text);
    if (status != 0)
        return dd_fail(error, DD_OUTSIDE, "%s ended with status %d; see above", executable, status);
    if (!json_is_object(*result)) {
        json_decref(*result);
        *result = NULL;
        return dd_fail(error, DD_OUTSIDE, "%s printed no JSON object", executable);
    }
    return true;
}

bool dd_peer_run(const char *program, char *const arguments[], json_t **result, dd_error *error) {
    char source[DD_PATH_SIZE], executable[DD_PATH_SIZE], relative[100];
    *result = NULL;
    snprintf(relative, sizeof relative, "tests/bench/peer/%.60s.cc", program);
    if (!dd_data_find(relative, source, error))
        return dd_fail_in(error, "a peer's source comes with the source tree only");
    if (!name_executable(program, source, executable, error)) return false;
    if (access(executable, X_OK) != 0 && !build(source, executable, error)) return false;
    return run(executable, arguments, result, error);
}
