// The conformance battery: whether a board keeps to hil/PROTOCOL.md, case by case. It needs a board
// and a wire, no city.
#pragma once

#include "hil/battery/cases.h"

typedef struct dd_outcome {
    const dd_case_group *group;
    const dd_case *tried;
    bool ended;
    dd_trial_result result;
    double seconds;
    char text[DD_TRIAL_TEXT]; // why it failed, or does not apply
    size_t seen_n;            // failed: the last frames, the oldest first
    dd_probe_seen *seen;
} dd_outcome;

// What was found; the board's identity as its first Hello told it. Cases that do not apply to a
// board, by its capabilities, are among the outcomes, but are no cases of its.
typedef struct dd_battery_report {
    const char *target; // as the user named it
    char serial[64], model[64], firmware[64];
    double seconds; // from the first to the last
    size_t n, failed, skipped;
    dd_outcome *outcomes; // n of them
} dd_battery_report;

typedef struct dd_battery_def {
    const char *target;
    const uint16_t *only; // numbers of cases, or of groups (100, 200, ...); NULL: all
    size_t only_n;
    // Told after each case, one at a time and in their order; may be NULL.
    void (*tell)(void *context, const dd_outcome *outcome);
    void *context;
} dd_battery_def;

// Tries the cases on the board at a descriptor, which it takes over; at n descriptors, n boards of
// a kind that share the cases, for most of them wait. False, with the error, when there is nobody
// to be tried: DD_OUTSIDE; `report` holds what was found before.
bool dd_battery_run(const int *fds, size_t n, const dd_battery_def *def, dd_battery_report *report,
                    dd_error *error);
void dd_battery_report_fini(dd_battery_report *report);

// All cases, group by group; `visit` is called for each.
void dd_battery_each(void (*visit)(void *context, const dd_case_group *group, const dd_case *it),
                     void *context);
