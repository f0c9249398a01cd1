// An event is data: no pointer, no closure. A kind has one handler in a table (engine/engine.h).
#pragma once

#include "engine/time.h"

// The tie-break among events of one moment: the *source* domain, then that domain's own count of
// what it has sent. No schedule of threads can change either.
#define DD_ORDER(domain, sequence) (((uint64_t)(domain) << 40) | (uint64_t)(sequence))
#define DD_ORDER_DOMAIN(order) ((uint32_t)((order) >> 40))

enum { DD_PARCEL_SIZE = 512 }; // bytes of payload that a message between domains may carry

typedef struct dd_event {
    dd_time time;    // when it is due
    uint64_t order;  // DD_ORDER(source domain, source sequence)
    uint32_t target; // index of the entity it happens to
    uint16_t kind;   // index into the handler table
    uint16_t small;  // payload
    uint32_t a, b;   // payload
} dd_event;

_Static_assert(sizeof(dd_event) == 32, "an event is 32 bytes");

// The total order of events: (time, source domain, source sequence).
static inline bool dd_event_before(const dd_event *x, const dd_event *y) {
    return x->time != y->time ? x->time < y->time : x->order < y->order;
}
