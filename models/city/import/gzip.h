// Files packed with gzip, unpacked for libraries that read plain files only.
#pragma once

#include "engine/base.h"

// Unpacks `path` into a new temporary file, whose path, ending in `suffix`, goes to `plain`; the
// caller removes it. DD_WRONG when the packed data are damaged, end early, or hold more than
// `most` bytes.
bool dd_gzip_unpack(const char *path, const char *suffix, int64_t most, char plain[static 256],
                    dd_error *error);
