// Whoever sits in a controller's place instead of the simulated application: a board, or what
// stands for one. Given by whoever runs the twin; the models know nothing of wires.
//
// A prompt tenant answers within the call, as the simulated application does: all of its functions
// are called by the handlers of its segment's domain, and may take as long as they need on the
// wall; simulated time stands still. Another one (real time) is only told; what it says comes by
// dd_seat_respond, between events. One that was lost is not called any more until it is
// given the seat anew (models/controller/seat.h).
#pragma once

#include "engine/time.h"
#include "models/controller/application.h"
#include "models/controller/core/store.h"

typedef enum dd_on_lost {
    DD_LOST_FALLBACK, // the simulated application takes over: the shadow's state, else cold
    DD_LOST_WAIT,     // nobody is there until the board comes back
    DD_LOST_FAIL,     // the run fails
} dd_on_lost;

typedef struct dd_tenant {
    void *context;
    bool prompt;
    bool air; // has a mesh stack of its own: the segment's root passes on frames. Only another one
              // with its own can be its shadow, and what takes over from it starts cold
    // Switched on, with that; DD_STIMULUS_START follows. `store` is the flash that it may borrow.
    // False: it is lost.
    bool (*start)(void *context, dd_time now, const dd_commission *commission,
                  const dd_store *store);
    // Takes a stimulus at simulated time `now`, uptime `uptime_us` of the house's oscillator.
    // `due_us`: as dd_application_step returns, in µs; INT64_MAX unless prompt. False: it is lost;
    // what it said before counts.
    bool (*step)(void *context, dd_time now, int64_t uptime_us, const dd_stimulus *stimulus,
                 const dd_responder *responder, int64_t *due_us);
    // Switched off, after a good start; a later start is a new one.
    void (*stop)(void *context, dd_time now);
} dd_tenant;

// Who looks on while both the tenant and its shadow work: each stimulus, and what either says to
// it (side: 0 the tenant, 1 its shadow).
typedef struct dd_onlooker {
    void *context;
    void (*stimulus)(void *context, dd_time now, const dd_stimulus *stimulus);
    void (*response)(void *context, dd_time now, int side, const dd_response *response);
} dd_onlooker;

// How a segment's place is given away.
typedef struct dd_seat_def {
    dd_tenant tenant;
    bool shadowed;        // something works beside it on the same stimuli, and is not heard:
    dd_tenant shadow;     // ... another board; step NULL: the simulated application
    dd_onlooker onlooker; // functions may be NULL
    dd_on_lost on_lost;
    // How it stands with the tenant (its context), for DD_REC_BOARD when the seat changes: in step
    // or lost unless it says otherwise; NULL: that. Called like the tenant's functions.
    void (*standing)(void *context, uint8_t *state, uint8_t *verdict, int64_t *uptime_us);
} dd_seat_def;
