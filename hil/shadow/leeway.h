// How far a board and its shadow may be apart, as a scenario says it: "line.clock_ms=2000
// datagram.level_pm=10 look.ignored=1", by kind of message and what in it.
#pragma once

#include "hil/shadow/shadow.h"

// Changes what is said; the rest stays. False: a word that is none, or a figure that cannot be.
bool dd_leeway_read(dd_shadow_def *def, const char *text, dd_error *error);
