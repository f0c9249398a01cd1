// The rack's port into a world: actions on boards as they are written, done to the rack; what
// figures tell of it.
#pragma once

#include "hil/rack/rack.h"
#include "models/controller/board_port.h"

// Puts what actions need in place; `rack` is their context.
dd_board_port dd_rack_port(dd_rack *rack);

// Reads "drop=0.05 delay_ms=3" or "good" of a wire.
bool dd_bad_wire_parse(dd_bad_wire_def *def, const char *text, dd_error *error);
