// A citizen's report, from the moment at which he sees something to his mark for the answer, and
// the register of all that are alive.
#pragma once

#include "engine/engine.h"
#include "engine/random.h"
#include "models/city/city.h"
#include "models/kind.h"
#include "models/schema.h"

typedef enum dd_report_state {
    DD_REPORT_SEEN,        // not filed yet: nobody but the citizen knows
    DD_REPORT_FILED,       // in the office's inbox
    DD_REPORT_WITH_WARD,   // a ward or commune has it ...
    DD_REPORT_WITH_CENTRE, // ... or the control centre, and the lighting people
    DD_REPORT_ANSWERED,    // its citizen may yet give it a mark
} dd_report_state;

typedef enum dd_report_step { // dd_event.small of DD_KIND_REPORT
    DD_REPORT_DUE,            // its deadline
    DD_REPORT_WORKED,         // a ward has done with it
    DD_REPORT_MARKED,         // its citizen gives it a mark
} dd_report_step;             // dd_event.a: its generation; b: its number

// The truth of it. Only the citizen, and who goes there, sees it.
typedef struct dd_report_truth {
    dd_time seen_at;
    uint64_t record; // of the notice
    uint64_t key;    // of its draws, together with that lamp's road
    uint32_t person; // number of the citizen
    uint32_t matter; // handle; 0: light, or nothing
    uint32_t lamp;   // it is at that lamp's place; light: of that lamp
    bool unfounded;  // nothing is there
    bool at_once;    // he files on the spot
} dd_report_truth;

typedef struct dd_report {
    dd_report_truth truth;
    dd_point place; // as it gives it
    dd_time filed_at, due_at;
    uint64_t record;         // the last of it
    uint32_t next, previous; // handles: in the order of their numbers
    uint32_t waiting;        // handle: next in its unit's queue; its own: in hand
    uint32_t number;         // from 1; 0: not filed yet
    uint32_t road, lamp;     // nearest to its place; the lamp's number on its pole, maybe
    uint32_t ward;           // in which its place lies
    uint32_t unit;           // the ward that has it
    uint32_t answerer;       // entity
    uint32_t text;           // what it says, number in the engine's texts
    uint32_t job;            // number of its unit's: the counter of that draw
    uint32_t generation;     // of its pending triage or step, its deadline's apart
    uint16_t me_too;         // who have joined it, or filed the same
    uint8_t state;           // dd_report_state
    uint8_t kind;            // dd_report_kind, as it was filed
    uint8_t told;            // ... that its text tells, right or wrong
    uint8_t sight;           // light: dd_sight that its text tells
    uint8_t held;            // ... as the office holds it to be
    uint8_t answer;          // dd_answer
    uint8_t returned;        // how often a ward has given it back
    bool pole;               // it names the lamp by its number
    bool known;              // who went there has said what it is, and where
    bool found;              // lighting: who went round found something wrong there
    bool handed_on;          // at least once
    bool overdue;
} dd_report;

typedef struct dd_reports {
    dd_pool pool;
    uint32_t first, last; // that are filed and alive
    uint32_t filed;       // ever
} dd_reports;

void dd_reports_init(dd_reports *reports, dd_arena *arena);

static inline dd_report *dd_report_at(const dd_reports *reports, uint32_t handle) {
    return dd_pool_at(&reports->pool, handle);
}

// Draw number `k`, below 4, of a report for a purpose. Draws are its road's: no report elsewhere
// has a say in them.
dd_random4 dd_report_draw(const dd_domain *hub, const dd_report *report, dd_purpose purpose,
                          uint32_t k);

// Gives a report the next number, at the end of the list.
void dd_report_number(dd_reports *reports, uint32_t handle);

// Takes it off the list, if it is there, and forgets it.
void dd_report_forget(dd_reports *reports, uint32_t handle);

// The handle of the live report of a number, 0: none.
uint32_t dd_report_handle(const dd_reports *reports, uint32_t number);
