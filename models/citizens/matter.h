// A matter: something in a street, other than its light, that somebody has reported or is about to.
// It is there until a ward puts it right or it goes by itself, and as long others may report it.
#pragma once

#include "engine/engine.h"
#include "engine/random.h"
#include "models/schema.h"

typedef enum dd_matter_step { // dd_event.small
    DD_MATTER_AGAIN,          // somebody else sees it
    DD_MATTER_GOES,           // by itself
} dd_matter_step;

typedef struct dd_matter {
    dd_time answered; // when a report of it was answered first; DD_NEVER: none has been
    uint64_t key;     // of its draws
    uint32_t number;  // from 1
    uint32_t lamp;    // it is at that lamp's place
    uint32_t text;    // what people say of it
    uint32_t reports; // that are not yet forgotten
    uint32_t again;   // how often somebody may have seen it again: the counter of those draws
    uint8_t kind;     // dd_report_kind, not lighting
    bool over;
} dd_matter;

typedef struct dd_matters {
    dd_pool pool;
    uint32_t n; // ever
} dd_matters;

void dd_matters_init(dd_matters *matters, dd_arena *arena);

static inline dd_matter *dd_matter_at(const dd_matters *matters, uint32_t handle) {
    return dd_pool_at(&matters->pool, handle);
}

// Something new at a lamp's place; it is planned when it goes by itself. `key` tells its draws
// from those of all others at that lamp. Returns its handle.
uint32_t dd_matter_arise(dd_domain *hub, dd_matters *matters, dd_report_kind kind, uint32_t lamp,
                         uint32_t text, uint64_t key);

// The draw of the sighting that is planned, or has come.
dd_random4 dd_matter_draw(const dd_domain *hub, const dd_matter *matter);

// Plans when somebody may see it again.
void dd_matter_plan_again(dd_domain *hub, const dd_matters *matters, uint32_t handle);

// Whether who may have seen it again really did: after an answer fewer and fewer do, by half a day.
bool dd_matter_still_seen(const dd_domain *hub, const dd_matter *matter);

// It is no more; `what` says why.
void dd_matter_end(dd_domain *hub, dd_matters *matters, uint32_t handle, dd_matter_change what,
                   uint64_t cause);

// A report of it is forgotten.
void dd_matter_let_go(dd_matters *matters, uint32_t handle);
