// Orders that hold lamps at a level: who is held, since when and until when, as far as the centre
// has ordered it. What has been held for longer than a limit, and what lamps say holds them though
// nobody has ordered it, is an alarm: the forgotten override (facts F2).
#pragma once

#include "engine/engine.h"
#include "models/controller/core/lamp_set.h"
#include "models/controller/core/message.h"

struct dd_centre;

typedef struct dd_hold {
    dd_time since;
    dd_time until;    // DD_NEVER: until resumed
    uint32_t next;    // handle: of the same segment, the latest first
    uint32_t command; // its number
    uint16_t level_pm;
    dd_lamp_set lamps; // by their numbers within the segment
} dd_hold;

typedef struct dd_holds {
    dd_pool pool;
    uint32_t *first;   // by segment
    int32_t *let_go_s; // by segment: when a hold last ended, simulated seconds
} dd_holds;

void dd_holds_start(dd_domain *hub, struct dd_centre *centre);

// An override (with its number) is given: from now on it may hold its lamps.
void dd_hold_begin(dd_domain *hub, struct dd_centre *centre, uint32_t segment,
                   const dd_order *order);

// What has become of an override, or of a resume: it was obeyed, perhaps, by its lamps, or by none.
void dd_hold_end(dd_domain *hub, struct dd_centre *centre, uint32_t segment, const dd_order *order,
                 bool obeyed);

// The order that holds a lamp (number within its segment) now; NULL: none that the centre knows.
const dd_hold *dd_hold_of(const dd_domain *hub, const struct dd_centre *centre, uint32_t segment,
                          uint16_t lamp);

// Raises DD_ALARM_OVERRIDE_LEFT on a segment (its value: lamps), or takes it back.
void dd_hold_look(dd_domain *hub, struct dd_centre *centre, uint32_t segment);

// When to look again, DD_NEVER: when something new is heard.
dd_time dd_hold_next(const dd_domain *hub, const struct dd_centre *centre, uint32_t segment);
