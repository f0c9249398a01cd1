#include "models/controller/seat.h"
#include "models/backhaul/wire.h"
#include "models/controller/house.h"
#include "models/kind.h"
#include "models/neighbourhood.h"

#include <string.h>

_Static_assert((int)DD_LINE_OCTETS == (int)DD_WIRE_MAX, "an application's message fits the line");

// Names of models/schema.c's that the seat itself gives (hil/board/board.h), where nobody says
// better.
enum { BOARD_IN_STEP = 3, BOARD_LOST = 5, BOARD_WELL = 0 };

// A tenant, or one that is to come.
typedef struct dd_guest {
    dd_seat_def def, next;
    bool comes;   // `next` takes the seat at the next start
    bool sits;    // the seat is the tenant's at each start
    bool at_work; // it has been started
    bool beside;  // ... and something works beside it
    bool looks;   // what works beside it wants to see the cabinet
    bool failed;
    uint8_t holder; // dd_seat_holder
    uint16_t said;  // responses of the tenant's in the present step
    uint16_t passed_over;
    int64_t beside_due_us;
    dd_flash_memory copy; // the flash of a simulated shadow
    const dd_responder *responder;
    dd_domain *domain; // during a step
} dd_guest;

static bool simulated_beside(const dd_guest *guest) {
    return guest->def.shadowed && !guest->def.shadow.step;
}

bool dd_seat_taken(const dd_seat *seat) {
    return seat->guest && seat->guest->at_work;
}

bool dd_seat_paced(const dd_seat *seat) {
    return dd_seat_taken(seat) && !seat->guest->def.tenant.prompt;
}

bool dd_seat_has_air(const dd_seat *seat) {
    return dd_seat_taken(seat) && seat->guest->def.tenant.air;
}

bool dd_seat_vacant(const dd_seat *seat) {
    const dd_guest *guest = seat->guest;
    return guest && guest->holder == DD_SEAT_NOBODY && !guest->comes;
}

const dd_application *dd_seat_application(const dd_seat *seat) {
    bool works = !dd_seat_taken(seat) || (seat->guest->beside && simulated_beside(seat->guest));
    return works && !dd_seat_vacant(seat) ? &seat->application : NULL;
}

int64_t dd_seat_due_us(const dd_seat *seat) {
    const dd_guest *guest = seat->guest;
    bool sooner = dd_seat_taken(seat) && guest->beside && guest->beside_due_us < seat->due_us;
    return sooner ? guest->beside_due_us : seat->due_us;
}

bool dd_seat_beside_looks(dd_seat *seat) {
    bool looks = seat->guest && seat->guest->looks;
    if (looks) seat->guest->looks = false;
    return looks;
}

void dd_seat_wear(dd_seat *seat, bool worn) {
    if (seat->guest) seat->guest->copy.worn = worn;
}

// --- Steps ---

static int64_t step_application(dd_seat *seat, int64_t uptime_us, const dd_stimulus *stimulus,
                                const dd_responder *responder) {
    int64_t due_ms = dd_application_step(&seat->application, uptime_us / 1000, stimulus, responder);
    return due_ms == INT64_MAX ? INT64_MAX : due_ms * 1000;
}

static void look_on(const dd_guest *guest, dd_time now, int side, const dd_response *response) {
    const dd_onlooker *onlooker = &guest->def.onlooker;
    if (onlooker->response) onlooker->response(onlooker->context, now, side, response);
}

static void take_from_tenant(void *context, const dd_response *response) {
    dd_guest *guest = context;
    guest->said++;
    look_on(guest, guest->domain->now, 0, response);
    guest->responder->take(guest->responder->context, response);
}

// A shadow that takes over in the middle of a step says what the tenant had not said of it yet.
static void take_from_beside(void *context, const dd_response *response) {
    dd_guest *guest = context;
    look_on(guest, guest->domain->now, 1, response);
    if (guest->at_work)
        guest->looks |= response->kind == DD_RESPONSE_LOOK;
    else if (guest->passed_over < guest->said)
        guest->passed_over++;
    else
        guest->responder->take(guest->responder->context, response);
}

// Time must pass: who wants to be called at once, or before, waits for a while.
static int64_t later(int64_t due_us, int64_t uptime_us) {
    enum { WAIT_US = 1000 };
    return due_us > uptime_us ? due_us : uptime_us + WAIT_US;
}

