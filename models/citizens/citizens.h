// The citizens with their app ("Thành phố Bến Tre trực tuyến"): they see what is wrong in their
// streets, dark lamps and all else, and file reports of it, at once or later, right or wrong, in
// their hours and with their tempers.
#pragma once

#include "models/citizens/matter.h"
#include "models/citizens/sight.h"
#include "models/world.h"

typedef struct dd_citizen_counts {
    uint32_t noticed;   // by somebody who has filed, or is going to
    uint32_t unfounded; // of those, about nothing
    uint32_t me_too;    // joined another's report instead of filing
    uint32_t filed;
    uint64_t delay_s; // sum, from seeing to filing
} dd_citizen_counts;

typedef struct dd_citizens {
    dd_sights sights;
    dd_matters matters;
    uint32_t most_zeal_pm; // of any ward of any city
    uint32_t *zeal_pm;     // by ward, thousandths of the usual
    uint64_t arrivals;     // counter of the arrival stream
    dd_time stormy_until;
    int32_t lowest_mm;           // of all cabinets' ground, over mean sea level
    int32_t flood_mm;            // water in the streets; DD_SKY_DRY: none
    uint32_t weights[DD_SIGHTS]; // how readily each is reported, thousandths of a dark lamp's
    // What people say, numbers in the engine's texts; of a storm: of its wind, of its water.
    uint32_t texts[DD_REPORT_LIGHTING][3], light_texts[DD_SIGHTS], storm_texts[2];
    dd_citizen_counts counts;
} dd_citizens;

// All of these work on the hub's domain.

// At the scenario's start: nothing is seen, nothing is filed.
void dd_citizens_start(dd_domain *hub);

// Events: a lamp looks otherwise; somebody takes notice of a road's lamps; something else is
// noticed, perhaps; a step of a matter comes; people look at the weather.
void dd_citizens_see(dd_domain *hub, uint32_t lamp, dd_sight sight);
void dd_citizens_notice(dd_domain *hub, uint32_t road, uint32_t generation);
void dd_citizens_arrive(dd_domain *hub);
void dd_citizens_matter(dd_domain *hub, uint32_t matter, dd_matter_step step, uint32_t number);
void dd_citizens_outlook(dd_domain *hub);
