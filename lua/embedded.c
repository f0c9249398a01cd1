#include "lua/embedded.h"

#include <assert.h>
#include <string.h>

const dd_embedded *dd_embedded_find(const char *name) {
    const dd_embedded *file = dd_embedded_files;
    while (file->name && strcmp(file->name, name) != 0)
        file++;
    assert(file->name);
    return file;
}
