#define _DEFAULT_SOURCE // flock
#include "hil/outlet/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

// A folder of our own that nobody else can write to: in /tmp, anybody may have made it before us.
static bool own_folder(const char *path, dd_error *error) {
    struct stat about;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return dd_fail(error, DD_OUTSIDE, "%s: cannot make the folder: %s", path, strerror(errno));
    if (lstat(path, &about) != 0 || !S_ISDIR(about.st_mode) || about.st_uid != getuid() ||
        about.st_mode & (S_IWGRP | S_IWOTH))
        return dd_fail(error, DD_OUTSIDE,
                       "%s: is no folder of this user alone; remove it, or set XDG_RUNTIME_DIR",
                       path);
    return true;
}

bool dd_registry_folder(char folder[static DD_REGISTRY_PATH], dd_error *error) {
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    int n = runtime && *runtime
                ? snprintf(folder, DD_REGISTRY_PATH, "%s/domdom", runtime)
                : snprintf(folder, DD_REGISTRY_PATH, "/tmp/domdom-%u", (unsigned)getuid());
    if (n + DD_REGISTRY_NAME + 16 > DD_REGISTRY_PATH)
        return dd_fail(error, DD_OUTSIDE, "XDG_RUNTIME_DIR is too long; set another");
    if (!own_folder(folder, error)) return false;
    strcat(folder, "/boards");
    return own_folder(folder, error);
}

// Letters, digits and what stands between them; a name that begins with a dot is not ready yet.
static bool is_name(const char *serial) {
    static const char may[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:";
    size_t n = strlen(serial);
    return n > 0 && n < DD_REGISTRY_NAME && serial[0] != '.' && strspn(serial, may) == n;
}

static bool held(int fd) {
    if (flock(fd, LOCK_SH | LOCK_NB) != 0) return errno == EWOULDBLOCK;
    flock(fd, LOCK_UN);
    return false;
}

bool dd_registry_read(const char *file, char path[static DD_REGISTRY_PATH]) {
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return false;
    ssize_t n = held(fd) ? read(fd, path, DD_REGISTRY_PATH - 1) : 0;
    close(fd);
    path[n > 0 ? n : 0] = 0;
    return path[0] == '/';
}

// Written under another name first, and locked, so that a file of the right name is whole.
static int write_file(const char *name, const char *ready, const char *path) {
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    size_t n = strlen(path);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && write(fd, path, n) == (ssize_t)n &&
        rename(name, ready) == 0)
        return fd;
    if (fd >= 0) close(fd);
    return -1;
}

int dd_registry_add(const char *serial, const char *path, dd_error *error) {
    char folder[DD_REGISTRY_PATH], name[DD_REGISTRY_PATH + DD_REGISTRY_NAME],
        ready[DD_REGISTRY_PATH + DD_REGISTRY_NAME];
    char other[DD_REGISTRY_PATH];
    if (!is_name(serial) || strlen(path) >= DD_REGISTRY_PATH) {
        dd_fail(error, DD_WRONG,
                "'%s' is no serial for a board: up to 63 letters, digits and - _ . :", serial);
        return -1;
    }
    if (!dd_registry_folder(folder, error)) return -1;
    snprintf(ready, sizeof ready, "%s/%s", folder, serial);
    snprintf(name, sizeof name, "%s/.%s", folder, serial);
    if (dd_registry_read(ready, other)) {
        dd_fail(error, DD_WRONG,
                "an emulated board %s is there already, at %s; choose another "
                "serial, or end that one",
                serial, other);
        return -1;
    }
    int fd = write_file(name, ready, path);
    if (fd < 0) dd_fail(error, DD_OUTSIDE, "%s: %s", ready, strerror(errno));
    return fd;
}

void dd_registry_remove(const char *serial, int fd) {
    char folder[DD_REGISTRY_PATH], file[DD_REGISTRY_PATH + DD_REGISTRY_NAME];
    if (fd < 0) return;
    if (dd_registry_folder(folder, NULL)) {
        snprintf(file, sizeof file, "%s/%s", folder, serial);
        unlink(file);
    }
    close(fd);
}
