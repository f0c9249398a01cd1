// How long a luminaire lasts: competing risks by hours of burning. Some of a lot fail young, some
// at any time, all of them wear out in the end; what breaks then differs by phase and technology.
// The next failure of a lamp is drawn when it is new, and again whenever it has failed, been
// repaired or begun to run hot, from (seed, lamp, number of the draw): nobody else's luck depends
// on it.
//
// A failed gear or light source is repaired by a new luminaire of the same model, as contractors
// do: with it the lamp is new and clean (estimate).
#pragma once

#include "models/light/catalogue.h"
#include "models/world.h"

struct dd_node;
struct dd_segment_state;

// What a lamp remembers of its age.
typedef struct dd_ageing {
    uint32_t due_min; // of burning since the run's start, when it fails next; UINT32_MAX: never
    int16_t born_4h;  // the same when its luminaire was new, in 4 h; below 0: before the start
    uint16_t drawn;   // how often its next failure has been drawn
} dd_ageing;

// How many hours its luminaire has burned, up to the node's last count.
uint32_t dd_lifetime_burning_h(const struct dd_node *node);

// Hours since its optics were last clean: by its age, at the mean burning time of a day (nobody
// cleans lamps but with their repair), or since the last heavy rain.
uint32_t dd_lifetime_clean_h(const dd_domain *domain, const struct dd_node *node);

// At the scenario's start: an age within light.age_h, and the first failure.
void dd_lifetime_start(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// Its light has changed, and its node has counted up to now: plans a failure that is due while it
// burns on. Cheap, for every change of light.
void dd_lifetime_look(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// A fault has begun or was repaired; draws its next failure anew where that changes its luck.
void dd_lifetime_fault(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp,
                       dd_fault_kind fault, bool on);

// It has a new luminaire.
void dd_lifetime_renew(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// The time that was planned by dd_lifetime_look has come.
void dd_lifetime_due(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// --- A bad batch ---

// Some of a selection, chosen lamp by lamp by its stable id, age faster in one way.
typedef struct dd_batch_def {
    const uint32_t *lamps; // entities
    uint32_t lamp_n;
    uint32_t share_ppm;  // of them belong to it: 1000000
    dd_fault_kind fault; // the way: one that lifetimes end in (dd_lifetime_fits) ...
    double factor;       // ... so many times sooner; > 0, 1 changes nothing
} dd_batch_def;

// Whether a luminaire's life ends in that fault.
bool dd_lifetime_fits(dd_fault_kind fault);

// Adds a batch, from now on; between events. Returns its number, or 0 and an error when a figure is
// out of range or there are too many. It strikes with nature.on = 0 too, because it was asked for.
uint32_t dd_batch_add(dd_world *world, const dd_batch_def *def, dd_error *error);

// Its lamps, in the city's order, into `lamps` (room for all that it was chosen from, or NULL).
// Returns how many: for who judges a diagnosis.
uint32_t dd_batch_lamps(const dd_world *world, uint32_t batch, uint32_t *lamps);
