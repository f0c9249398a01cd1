// The battery's cases, by group: each a number, what must hold, why, and how it is tried.
#pragma once

#include "hil/battery/trial.h"

typedef struct dd_case {
    uint16_t number; // never given to another one
    const char *title;
    const char *why; // what goes wrong in a city, or in a laboratory, without it; what to look at
    bool (*run)(dd_trial *trial);
} dd_case;

typedef struct dd_case_group {
    const char *name;
    const char *section;  // of hil/PROTOCOL.md
    const dd_case *cases; // closed by one without a title
} dd_case_group;

extern const dd_case_group dd_cases_framing, dd_cases_hello, dd_cases_growth, dd_cases_session,
    dd_cases_numbers, dd_cases_steps, dd_cases_lock_step, dd_cases_real_time, dd_cases_store,
    dd_cases_garbage, dd_cases_reset, dd_cases_control;
