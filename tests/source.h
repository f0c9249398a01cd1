// The files of the sources, for tests that read some.
#pragma once

#include <stdio.h>
#include <stdlib.h>

// Where a file lies; good until the next call.
static inline const char *source_path(const char *relative) {
    static char path[1024];
    const char *root = getenv("DOMDOM_SOURCE");
    snprintf(path, sizeof path, "%s/%s", root ? root : ".", relative);
    return path;
}