static bool step_other(const dd_tenant *tenant, dd_time now, int64_t uptime_us,
                       const dd_stimulus *stimulus, const dd_responder *responder,
                       int64_t *due_us) {
    *due_us = INT64_MAX;
    bool kept = tenant->step(tenant->context, now, uptime_us, stimulus, responder, due_us);
    *due_us = tenant->prompt ? later(*due_us, uptime_us) : INT64_MAX;
    return kept;
}

static void step_beside(dd_domain *domain, dd_seat *seat, int64_t uptime_us,
                        const dd_stimulus *stimulus) {
    dd_guest *guest = seat->guest;
    dd_responder responder = {guest, take_from_beside};
    guest->passed_over = 0;
    if (simulated_beside(guest))
        guest->beside_due_us = step_application(seat, uptime_us, stimulus, &responder);
    else
        guest->beside = step_other(&guest->def.shadow, domain->now, uptime_us, stimulus, &responder,
                                   &guest->beside_due_us);
}

static bool step_tenant(dd_domain *domain, dd_seat *seat, int64_t uptime_us,
                        const dd_stimulus *stimulus) {
    dd_responder responder = {seat->guest, take_from_tenant};
    return step_other(&seat->guest->def.tenant, domain->now, uptime_us, stimulus, &responder,
                      &seat->due_us);
}

static void tell(dd_domain *domain, const dd_segment_state *segment, bool lost) {
    const dd_guest *guest = segment->house->seat.guest;
    uint8_t state = lost ? BOARD_LOST : BOARD_IN_STEP, verdict = BOARD_WELL;
    int64_t uptime_us = 0;
    if (guest->def.standing)
        guest->def.standing(guest->def.tenant.context, &state, &verdict, &uptime_us);
    dd_record_make(domain, DD_REC_BOARD, dd_segment_entity(dd_world_of(domain), segment, 0), 0,
                   state, verdict, guest->holder, uptime_us);
}

// Only the application has a state to go on with: another board as a shadow ends with the tenant.
static dd_seat_change hand_over(dd_domain *domain, dd_segment_state *segment, dd_on_lost policy) {
    dd_house *house = segment->house;
    dd_guest *guest = house->seat.guest;
    bool on = guest->at_work && guest->beside && simulated_beside(guest);
    bool fallback = policy == DD_LOST_FALLBACK;
    if (guest->at_work && guest->beside && !simulated_beside(guest))
        guest->def.shadow.stop(guest->def.shadow.context, domain->now);
    guest->failed |= policy == DD_LOST_FAIL;
    guest->sits = guest->at_work = guest->beside = false;
    guest->holder = !fallback ? DD_SEAT_NOBODY : on ? DD_SEAT_SHADOW : DD_SEAT_COLD;
    if (guest->holder == DD_SEAT_SHADOW) {
        dd_flash_memory_swap(&house->flash, &guest->copy);
        house->seat.application.core.storage.store = dd_flash_memory_store(&house->flash);
        house->seat.due_us = guest->beside_due_us;
        return DD_SEAT_STAYS;
    }
    return DD_SEAT_RESTART;
}

static dd_seat_change lose(dd_domain *domain, dd_segment_state *segment) {
    dd_seat_change change =
        hand_over(domain, segment, (dd_on_lost)segment->house->seat.guest->def.on_lost);
    tell(domain, segment, true);
    return change;
}

static int with_deadline(const dd_seat *seat, int64_t uptime_us, int whom) {
    if (uptime_us < seat->due_us) whom &= ~DD_SEAT_SITTER;
    if (uptime_us < seat->guest->beside_due_us) whom &= ~DD_SEAT_BESIDE;
    return whom;
}

static dd_seat_change step_both(dd_domain *domain, dd_segment_state *segment, int64_t uptime_us,
                                const dd_stimulus *stimulus, int whom) {
    dd_seat *seat = &segment->house->seat;
    dd_guest *guest = seat->guest;
    if (stimulus->kind == DD_STIMULUS_TIME) whom = with_deadline(seat, uptime_us, whom);
    if (whom && guest->def.onlooker.stimulus)
        guest->def.onlooker.stimulus(guest->def.onlooker.context, domain->now, stimulus);
    dd_seat_change change = DD_SEAT_STAYS;
    guest->said = 0;
    if (whom & DD_SEAT_SITTER && !step_tenant(domain, seat, uptime_us, stimulus))
        change = lose(domain, segment);
    bool heard = whom & DD_SEAT_BESIDE && (guest->beside || guest->holder == DD_SEAT_SHADOW);
    if (heard) step_beside(domain, seat, uptime_us, stimulus);
    if (guest->holder == DD_SEAT_SHADOW) seat->due_us = guest->beside_due_us;
    return change;
}

