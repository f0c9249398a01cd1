// Reading the lamps: rounds, lamps looked at again soon, and the readings' way to the centre.
#pragma once

#include "models/controller/core/core.h"

void dd_core_poll_init(dd_core *core);

// Looks at a lamp again in half a minute to a minute, instead of at the next round.
void dd_core_poll_again(dd_core *core, uint16_t lamp);

// It has said by itself how it is: this round, or if it is over the next one, need not ask. One
// that is to be given its calendar is asked all the same.
void dd_core_poll_reported(dd_core *core, uint16_t lamp);

// Its phase is dead: it will not be asked.
void dd_core_poll_dark(dd_core *core, uint16_t lamp);

// Every lamp each `period_s` from now on; 0: none any more.
void dd_core_poll_set_period(dd_core *core, uint32_t period_s);

// A transaction of the poll is over.
void dd_core_poll_end(dd_core *core, const dd_core_task *task, bool answered);

void dd_core_poll_work(dd_core *core);
int64_t dd_core_poll_deadline_ms(const dd_core *core);

// Readings are gathered and go to the centre when there is a message full of them, when there is
// nothing more to read, or after ten seconds.
void dd_core_batch_add(dd_core *core, const dd_reading *reading);
void dd_core_batch_add_report(dd_core *core, const dd_reading *reading); // can always wait
void dd_core_batch_add_dark(dd_core *core, uint16_t lamp); // not asked: DD_READING_NO_SUPPLY
void dd_core_batch_flush(dd_core *core);
void dd_core_batch_work(dd_core *core);
