// How long a luminaire lasts: competing risks by hours of burning. Some of a lot fail young, some
// at any time, all wear out in the end, the sooner the hotter they run; what breaks then differs by
// phase and technology. The next failure of a lamp is drawn when it is new, and again whenever
// something of it has failed, been repaired or begun to run hot, from (seed, lamp, number of the
// draw): nobody else's luck depends on it. With nature.on = 0 only bad batches fail.
//
// A failed gear or light source is repaired by a new luminaire of the same model, as contractors
// do: with it the lamp is new and clean (estimate). The node, which is supplied by day too, fails
// at a rate of its own (models/hazard.h).
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

// Plans the failures of nodes, while nobody is at work yet. False when memory is short.
bool dd_lifetime_make(dd_world *world, dd_error *error);

// How many hours its luminaire has burned, up to the node's last count.
uint32_t dd_lifetime_burning_h(const struct dd_node *node);

// Hours since its optics were clean: by its age, at the mean burning time of a day (facts 0), for
// nobody cleans lamps but by replacing them; or since the last heavy rain, `washed_h` ago, if that
// is less (UINT32_MAX: there was none).
uint32_t dd_lifetime_clean_h(const struct dd_node *node, uint32_t washed_h);

// Lumens that its luminaire gives now, with what its age and dirt leave of them.
uint32_t dd_lifetime_flux_lm(const dd_luminaire_model *model, const struct dd_node *node,
                             uint32_t washed_h);

// Whether a luminaire of that model has the part that fails so.
bool dd_lifetime_has(const dd_luminaire_model *model, dd_fault_kind fault);

// At the scenario's start, with its model known: an age by light.age_h, and the first failure.
void dd_lifetime_start(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// Its light may have changed (and its node has counted that), or half a day has gone: plans a
// failure that is due while it burns on. Cheap.
void dd_lifetime_look(dd_domain *domain, const struct dd_segment_state *segment, uint16_t lamp);

// A fault has begun or was repaired.
void dd_lifetime_fault(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp,
                       dd_fault_kind fault, bool on);

// It has a new luminaire.
void dd_lifetime_renew(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// --- For the handler of a segment's events of kind DD_KIND_AGE ---

typedef enum dd_age_step { // dd_event.a
    DD_AGE_DUE,            // a failure that dd_lifetime_look has planned, if it has burned on
    DD_AGE_DRAW,           // its luck has changed
} dd_age_step;

// Draws its next failure anew: by what it has burned so far, without a failure.
void dd_lifetime_draw(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// What fails now, and draws the next failure; DD_FAULT_NONE when nothing is due, or only what has
// failed before.
dd_fault_kind dd_lifetime_end(dd_domain *domain, struct dd_segment_state *segment, uint16_t lamp);

// --- A bad batch ---

// Some of a selection, chosen lamp by lamp by its stable id, age faster in one way.
typedef struct dd_batch_def {
    const uint32_t *lamps; // entities
    uint32_t lamp_n;
    uint32_t share_ppm;  // of them that belong to it, millionths
    dd_fault_kind fault; // the way, one that luminaires' lives end in ...
    double factor;       // ... so many times sooner
} dd_batch_def;

enum { DD_BATCHES_MAX = 8 }; // [0] is none

// Whether a batch makes sense and there is room for it.
bool dd_batch_fits(const dd_world *world, const dd_batch_def *def, dd_error *error);

// Adds a batch, from now on; between events. Returns its number, or 0 and an error when it does not
// fit. It fails with nature.on = 0 too: it was asked for.
uint32_t dd_batch_add(dd_world *world, const dd_batch_def *def, dd_error *error);

// Whether a lamp (entity) belongs to it: for who judges a diagnosis.
bool dd_batch_holds(const dd_world *world, uint32_t batch, uint32_t lamp);

void dd_batches_fini(dd_world *world);
