// What crews do in the street: other luminaires, a segment taken over anew.
#pragma once

#include "models/world.h"

typedef enum dd_work_kind {
    DD_WORK_REFIT = 1,  // a lamp gets a luminaire of a model
    DD_WORK_COMMISSION, // a technician takes a segment's inventory and starts its controller
} dd_work_kind;

// What comes with an event of kind DD_KIND_WORK.
typedef struct dd_work {
    uint64_t record; // that tells of it
    uint32_t entity; // a lamp, or a segment
    uint8_t kind;    // dd_work_kind
    uint8_t model;   // refit: its number in the catalogue
} dd_work;

// Does it now; between events.
void dd_work_do(dd_world *world, const dd_work *work);

// Handler of DD_KIND_WORK.
void dd_work_handle(dd_domain *domain, const dd_event *event);
