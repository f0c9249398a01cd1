// What crews do in the street: other luminaires, a segment taken over anew.
#pragma once

#include "models/world.h"

typedef enum dd_job_kind {
    DD_JOB_REFIT = 1,  // a lamp gets a luminaire of a model
    DD_JOB_COMMISSION, // a technician takes a segment's inventory and starts its controller
} dd_job_kind;

// What comes with an event of kind DD_KIND_JOB.
typedef struct dd_job {
    uint64_t record; // that tells of it
    uint32_t entity; // a lamp, or a segment
    uint8_t kind;    // dd_job_kind
    uint8_t model;   // refit: its number in the catalogue
} dd_job;

// Does it now; between events.
void dd_job_do(dd_world *world, const dd_job *job);

// Handler of DD_KIND_JOB.
void dd_job_handle(dd_domain *domain, const dd_event *event);
