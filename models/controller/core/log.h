// The log: words for the centre, kept in the store from the moment they are said until it has them,
// whatever happens to the line, the supply or the program in between. A kept word has a sequence,
// its place in the log, which no other word of this log ever has; the sequences say what was lost.
// Readings and meters have a ring of their own, so that they never push out events and outcomes:
// when one is full its oldest words go. While the store fails a few words are kept in working
// memory.
//
// What a restart finds: every word that was written, complete and good. What the centre has and the
// log may still hold comes with its welcome. An empty log begins anew at its start, so that little
// of the store is touched while the line is good.
#pragma once

#include "models/controller/core/core.h"

// Finds the log in the store or, where there is none, begins one with an identity of its own.
void dd_core_log_init(dd_core *core);

// Keeps a copy of a word, with the next sequence.
void dd_core_log_append(dd_core *core, const dd_word *word);

// The session with the centre is open; it has this log's words up to `sequence` (0: none). They go,
// and the rest is told from there on. A log that finds itself behind that, since its store has
// forgotten, gives new numbers to what it has kept since this start.
void dd_core_log_resume(dd_core *core, uint32_t sequence);

// The session is over: nothing is told until the next.
void dd_core_log_pause(dd_core *core);

// The word to be told next, with what it is `after`; the cursor moves on. False: there is none.
bool dd_core_log_next(dd_core *core, dd_word *word);

// Back to the first word that the centre is not known to have.
void dd_core_log_rewind(dd_core *core);

// The centre has everything up to and including `sequence`.
void dd_core_log_release(dd_core *core, uint32_t sequence);

// Whether the outcome of order `number` is kept.
bool dd_core_log_holds_outcome(dd_core *core, uint32_t number);

// Words that are kept; those that the cursor has passed.
uint32_t dd_core_log_size(const dd_core *core);
uint32_t dd_core_log_told(const dd_core *core);
