// The controller's clock and its questions to the centre about the time, answered as by NTP (RFC
// 5905): when it asked, when the centre heard it and when it answered, and when the answer came.
#pragma once

#include "models/controller/core/core.h"

// Why a clock is in doubt: the value of DD_CLOCK_DOUBTFUL.
typedef enum dd_clock_doubt {
    DD_CLOCK_SURE,
    DD_CLOCK_STALE,   // long not set
    DD_CLOCK_STRANGE, // the centre states a time too far from its own
} dd_clock_doubt;

void dd_core_clock_init(dd_core *core);

// The centre's answer; its number repeats that of the question, so that a late answer to an earlier
// question is not taken for one to the last.
void dd_core_clock_answer(dd_core *core, const dd_order *order);

// The time as it is told to the nodes; 0 when it is not known, or in doubt.
int64_t dd_core_clock_told_ms(const dd_core *core);

void dd_core_clock_work(dd_core *core);
int64_t dd_core_clock_deadline_ms(const dd_core *core);
