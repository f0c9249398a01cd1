// What enters a run from outside while it plays: operator's and instructor's actions at moments,
// from the command line or from a journal.
#pragma once

#include "engine/journal.h"
#include "lua/scenario.h"

typedef struct dd_outside_action {
    dd_time t;
    const char *text; // borrowed
} dd_outside_action;

typedef struct dd_outside {
    dd_outside_action *actions; // by time; those of one moment in the order they were given in
    size_t n, next;
} dd_outside;

// Takes "TIME ACTION" texts and the actions of a journal (NULL: none), checking each against the
// scenario's world. The texts must outlive it.
bool dd_outside_init(dd_outside *outside, const dd_scenario *scenario, const char *const *acts,
                     size_t act_n, const dd_journal_log *log, dd_error *error);
void dd_outside_fini(dd_outside *outside);

// When the next action is due; DD_NEVER when there is none.
dd_time dd_outside_next(const dd_outside *outside);

// The text of the next action due by `now`, or NULL.
const char *dd_outside_take(dd_outside *outside, dd_time now);
