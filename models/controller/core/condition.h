// What the controller says of itself: that it was restarted, hears garbage, has lost words, cannot
// write to its store, doubts its clock or its calendar.
#pragma once

#include "models/controller/core/core.h"

// Says that a condition of its own (DD_RESTARTED or later) holds, or that it is over; nothing when
// that was said before. What was said lasts over a restart.
void dd_core_condition(dd_core *core, dd_happening happening, bool holds, int32_t value);

// It has started: says so, and why.
void dd_core_condition_start(dd_core *core);

void dd_core_condition_work(dd_core *core);
int64_t dd_core_condition_deadline_ms(const dd_core *core);
