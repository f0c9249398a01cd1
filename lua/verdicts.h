// What the expectations of a run came to, in the order in which the scenario states them.
#pragma once

#include "engine/output/summary.h"

typedef struct dd_verdicts {
    dd_criterion *all; // own their texts
    uint32_t *orders;  // ascending
    size_t n, capacity;
} dd_verdicts;

// Adds one at its place; its texts are copied. False (DD_OUTSIDE) when memory is short.
bool dd_verdicts_add(dd_verdicts *verdicts, const dd_criterion *criterion, uint32_t order,
                     dd_error *error);

// Whether all of them pass.
bool dd_verdicts_pass(const dd_verdicts *verdicts);

void dd_verdicts_fini(dd_verdicts *verdicts);
