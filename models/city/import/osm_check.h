// What the library that reads OpenStreetMap's XML takes on trust, checked before it reads: it tells
// neither the line of an error, nor survives a tag without its key.
#pragma once

#include "engine/base.h"

// Whether a plain .osm file is well-formed XML whose nodes, ways, members and tags are whole.
// DD_WRONG names `name` and the line.
bool dd_osm_check(const char *path, const char *name, dd_error *error);
