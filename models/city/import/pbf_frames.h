// The frames of an OpenStreetMap PBF file: how long each part says it is. The library that reads
// the parts takes as much memory as they ask for.
#pragma once

#include "engine/base.h"

// Whether every frame fits into the file and within the format's limits (wiki.openstreetmap.org,
// "PBF Format": a header below 64 KiB, a blob below 32 MiB, packed and unpacked).
bool dd_pbf_frames_check(const char *path, const char *name, dd_error *error);
