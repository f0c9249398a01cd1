// The controller's clock and its questions to the centre about the time.
#pragma once

#include "models/controller/core/core.h"

void dd_core_clock_init(dd_core *core);

// The centre's answer. `number` repeats that of the question, so that a late answer to an earlier
// question is not taken for one to the last.
void dd_core_clock_answer(dd_core *core, uint32_t number, int64_t clock_ms);

// The time as it is told to the nodes; 0 when it is not known.
int64_t dd_core_clock_told_ms(const dd_core *core);

void dd_core_clock_work(dd_core *core);
int64_t dd_core_clock_deadline_ms(const dd_core *core);
