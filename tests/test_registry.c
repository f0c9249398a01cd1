#define _GNU_SOURCE // posix_openpt, ptsname_r, mkdtemp
#include "hil/outlet/registry.h"

#include "hil/outlet/discovery.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char home[64];

// A registry of this test's own.
static void start(void) {
    snprintf(home, sizeof home, "/tmp/domdom-registry-XXXXXX");
    cr_assert(ne(ptr, mkdtemp(home), NULL));
    setenv("XDG_RUNTIME_DIR", home, 1);
}

static void stop(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", home);
    cr_expect(zero(int, system(command)));
}

TestSuite(registry, .init = start, .fini = stop);

static int open_pty(char path[64]) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    cr_assert(ge(int, master, 0));
    cr_assert(all(zero(int, grantpt(master)), zero(int, unlockpt(master))));
    cr_assert(zero(int, ptsname_r(master, path, 64)));
    return master;
}

static int added(const char *serial, const char *path) {
    dd_error error = {0};
    int fd = dd_registry_add(serial, path, &error);
    cr_assert(ge(int, fd, 0), "%s", error.text);
    return fd;
}

static bool wait_for(dd_discovery *discovery, dd_device_change *change) {
    for (int i = 0; i < 40; i++) {
        if (dd_discovery_next(discovery, change)) return true;
        poll(&(struct pollfd){.fd = dd_discovery_fd(discovery), .events = POLLIN}, 1, 50);
    }
    return false;
}

static dd_board_verdict find(dd_discovery *discovery, const char *serial, dd_device *device) {
    dd_error error = {0};
    const dd_board_match match = {.serial = serial, .interface = -1};
    dd_board_verdict verdict = dd_discovery_find(discovery, &match, device, &error);
    cr_expect(eq(int, verdict == DD_BOARD_WELL, error.text[0] == 0), "%s", error.text);
    return verdict;
}

Test(registry, a_board_comes_and_goes) {
    char path[64];
    int master = open_pty(path);
    dd_error error = {0};
    dd_discovery *discovery = dd_discovery_open(&error);
    cr_assert(ne(ptr, discovery, NULL), "%s", error.text);
    dd_device_change change;
    while (dd_discovery_next(discovery, &change))
        ; // what this machine has of its own
    dd_device device;
    cr_expect(eq(int, find(discovery, "SEG-T1", &device), DD_BOARD_NOT_FOUND));
    int fd = added("SEG-T1", path);
    cr_assert(wait_for(discovery, &change), "nothing came");
    cr_expect(change.added);
    cr_expect(eq(str, change.device.serial, "SEG-T1"));
    cr_expect(eq(str, change.device.node, path));
    cr_expect(all(change.device.emulated, not(change.device.denied)));
    cr_assert(eq(int, find(discovery, "SEG-T1", &device), DD_BOARD_WELL));
    cr_expect(eq(str, device.node, path));
    cr_expect(eq(int, find(discovery, "SEG-T", &device), DD_BOARD_NOT_FOUND));
    dd_registry_remove("SEG-T1", fd);
    cr_assert(wait_for(discovery, &change), "nothing went");
    cr_expect(not(change.added));
    cr_expect(eq(str, change.device.serial, "SEG-T1"));
    cr_expect(eq(int, find(discovery, "SEG-T1", &device), DD_BOARD_NOT_FOUND));
    cr_expect(not(dd_discovery_next(discovery, &change)));
    dd_discovery_close(discovery);
    close(master);
}

// Put back between two looks, under the same serial: it is another plug.
Test(registry, a_quick_replug_is_seen) {
    char path[64];
    int master = open_pty(path);
    dd_discovery *discovery = dd_discovery_open(NULL);
    int fd = added("SEG-T1", path);
    dd_device_change change, again;
    bool seen = false;
    while (!seen && wait_for(discovery, &change))
        seen = change.device.emulated;
    cr_assert(seen);
    dd_registry_remove("SEG-T1", fd);
    fd = added("SEG-T1", path);
    cr_assert(all(wait_for(discovery, &change), wait_for(discovery, &again)));
    cr_expect(all(not(change.added), again.added));
    cr_expect(eq(str, again.device.serial, "SEG-T1"));
    cr_expect(ne(u64, change.device.plug, again.device.plug));
    dd_registry_remove("SEG-T1", fd);
    dd_discovery_close(discovery);
    close(master);
}

