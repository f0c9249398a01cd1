// What a crew takes a fault for. A wrong diagnosis finds nothing, or treats a symptom.
#pragma once

#include "engine/random.h"
#include "models/crew/remedy.h"

typedef struct dd_diagnosis_odds {
    double wrong;      // times what dd_remedies says
    uint32_t gives_up; // % of the wrong ones that find nothing
    double spread;     // of times: standard deviation of their logarithm
} dd_diagnosis_odds;

typedef struct dd_diagnosis {
    dd_fault_kind fault; // as the crew has it; none: nothing was found
    uint32_t took_s;
} dd_diagnosis;

// What a crew with `skills` finds where `truth` is at fault, after `looks` looks there before: each
// halves the chance to be wrong, up to three times, and the time. Who lacks a skill that it takes
// to mend it is wrong twice as often. Never sure to be wrong: 90 % at most. `draw` decides.
dd_diagnosis dd_diagnose(dd_fault_kind truth, unsigned skills, uint32_t looks,
                         const dd_diagnosis_odds *odds, dd_random4 draw);

// A lognormal time of a median in minutes, in whole seconds.
uint32_t dd_work_time_s(uint32_t median_min, double spread, uint32_t word);
