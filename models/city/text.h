// A whole text file in memory, and a text on its way to a file.
#pragma once

#include "engine/base.h"

#include <stdio.h>

typedef struct dd_text {
    char *bytes; // zero-terminated for convenience; may hold zeros of its own
    size_t size; // without the terminator
} dd_text;

// Reads a file. DD_WRONG when it is absent, a directory, unreadable, empty or beyond 1 GiB; the
// message says which and what to do. The caller ends it with dd_text_fini.
bool dd_text_read(const char *path, dd_text *text, dd_error *error);

// Writes a file through a neighbour ("path.part") that takes its name once it is complete, so that
// nobody ever sees half of it. DD_OUTSIDE when the disk refuses.
bool dd_text_write(const char *path, const dd_text *text, dd_error *error);

void dd_text_fini(dd_text *text);
