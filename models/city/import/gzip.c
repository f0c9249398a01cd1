#define _DEFAULT_SOURCE // mkstemps
#include "models/city/import/gzip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static bool write_all(int file, const char *bytes, size_t size) {
    while (size) {
        ssize_t n = write(file, bytes, size);
        if (n <= 0) return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

static bool fail_packed(gzFile packed, const char *path, dd_error *error) {
    int code;
    const char *text = gzerror(packed, &code);
    bool early = code == Z_BUF_ERROR;
    return dd_fail(error, DD_WRONG, "%s: %s; %s", path, early ? "the packed data end early" : text,
                   early ? "the file is truncated: fetch it again"
                         : "it is damaged: fetch it again");
}

static bool copy(gzFile packed, int file, const char *path, int64_t most, dd_error *error) {
    enum { CHUNK = 1 << 16 };
    char *chunk = malloc(CHUNK);
    int64_t total = 0;
    int n = 0;
    bool ok = chunk || dd_fail(error, DD_OUTSIDE, "no memory to unpack; free some");
    while (ok && (n = gzread(packed, chunk, CHUNK)) > 0) {
        total += n;
        if (total > most)
            ok = dd_fail(error, DD_WRONG,
                         "%s: holds more than %lld MiB; cut it to a city, as with osmium extract",
                         path, (long long)(most >> 20));
        else if (!write_all(file, chunk, (size_t)n))
            ok = dd_fail(error, DD_OUTSIDE, "cannot unpack %s: %s; free some of the disk", path,
                         strerror(errno));
    }
    free(chunk);
    if (!ok) return false;
    int code;
    gzerror(packed, &code);
    return (n == 0 && code == Z_OK) || fail_packed(packed, path, error);
}

bool dd_gzip_unpack(const char *path, const char *suffix, int64_t most, char plain[static 256],
                    dd_error *error) {
    const char *folder = getenv("TMPDIR");
    snprintf(plain, 256, "%.200s/domdom-XXXXXX%s", folder && *folder ? folder : "/tmp", suffix);
    gzFile packed = gzopen(path, "rb");
    if (!packed) return dd_fail(error, DD_WRONG, "%s: %s; check the path", path, strerror(errno));
    int file = mkstemps(plain, (int)strlen(suffix));
    bool ok = file >= 0 || dd_fail(error, DD_OUTSIDE, "%s: %s; set TMPDIR to a folder for it",
                                   plain, strerror(errno));
    ok = ok && copy(packed, file, path, most, error);
    if (file >= 0) ok = close(file) == 0 && ok;
    if (file >= 0 && !ok) remove(plain);
    gzclose(packed);
    return ok;
}
