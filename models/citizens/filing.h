// How what somebody has seen becomes a report: he files it at once or later, joins another's that
// the app shows, mistakes its group, and gives its place as well as he can.
#pragma once

#include "engine/engine.h"
#include "models/schema.h"
#include "models/world.h"

// What somebody sees and is going to report.
typedef struct dd_sighting {
    uint32_t lamp;   // at whose place it is; light: of which
    uint32_t matter; // handle; 0: light, or nothing
    uint32_t person; // number of the citizen
    uint32_t text;   // what he will say, number in the engine's texts
    uint64_t key;    // of the report's draws, together with the lamp's road
    uint8_t kind;    // dd_report_kind that he means
    uint8_t sight;   // light: dd_sight
    bool unfounded;  // nothing is there
} dd_sighting;

// He sees it now; when he files it is planned.
void dd_filing_begin(dd_domain *hub, const dd_sighting *seen);

// Event: he files what he has seen, the report of that handle, or joins another's.
void dd_filing_file(dd_domain *hub, uint32_t report);

// A report that a scenario or an instructor has somebody file.
typedef struct dd_filing {
    dd_report_kind kind;  // what it is about
    dd_report_kind filed; // the group it is filed in
    uint32_t lamp;        // at whose place it is; lighting: of which it is
    uint32_t text;        // what it says, number in the engine's texts; 0: what people usually say
    bool unfounded;       // nothing is there
    bool pole;            // it names the lamp by the number on its pole
} dd_filing;

// Files it now, between events, in the exact place. Something is there from now on, unless it is
// unfounded or about light, which is as the lamp is. Returns the report's number.
uint32_t dd_filing_order(dd_world *world, const dd_filing *filing);
