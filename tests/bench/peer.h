// A peer: a program that does a job of ours on another simulator, to be measured beside us. Peers
// are tests/bench/peer/NAME.cc; they are written for ns-3's lr-wpan, compiled only where the user
// has installed that, and never linked to this program.
#pragma once

#include "engine/base.h"

#include <jansson.h>

// Runs the peer `program` ("ns3_street") with `arguments` (NULL at their end, without the program's
// name) and gives the JSON object that it prints, which the caller releases by json_decref.
// Compiles it first when that has not been done for this source and this ns-3: the executable
// stands in $XDG_CACHE_HOME/domdom or ~/.cache/domdom. What compiler and peer complain about goes
// to stderr.
// False with DD_WRONG when ns-3, a compiler or the source is missing (installed programs come
// without), the message saying what to do; with DD_OUTSIDE when it could not be compiled, or
// failed, or printed something else.
bool dd_peer_run(const char *program, char *const arguments[], json_t **result, dd_error *error);