dd_seat_change dd_seat_step(dd_domain *domain, dd_segment_state *segment, int64_t uptime_us,
                            const dd_stimulus *stimulus, int whom, const dd_responder *responder) {
    dd_seat *seat = &segment->house->seat;
    if (dd_seat_taken(seat)) {
        seat->guest->responder = responder;
        seat->guest->domain = domain;
        return step_both(domain, segment, uptime_us, stimulus, whom);
    }
    if (stimulus->kind != DD_STIMULUS_TIME || uptime_us >= seat->due_us)
        seat->due_us = step_application(seat, uptime_us, stimulus, responder);
    return DD_SEAT_STAYS;
}

// --- Start and stop ---

static void start_application(dd_seat *seat, const dd_commission *commission,
                              dd_core_storage storage, dd_flash_memory *flash) {
    storage.store = dd_flash_memory_store(flash);
    dd_application_init(&seat->application, &commission->core, &commission->coap, storage,
                        (dd_line_codec){dd_wire_put_word, dd_wire_get_order});
}

static bool start_tenant(dd_domain *domain, const dd_tenant *tenant,
                         const dd_commission *commission, dd_flash_memory *flash) {
    dd_store store = dd_flash_memory_store(flash);
    return tenant->start(tenant->context, domain->now, commission, &store);
}

// The simulated application hears no frames.
static bool may_be_shadowed(const dd_guest *guest) {
    const dd_seat_def *def = &guest->def;
    return def->shadowed && def->tenant.air == (def->shadow.step && def->shadow.air);
}

static void start_beside(dd_domain *domain, dd_seat *seat, const dd_commission *commission,
                         dd_core_storage storage) {
    dd_guest *guest = seat->guest;
    guest->beside = may_be_shadowed(guest);
    guest->beside_due_us = INT64_MAX;
    guest->looks = false;
    if (!guest->beside) return;
    if (simulated_beside(guest))
        start_application(seat, commission, storage, &guest->copy);
    else
        guest->beside = start_tenant(domain, &guest->def.shadow, commission, &guest->copy);
}

// Whether the seat has found its tenant at work.
static bool start_guest(dd_domain *domain, dd_segment_state *segment,
                        const dd_commission *commission, dd_core_storage storage,
                        dd_flash_memory *flash) {
    dd_seat *seat = &segment->house->seat;
    dd_guest *guest = seat->guest;
    if (guest->comes) {
        guest->def = guest->next;
        guest->sits = true;
    }
    guest->comes = false;
    if (!guest->sits) return false;
    if (guest->def.shadowed)
        dd_flash_memory_copy(&guest->copy, flash); // before the tenant writes any
    if (!start_tenant(domain, &guest->def.tenant, commission, flash)) {
        lose(domain, segment);
        return false;
    }
    guest->at_work = true;
    guest->holder = DD_SEAT_BOARD;
    start_beside(domain, seat, commission, storage);
    tell(domain, segment, false);
    return true;
}

bool dd_seat_start(dd_domain *domain, dd_segment_state *segment, const dd_commission *commission,
                   dd_core_storage storage, dd_flash_memory *flash) {
    dd_seat *seat = &segment->house->seat;
    seat->due_us = INT64_MAX;
    if (seat->guest && start_guest(domain, segment, commission, storage, flash)) return true;
    if (dd_seat_vacant(seat)) return false;
    if (seat->guest) seat->guest->holder = DD_SEAT_COLD;
    start_application(seat, commission, storage, flash);
    return true;
}

void dd_seat_stop(dd_domain *domain, dd_segment_state *segment) {
    dd_seat *seat = &segment->house->seat;
    dd_guest *guest = seat->guest;
    if (!dd_seat_taken(seat)) return;
    guest->def.tenant.stop(guest->def.tenant.context, domain->now);
    if (guest->beside && !simulated_beside(guest))
        guest->def.shadow.stop(guest->def.shadow.context, domain->now);
    guest->at_work = guest->beside = false;
}

// --- From outside ---

static dd_seat *seat_at(const dd_world *world, uint32_t segment) {
    return &dd_segment_at(world, segment)->house->seat;
}

static void inject(dd_world *world, uint32_t segment, uint16_t kind, uint16_t small, uint32_t a,
                   const void *payload, size_t n) {
    dd_engine_inject(world->engine, dd_world_domain(world, segment), kind, world->station[segment],
                     small, a, payload, n);
}

