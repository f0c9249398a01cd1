// Words on their way to the centre: kept until it has acknowledged them, sent again, in order.
#pragma once

#include "models/controller/core/core.h"

void dd_core_outbox_init(dd_core *core);

// A word of this kind, of now. Given to dd_core_outbox_push it is kept, in the log, until it is
// acknowledged; given to dd_core_outbox_say it is said at once, and not kept.
dd_word dd_core_outbox_word(const dd_core *core, dd_word_kind kind);
void dd_core_outbox_push(dd_core *core, const dd_word *word);
void dd_core_outbox_say(dd_core *core, const dd_word *word);

// The session is on, and the centre has everything up to and including `sequence` (0: nothing):
// what it has not got is said again. Where that makes no sense the log stays closed.
void dd_core_outbox_resume(dd_core *core, uint32_t sequence);

// The centre has everything up to and including `sequence`.
void dd_core_outbox_acknowledge(dd_core *core, uint32_t sequence);

// True when the outcome of order `number` is waiting to be acknowledged.
bool dd_core_outbox_holds_outcome(dd_core *core, uint32_t number);

void dd_core_outbox_work(dd_core *core);
int64_t dd_core_outbox_deadline_ms(const dd_core *core);
