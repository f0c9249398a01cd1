// The centre's orders to lamps: each lamp is told by itself, and the centre learns the outcome.
#pragma once

#include "models/controller/core/core.h"

// An order of kind READ, OVERRIDE, RESUME, CALENDAR, POLL or GROUP. One with a number that is under
// way or was among the last DD_CORE_OUTCOMES finished is not done again; its outcome is told again.
// Only a POLL may come without a number; it has no outcome then.
void dd_core_command_order(dd_core *core, const dd_order *order);

// A transaction of order `command` (1 + its index) is over.
void dd_core_command_end(dd_core *core, uint8_t command, bool done);

// Its phase is dead: orders that have yet to reach this lamp have failed there.
void dd_core_command_dark(dd_core *core, uint16_t lamp);

void dd_core_command_work(dd_core *core);

// When an order that waits for an older one to have spread may go on; INT64_MAX: none does.
int64_t dd_core_command_deadline_ms(const dd_core *core);