void dd_seat_give(dd_world *world, uint32_t segment, const dd_seat_def *def) {
    dd_seat *seat = seat_at(world, segment);
    dd_arena *arena = &world->engine->domains[dd_world_domain(world, segment)].arena;
    if (!seat->guest) {
        seat->guest = dd_arena_take(arena, sizeof *seat->guest);
        seat->guest->holder = DD_SEAT_COLD;
    }
    seat->guest->next = *def;
    seat->guest->comes = true;
    if (seat->ready) inject(world, segment, DD_KIND_SEAT, DD_SEAT_GIVEN, 0, NULL, 0);
}

static void leave(dd_world *world, uint32_t segment, dd_seat_event event) {
    dd_seat *seat = seat_at(world, segment);
    if (!seat->guest) return;
    if (seat->ready)
        inject(world, segment, DD_KIND_SEAT, (uint16_t)event, 0, NULL, 0);
    else
        seat->guest->comes = false;
}

void dd_seat_end(dd_world *world, uint32_t segment) {
    leave(world, segment, DD_SEAT_ENDED);
}

void dd_seat_lose(dd_world *world, uint32_t segment) {
    leave(world, segment, DD_SEAT_LOST);
}

void dd_seat_clock(dd_world *world, uint32_t segment, int64_t uptime_us, int32_t rate_ppb) {
    dd_seat_time it = {.uptime_us = uptime_us, .rate_ppb = rate_ppb};
    inject(world, segment, DD_KIND_SEAT, DD_SEAT_CLOCK, 0, &it, sizeof it);
}

dd_seat_holder dd_seat_holder_of(const dd_world *world, uint32_t segment) {
    const dd_guest *guest = seat_at(world, segment)->guest;
    return guest ? (dd_seat_holder)guest->holder : DD_SEAT_COLD;
}

bool dd_seat_failed(const dd_world *world, uint32_t segment) {
    const dd_guest *guest = seat_at(world, segment)->guest;
    return guest && guest->failed;
}

// One that is given while it is under way only has to be started.
static dd_seat_change end(dd_domain *domain, dd_segment_state *segment) {
    dd_guest *guest = segment->house->seat.guest;
    bool vacant = guest->holder == DD_SEAT_NOBODY;
    guest->comes = false;
    if (!guest->at_work && !vacant) {
        guest->sits = false;
        return DD_SEAT_STAYS;
    }
    if (guest->at_work) guest->def.tenant.stop(guest->def.tenant.context, domain->now);
    dd_seat_change change = hand_over(domain, segment, DD_LOST_FALLBACK);
    tell(domain, segment, true);
    return change;
}

dd_seat_change dd_seat_handle(dd_domain *domain, dd_segment_state *segment, dd_seat_event event) {
    dd_guest *guest = segment->house->seat.guest;
    switch (event) {
    case DD_SEAT_GIVEN:
        return guest->comes ? DD_SEAT_RESTART : DD_SEAT_STAYS;
    case DD_SEAT_ENDED:
        return end(domain, segment);
    default:
        return guest->at_work ? lose(domain, segment) : DD_SEAT_STAYS;
    }
}

// --- What a tenant says by itself ---

// A frame's handle goes before its octets, which are short.
void dd_seat_respond(dd_world *world, uint32_t segment, const dd_response *response) {
    uint8_t octets[DD_PARCEL_SIZE];
    size_t head = response->kind == DD_RESPONSE_AIR ? sizeof response->handle : 0;
    if (response->n > sizeof octets - head) return;
    memcpy(octets, &response->handle, head);
    if (response->n) memcpy(octets + head, response->octets, response->n);
    inject(world, segment, DD_KIND_RESPONSE, (uint16_t)(response->kind | response->value << 8),
           response->lamp | (uint32_t)response->n << 16, octets, head + response->n);
}

bool dd_seat_hear(dd_domain *domain, dd_segment_state *segment, const dd_event *event,
                  dd_response *response) {
    const dd_seat *seat = &segment->house->seat;
    if (!dd_seat_paced(seat)) return false;
    *response = (dd_response){.kind = (uint8_t)event->small,
                              .value = (uint8_t)(event->small >> 8),
                              .lamp = (uint16_t)event->a,
                              .n = (uint16_t)(event->a >> 16)};
    const uint8_t *octets = event->b ? dd_parcel(domain, event) : NULL;
    size_t head = response->kind == DD_RESPONSE_AIR ? sizeof response->handle : 0;
    if (head) memcpy(&response->handle, octets, head);
    response->octets = response->n ? octets + head : NULL;
    look_on(seat->guest, domain->now, 0, response);
    return true;
}
