// The output folder of a run: what `--out DIR` names.
#pragma once

#include "engine/base.h"

typedef struct dd_folder {
    char *path;
} dd_folder;

// The files that a run may leave in its folder, NULL-terminated; besides, boards/SEGMENT.rec.
extern const char *const dd_folder_names[];

// Makes the folder `path`, its parents included, or takes one that exists and is empty; makes sure
// that files can be written there. A folder that holds something is refused (DD_WRONG) unless
// `force`, which removes an earlier run's files from it and touches no others. A path that can be
// no folder is DD_WRONG; what the system refuses is DD_OUTSIDE.
bool dd_folder_open(dd_folder *folder, const char *path, bool force, dd_error *error);
void dd_folder_fini(dd_folder *folder);

// Makes a folder of that name within it, or takes the one that is there.
bool dd_folder_make(const dd_folder *folder, const char *name, dd_error *error);

// The path of the file `name` in it; the caller frees it.
char *dd_folder_file(const dd_folder *folder, const char *name);

// Writes a file of the folder as a whole: either all of `text` stands there afterwards, or what
// stood there before. DD_OUTSIDE on failure.
bool dd_folder_write(const dd_folder *folder, const char *name, const char *text, size_t size,
                     dd_error *error);
