// What the library that reads OpenStreetMap's files takes on trust, checked before it reads: it
// tells no line of an error, and survives neither a tag without its key nor a damaged block.
#pragma once

#include "engine/base.h"

// Whether a plain .osm file is well-formed XML whose nodes, ways, members and tags are whole.
// DD_WRONG names `name` and the line.
bool dd_osm_check(const char *path, const char *name, dd_error *error);

// Whether the library comes through a PBF file: a process of its own tries. DD_WRONG when it does
// not live to tell.
bool dd_osm_try(const char *path, const char *name, dd_error *error);
