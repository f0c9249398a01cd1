#define _DEFAULT_SOURCE
#include "engine/output/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const dd_folder_names[] = {"summary.json",
                                       "run.sqlite",
                                       "run.sqlite-journal",
                                       "journal",
                                       "junit.xml",
                                       "report.html",
                                       "air.pcapng",
                                       "air-at.pcapng",
                                       "wireshark/ieee802154_keys",
                                       "wireshark/802154_addresses",
                                       NULL};

static char *join(const char *folder, const char *name, const char *suffix) {
    size_t size = strlen(folder) + strlen(name) + strlen(suffix) + 2;
    char *path = malloc(size);
    if (!path) abort();
    snprintf(path, size, "%s/%s%s", folder, name, suffix);
    return path;
}

// --- Making it ---

// Is it the user's path that is wrong, or the system that refuses?
static bool fail_to_make(const char *path, dd_error *error) {
    switch (errno) {
    case ENOTDIR:
    case EEXIST:
        return dd_fail(error, DD_WRONG,
                       "--out %s: a part of this path is a file, not a folder; choose another name",
                       path);
    case ENAMETOOLONG:
    case ELOOP:
    case EINVAL:
        return dd_fail(error, DD_WRONG, "--out %s: this can be no folder (%s); choose another name",
                       path, strerror(errno));
    default:
        return dd_fail(error, DD_OUTSIDE,
                       "--out %s: cannot make this folder (%s); choose a place where you may write",
                       path, strerror(errno));
    }
}

static bool is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool make(const char *path) {
    if (mkdir(path, 0777) == 0) return true;
    int reason = errno;
    if (is_folder(path)) return true;
    errno = reason;
    return false;
}

// As `mkdir -p`.
static bool make_with_parents(char *path, dd_error *error) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        bool made = make(path);
        *slash = '/';
        if (!made) return fail_to_make(path, error);
    }
    return make(path) || fail_to_make(path, error);
}

// --- What is in it already ---

static bool is_empty(const char *path, bool *empty, dd_error *error) {
    DIR *folder = opendir(path);
    if (!folder)
        return dd_fail(error, DD_OUTSIDE,
                       "--out %s: cannot look into this folder (%s); choose "
                       "another",
                       path, strerror(errno));
    *empty = true;
    for (const struct dirent *entry; (entry = readdir(folder));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) *empty = false;
    closedir(folder);
    return true;
}

static bool remove_file(const dd_folder *folder, const char *name, dd_error *error) {
    char *path = dd_folder_file(folder, name);
    bool gone = unlink(path) == 0 || errno == ENOENT;
    if (!gone)
        dd_fail(error, DD_OUTSIDE,
                "%s: cannot remove this file of an earlier run (%s); choose "
                "another folder by --out",
                path, strerror(errno));
    free(path);
    return gone;
}

// As many as there were boards, named after their segments.
static bool remove_recordings(const dd_folder *folder, dd_error *error) {
    char *path = dd_folder_file(folder, "boards");
    DIR *boards = opendir(path);
    bool gone = true;
    free(path);
    for (const struct dirent *entry; boards && gone && (entry = readdir(boards));) {
        size_t n = strlen(entry->d_name);
        if (n < 4 || strcmp(entry->d_name + n - 4, ".rec") != 0) continue;
        char *name = join("boards", entry->d_name, "");
        gone = remove_file(folder, name, error);
        free(name);
    }
    if (boards) closedir(boards);
    return gone;
}

static bool remove_earlier_run(const dd_folder *folder, dd_error *error) {
    for (const char *const *name = dd_folder_names; *name; name++)
        if (!remove_file(folder, *name, error)) return false;
    return remove_recordings(folder, error);
}

// By trying: permissions tell root little, and nothing of a full disk.
static bool can_be_written(const dd_folder *folder, dd_error *error) {
    if (!dd_folder_write(folder, ".domdom", "?", 1, error)) return false;
    char *path = dd_folder_file(folder, ".domdom");
    unlink(path);
    free(path);
    return true;
}

bool dd_folder_open(dd_folder *folder, const char *path, bool force, dd_error *error) {
    bool empty = false;
    *folder = (dd_folder){0};
    if (!*path) return dd_fail(error, DD_WRONG, "--out wants the name of a folder");
    if (!(folder->path = strdup(path))) return dd_fail(error, DD_OUTSIDE, "no memory for a path");
    size_t length = strlen(path);
    while (length > 1 && folder->path[length - 1] == '/')
        folder->path[--length] = 0;
    if (make_with_parents(folder->path, error) && is_empty(folder->path, &empty, error)) {
        if (!empty && !force)
            dd_fail(error, DD_WRONG,
                    "--out %s: the folder exists and is not empty; choose another name, or add "
                    "--force, which replaces the run in it",
                    folder->path);
        else if ((empty || remove_earlier_run(folder, error)) && can_be_written(folder, error))
            return true;
    }
    dd_folder_fini(folder);
    return false;
}

void dd_folder_fini(dd_folder *folder) {
    free(folder->path);
    *folder = (dd_folder){0};
}

// --- Files in it ---

bool dd_folder_make(const dd_folder *folder, const char *name, dd_error *error) {
    char *path = dd_folder_file(folder, name);
    bool made = make(path) || fail_to_make(path, error);
    free(path);
    return made;
}

char *dd_folder_file(const dd_folder *folder, const char *name) {
    return join(folder->path, name, "");
}

static bool write_file(const char *path, const char *text, size_t size) {
    FILE *file = fopen(path, "wb");
    if (!file) return false;
    bool written = fwrite(text, 1, size, file) == size;
    return (fclose(file) == 0) & written;
}

bool dd_folder_write(const dd_folder *folder, const char *name, const char *text, size_t size,
                     dd_error *error) {
    char *path = dd_folder_file(folder, name);
    char *part = join(folder->path, name, ".part");
    bool written = write_file(part, text, size) && rename(part, path) == 0;
    if (!written) {
        dd_fail(error, DD_OUTSIDE,
                "%s: cannot be written (%s); free some space or choose another folder by --out",
                path, strerror(errno));
        unlink(part);
    }
    free(part);
    free(path);
    return written;
}
