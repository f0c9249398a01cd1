// The 14 wards and communes as units that work reports off: a queue by deadline each, and so many
// hands. Who goes there sees what is true: that it is put right, nothing is there, or it is not
// theirs.
#pragma once

#include "models/citizens/report.h"

typedef struct dd_ward_unit {
    uint32_t first;  // handle of a report: waiting, by deadline
    uint32_t busy;   // hands at work
    uint32_t queued; // how many wait
    uint32_t jobs;   // ever begun: the counter of their draws
} dd_ward_unit;

typedef struct dd_wards {
    dd_ward_unit *units; // by ward of the city
} dd_wards;

void dd_wards_init(dd_wards *wards, dd_arena *arena, uint32_t ward_n);

// A report comes to its unit, and is worked on as soon as there is a hand.
void dd_ward_take(dd_domain *hub, dd_wards *wards, const dd_reports *reports, uint32_t handle);

// It is taken back from its unit: answered or handed elsewhere by somebody.
void dd_ward_drop(dd_domain *hub, dd_wards *wards, const dd_reports *reports, uint32_t handle);

// What a unit says of a report that it has worked on.
typedef enum dd_ward_word {
    DD_WARD_ANSWERS, // *answer is its answer
    DD_WARD_RETURNS, // not its business: another ward's, or of another kind
} dd_ward_word;

// What is to be seen where the report says, once the work is done. Whoever answers it drops it.
dd_ward_word dd_ward_look(const dd_domain *hub, const dd_report *report, dd_answer *answer);
