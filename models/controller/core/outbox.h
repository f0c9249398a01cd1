// Words to the centre: kept until it has acknowledged them, sent again, in order.
#pragma once

#include "models/controller/core/core.h"

void dd_core_outbox_init(dd_core *core);

// Keeps a copy of `word` until it is acknowledged. When the outbox is full the oldest readings,
// of lamps or meters, that were never sent go; when there are none, the oldest word that was never
// sent.
void dd_core_outbox_push(dd_core *core, const dd_word *word);

// The centre has everything up to and including `sequence`.
void dd_core_outbox_acknowledge(dd_core *core, uint32_t sequence);

// A session is on, and the centre has everything up to and including `sequence`, 0: nothing. What
// it has not got is said again.
void dd_core_log_resume(dd_core *core, uint32_t sequence);

// The sequence before that of the first word that waits, and how many wait.
uint32_t dd_core_outbox_after(const dd_core *core);
uint32_t dd_core_outbox_waiting(const dd_core *core);

// A word of this kind, of now. Says it at once, without keeping it, when given to
// dd_core_outbox_say.
dd_word dd_core_outbox_word(const dd_core *core, dd_word_kind kind);
void dd_core_outbox_say(dd_core *core, const dd_word *word);

// True when the outcome of order `number` is waiting to be acknowledged.
bool dd_core_outbox_holds_outcome(const dd_core *core, uint32_t number);

void dd_core_outbox_work(dd_core *core);
int64_t dd_core_outbox_deadline_ms(const dd_core *core);
