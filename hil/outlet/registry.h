// The registry of emulated boards: a folder of this user's with a file for each, named as its
// serial, that holds the path of its pseudo-terminal. Whoever registers a board keeps its file
// open and locked, so that nothing is left of a process that was killed: a file that nobody holds
// means nothing.
#pragma once

#include "engine/base.h"

enum { DD_REGISTRY_PATH = 256, DD_REGISTRY_NAME = 64 };

// The folder, made if need be: $XDG_RUNTIME_DIR/domdom/boards, else /tmp/domdom-UID/boards. False
// where it cannot be this user's own (DD_OUTSIDE).
bool dd_registry_folder(char folder[static DD_REGISTRY_PATH], dd_error *error);

// Registers a board; it is there until it is removed by the descriptor that this returns, or the
// process ends. -1: the serial is none for a file's name, or is registered by somebody alive
// (DD_WRONG).
int dd_registry_add(const char *serial, const char *path, dd_error *error);
// Takes it out, and closes its descriptor; does nothing with -1.
void dd_registry_remove(const char *serial, int fd);

// The path of a registered board's pseudo-terminal; false: nobody holds the file, or it is none.
bool dd_registry_read(const char *file, char path[static DD_REGISTRY_PATH]);
