// The seat in a controller's place: the simulated application sits there, or a tenant, perhaps with
// its shadow beside it. Who sits there hears the stimuli and speaks; a shadow hears the same and is
// not heard. Where a tenant is lost, what its definition says happens.
#pragma once

#include "models/controller/flash_memory.h"
#include "models/controller/tenant.h"
#include "models/world.h"

// As DD_REC_BOARD says it.
typedef enum dd_seat_holder {
    DD_SEAT_BOARD,
    DD_SEAT_SHADOW, // the simulated application, with the state that it had as the shadow
    DD_SEAT_COLD,   // ... as it starts by itself
    DD_SEAT_NOBODY,
} dd_seat_holder;

// Who is to hear a stimulus: a mask.
enum { DD_SEAT_SITTER = 1, DD_SEAT_BESIDE = 2, DD_SEAT_BOTH = 3 };

struct dd_guest;
struct dd_segment_state;

typedef struct dd_seat {
    dd_application application; // the simulated one: in the seat, or a tenant's shadow
    int64_t due_us;             // of who sits there, by its uptime; INT64_MAX: none
    struct dd_guest *guest;     // tenants; NULL: there has never been one
    bool ready;                 // its house is at work: changes come to it as events
} dd_seat;

// --- For who runs the twin: before its start, or between events ---

// Gives a segment's seat to a tenant: from the start or, while the run is under way, from now on:
// its controller is switched off and started with the new one, at once, since that has booted. Also
// when a tenant that was lost comes back.
void dd_seat_give(dd_world *world, uint32_t segment, const dd_seat_def *def);

// A tenant leaves in good order, and the simulated application takes over: as its shadow, if it
// was, else it starts cold.
void dd_seat_end(dd_world *world, uint32_t segment);

// A tenant is lost, as seen from outside of its functions.
void dd_seat_lose(dd_world *world, uint32_t segment);

// Something that a tenant which is not prompt has said, taken now. The octets are copied; it is
// carried out when the engine next runs or admits.
void dd_seat_respond(dd_world *world, uint32_t segment, const dd_response *response);

// How the clock of a tenant that is not prompt stands now, and how much too fast it runs (parts per
// billion): the controller's oscillator is that one from now on, so that a shadow lives by it.
void dd_seat_clock(dd_world *world, uint32_t segment, int64_t uptime_us, int32_t rate_ppb);

dd_seat_holder dd_seat_holder_of(const dd_world *world, uint32_t segment);

// Whether a tenant has been lost without which the run is to fail.
bool dd_seat_failed(const dd_world *world, uint32_t segment);

// --- For the house ---

// What comes with an event of DD_KIND_SEAT (its `small`).
typedef enum dd_seat_event {
    DD_SEAT_GIVEN,
    DD_SEAT_ENDED,
    DD_SEAT_LOST,
    DD_SEAT_CLOCK, // parcel: dd_seat_time
} dd_seat_event;

typedef struct dd_seat_time {
    int64_t uptime_us;
    int32_t rate_ppb;
} dd_seat_time;

// What a change of the seat asks of the house.
typedef enum dd_seat_change {
    DD_SEAT_STAYS,   // nothing: whoever sits there now works on
    DD_SEAT_RESTART, // switch it off and start it anew, if anybody is there (dd_seat_vacant)
} dd_seat_change;

// Starts who is to sit there. `flash` is the house's; the storage's store is not looked at. False:
// nobody does.
bool dd_seat_start(dd_domain *domain, struct dd_segment_state *segment,
                   const dd_commission *commission, dd_core_storage storage,
                   dd_flash_memory *flash);
void dd_seat_stop(dd_domain *domain, struct dd_segment_state *segment);

// Gives a stimulus to those named by the mask; DD_STIMULUS_TIME to those of them whose deadline has
// come. What the sitter says goes to the responder.
dd_seat_change dd_seat_step(dd_domain *domain, struct dd_segment_state *segment, int64_t uptime_us,
                            const dd_stimulus *stimulus, int whom, const dd_responder *responder);

// What a tenant that is not prompt has said, as it comes with an event of DD_KIND_RESPONSE; points
// to its parcel. False: there is no such tenant any more.
bool dd_seat_hear(dd_domain *domain, struct dd_segment_state *segment, const dd_event *event,
                  dd_response *response);

// Whether a shadow wants to see the cabinet; asked once for each time that it does.
bool dd_seat_beside_looks(dd_seat *seat);

dd_seat_change dd_seat_handle(dd_domain *domain, struct dd_segment_state *segment,
                              dd_seat_event event);

// The next deadline of anybody there, by its uptime; INT64_MAX: none.
int64_t dd_seat_due_us(const dd_seat *seat);

bool dd_seat_vacant(const dd_seat *seat);  // nobody is to be started
bool dd_seat_taken(const dd_seat *seat);   // a tenant is at work
bool dd_seat_paced(const dd_seat *seat);   // ... one that is not prompt
bool dd_seat_has_air(const dd_seat *seat); // ... one with a mesh stack of its own

// The simulated application, if it works: in the seat or as a shadow. NULL: what goes on in the
// controller is not known.
const dd_application *dd_seat_application(const dd_seat *seat);

// Its flash fails, or is mended: a shadow's copy too.
void dd_seat_wear(dd_seat *seat, bool worn);
