// What people outside tell the centre: citizens by the office, crews by their radio. All belief.
#pragma once

#include "engine/engine.h"
#include "models/schema.h"

struct dd_centre;

// What a citizen's report of the lighting is about.
typedef enum dd_complaint {
    DD_COMPLAINT_DARK,
    DD_COMPLAINT_BURNING, // by day
    DD_COMPLAINT_FLICKER,
} dd_complaint;

// What a crew says of a visit.
typedef struct dd_crew_word {
    uint64_t record;     // its DD_REC_FINDING
    uint32_t incident;   // it was sent for; 0: none
    uint32_t entity;     // what it holds to have been at fault
    dd_fault_kind fault; // none: nothing was found
    bool mended;
} dd_crew_word;

// The office hands a report of the lighting over: it names a road, and perhaps a lamp (0: none). It
// joins the incident that explains it, or opens one. Returns the incident's number.
uint32_t dd_centre_report(dd_domain *hub, struct dd_centre *centre, uint32_t number, uint32_t road,
                          uint32_t lamp, dd_complaint complaint);

// A crew reports what it found: the cause of its incident is known now, and whether it is mended.
void dd_centre_finding(dd_domain *hub, struct dd_centre *centre, const dd_crew_word *word);
