// The citizens with their app ("Thành phố Bến Tre trực tuyến") and the urban management office that
// hands each report to a ward or commune. They learn of the lamps by what they see.
#pragma once

#include "engine/engine.h"
#include "models/schema.h"

// A report that the office has not got to yet.
typedef struct dd_report {
    uint64_t record; // of its filing
    uint32_t number; // from 1
    uint32_t ward;
    uint8_t kind; // dd_report_kind, as it was filed
} dd_report;

typedef struct dd_report_counts {
    uint32_t filed, transferred;
    uint32_t by_kind[DD_REPORT_KINDS];
} dd_report_counts;

// A road as people see it.
typedef struct dd_road_sight {
    uint32_t dark_n;     // lamps seen dark
    uint32_t first_dark; // list through citizens.next_dark
    uint32_t generation; // of its pending notice
    uint32_t notices;    // reports made of it since it was last all lit
    uint32_t filed;      // reports ever that name it: the counter of their draws
} dd_road_sight;

typedef struct dd_citizens {
    dd_road_sight *roads;
    uint32_t *next_dark; // by lamp
    dd_pool reports;     // filed and not yet handed on
    uint64_t arrivals;   // counter of the arrival stream
    dd_report_counts counts;
} dd_citizens;

// At the scenario's start: nothing is seen dark, nothing is filed.
void dd_citizens_start(dd_domain *hub, dd_citizens *citizens);

// Events of the hub: a lamp is seen dark or lit; somebody takes notice of a dark road; a report of
// another kind arrives; the office gets to a report.
void dd_citizens_see(dd_domain *hub, dd_citizens *citizens, uint32_t lamp, bool dark);
void dd_citizens_notice(dd_domain *hub, dd_citizens *citizens, uint32_t road, uint32_t generation);
void dd_citizens_arrive(dd_domain *hub, dd_citizens *citizens);
void dd_citizens_triage(dd_domain *hub, dd_citizens *citizens, uint32_t report);
