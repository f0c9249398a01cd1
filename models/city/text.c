#define _POSIX_C_SOURCE 200809L
#include "models/city/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const int64_t SIZE_MAX_READ = INT64_C(1) << 30;

static bool wrong(dd_error *error, const char *path, const char *what, const char *remedy) {
    return dd_fail(error, DD_WRONG, "%s: %s; %s", path, what, remedy);
}

static bool judge(const char *path, const struct stat *status, dd_error *error) {
    if (S_ISDIR(status->st_mode))
        return wrong(error, path, "is a directory", "name a file inside it");
    if (!S_ISREG(status->st_mode))
        return wrong(error, path, "is not a regular file", "name a file on disk");
    if (status->st_size == 0)
        return wrong(error, path, "the file is empty", "restore it or build it anew");
    if (status->st_size > SIZE_MAX_READ)
        return wrong(error, path, "is larger than 1 GiB", "is this the right file? split it");
    return true;
}

static bool fill(FILE *file, const char *path, size_t size, dd_text *text, dd_error *error) {
    text->bytes = malloc(size + 1);
    if (!text->bytes)
        return dd_fail(error, DD_OUTSIDE, "%s: no memory for %zu bytes; free some", path, size);
    text->size = fread(text->bytes, 1, size, file);
    text->bytes[text->size] = 0;
    if (text->size == size && !ferror(file)) return true;
    dd_text_fini(text);
    return dd_fail(error, DD_OUTSIDE, "%s: reading stopped early; check the disk", path);
}

bool dd_text_read(const char *path, dd_text *text, dd_error *error) {
    struct stat status;
    *text = (dd_text){0};
    if (stat(path, &status) != 0) return wrong(error, path, strerror(errno), "check the path");
    if (!judge(path, &status, error)) return false;
    FILE *file = fopen(path, "rb");
    if (!file) return wrong(error, path, strerror(errno), "check who may read it");
    bool ok = fill(file, path, (size_t)status.st_size, text, error);
    fclose(file);
    return ok;
}

bool dd_text_write(const char *path, const dd_text *text, dd_error *error) {
    char part[4096];
    if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
        return wrong(error, path, "the path is too long", "choose a shorter one");
    FILE *file = fopen(part, "wb");
    if (!file)
        return dd_fail(error, DD_OUTSIDE, "%s: %s; choose another place", part, strerror(errno));
    bool ok = fwrite(text->bytes, 1, text->size, file) == text->size;
    ok = fclose(file) == 0 && ok;
    if (ok && rename(part, path) == 0) return true;
    dd_fail(error, DD_OUTSIDE, "%s: %s; check the disk", path, strerror(errno));
    remove(part);
    return false;
}

void dd_text_fini(dd_text *text) {
    free(text->bytes);
    *text = (dd_text){0};
}