// What a process leaves that was killed means nothing, and stands in nobody's way.
Test(registry, killed) {
    char path[64];
    int master = open_pty(path), ready[2];
    cr_assert(zero(int, pipe(ready)));
    pid_t child = fork();
    if (child == 0) {
        int fd = dd_registry_add("SEG-T1", path, NULL);
        if (write(ready[1], &fd, sizeof fd) != sizeof fd) _exit(1);
        pause();
        _exit(0);
    }
    int theirs = -1;
    cr_assert(eq(int, (int)read(ready[0], &theirs, sizeof theirs), (int)sizeof theirs));
    cr_assert(ge(int, theirs, 0));
    dd_discovery *discovery = dd_discovery_open(NULL);
    dd_device device;
    dd_device_change change;
    cr_expect(eq(int, find(discovery, "SEG-T1", &device), DD_BOARD_WELL));
    while (dd_discovery_next(discovery, &change))
        ;
    dd_error error = {0};
    cr_expect(eq(int, dd_registry_add("SEG-T1", path, &error), -1));
    cr_expect(ne(ptr, strstr(error.text, "there already"), NULL), "%s", error.text);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    cr_assert(wait_for(discovery, &change), "its end went unseen");
    cr_expect(not(change.added));
    cr_expect(eq(int, find(discovery, "SEG-T1", &device), DD_BOARD_NOT_FOUND));
    dd_registry_remove("SEG-T1", added("SEG-T1", path));
    dd_discovery_close(discovery);
    close(master);
}

Test(registry, what_is_no_serial) {
    static const char *const bad[] = {"", ".SEG", "a/b", "../x", "Đèn", "a b", "a\n"};
    for (size_t i = 0; i < DD_COUNT(bad); i++) {
        dd_error error = {0};
        cr_expect(eq(int, dd_registry_add(bad[i], "/dev/pts/0", &error), -1), "'%s'", bad[i]);
        cr_expect(eq(int, error.status, DD_WRONG));
    }
}

// Whoever may write there could have the twin open any terminal.
Test(registry, a_folder_of_others_is_refused) {
    char folder[DD_REGISTRY_PATH], ours[96];
    dd_error error = {0};
    cr_assert(dd_registry_folder(folder, &error), "%s", error.text);
    snprintf(ours, sizeof ours, "%s/domdom", home);
    cr_assert(zero(int, chmod(ours, 0777)));
    cr_expect(not(dd_registry_folder(folder, &error)));
    cr_expect(eq(int, error.status, DD_OUTSIDE));
    cr_expect(eq(int, dd_registry_add("SEG-T1", "/dev/pts/0", &error), -1));
}

Test(registry, a_device_by_its_path) {
    char path[64], link[96], fast[96];
    int master = open_pty(path);
    int fd = added("SEG-T1", path);
    dd_discovery *discovery = dd_discovery_open(NULL);
    snprintf(link, sizeof link, "%s/board", home);
    snprintf(fast, sizeof fast, "%s@921600", path);
    cr_assert(zero(int, symlink(path, link)));
    const char *paths[] = {path, link, fast};
    for (size_t i = 0; i < DD_COUNT(paths); i++) {
        dd_device device = {0};
        dd_error error = {0};
        const dd_board_match match = {.path = paths[i], .interface = -1};
        cr_expect(eq(int, dd_discovery_find(discovery, &match, &device, &error), DD_BOARD_WELL),
                  "%s: %s", paths[i], error.text);
        cr_expect(eq(str, device.serial, "SEG-T1"));
    }
    dd_registry_remove("SEG-T1", fd);
    dd_discovery_close(discovery);
    close(master);
}
