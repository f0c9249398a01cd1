// The rack's port into a world: actions on boards as they are written, done to the rack; what
// figures tell of it.
#pragma once

#include "hil/rack/rack.h"
#include "models/controller/board_port.h"

// Puts what actions need in place; `rack` is their context.
dd_board_port dd_rack_port(dd_rack *rack);
