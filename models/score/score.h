// How a shift went: what was truly wrong, against what the centre and its operator made of it
// (facts F2). Kept by who judges, from the run's records; nothing in the city looks at it.
#pragma once

#include "models/score/trouble.h"

// Times are means, in minutes; NaN where there is nothing to take the mean of.
typedef struct dd_shift_score {
    uint32_t troubles, detected, mended;
    double detection_min; // from a trouble's beginning to the first that points to it
    double sent_min;      // ... to the first crew
    double repair_min;    // ... to its end
    uint32_t right_causes, wrong_causes; // of the troubles that an incident is about
    uint32_t unfounded;                  // incidents where no trouble was
    uint32_t alarms, acknowledged;       // that called somebody, and of these
    double acknowledge_min;
    uint32_t waiting; // that stand, called, and were neither acknowledged nor shelved
    uint32_t shelved; // how often
    double dark_h;    // lamp hours that people saw dark
    uint32_t actions; // of the operator
    uint32_t log_lines;
} dd_shift_score;

// Begins to keep it, as world->score, before the world is at work. False when memory is short; its
// closing is due then too.
bool dd_score_open(dd_world *world, dd_error *error);
void dd_score_close(dd_world *world);

// As it stands.
dd_shift_score dd_score_now(const dd_world *world);
