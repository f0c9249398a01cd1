// The engine: domains with their own queues, clocks and arenas, run to their horizons.
//
// Domains form a star: segments talk with the hub (the centre, the citizens, the crews), and only
// by messages that take at least the link's latency floor. Segments that reach each other otherwise
// share a domain; those of different domains never do. So a domain may run alone up to its own
// horizon, the earliest moment at which a message could still reach it, and the result does not
// depend on which domain runs first, or on which thread. What lies before the hub and may make it
// speak to a segment is known by the kinds of events (dd_reach): a domain whom nothing there
// concerns runs on undisturbed, however busy the hub is with the others.
//
// So the hub and the others take turns: the hub handles what lies before the earliest moment at
// which it may hear from another; then all others with something to do before their horizons
// run there, on as many threads as there are. A handler touches nothing but its own domain; what
// segments send to the hub meanwhile waits in outboxes.
#pragma once

#include "engine/arena.h"
#include "engine/entity.h"
#include "engine/event.h"
#include "engine/outbox.h"
#include "engine/pool.h"
#include "engine/queue.h"
#include "engine/stream.h"
#include "engine/workers.h"

typedef struct dd_engine dd_engine;
typedef struct dd_domain dd_domain;

typedef void (*dd_handler)(dd_domain *domain, const dd_event *event);

// Whom the handler of a kind may send messages to, itself or by the events of the hub that it leads
// to. What a segment sends to the hub under DD_REACH_TARGET has that segment as its target.
typedef enum dd_reach {
    DD_REACH_HUB = 0, // a segment's kind: the hub
    DD_REACH_NOBODY,  // a hub's kind: no segment
    DD_REACH_TARGET,  // a hub's kind: the segment whose number, from 1, is the event's target
    DD_REACH_PLANNED, // a hub's kind that only itself, or who acts between events, may plan: any
                      // segment (costs all of them their long horizons while one lies ahead)
    DD_REACH_ANY,     // a hub's kind: any segment (costs all of them their long horizons always)
} dd_reach;

// One kind of event. The table is constant and shared.
typedef struct dd_event_kind {
    const char *name;
    dd_handler handle;
    bool parcel; // event.b is a parcel, given back when the handler returns
    dd_reach reach;
} dd_event_kind;

// Domains with a fixed meaning; segments follow.
enum {
    DD_OUTSIDE_DOMAIN =
        0,             // scenario, operator, wire: acts between events, before those of its moment
    DD_HUB_DOMAIN = 1, // centre, citizens, crews
    DD_FIRST_SEGMENT_DOMAIN = 2,
    DD_DOMAINS_MAX = 1 << 24 // what DD_ORDER has room for
};

struct dd_domain {
    _Alignas(DD_CACHE_LINE) dd_time now; // two threads' domains share no line
    uint64_t sequence;                   // of events sent
    uint64_t event_count;                // handled
    void *state;                         // the models' root, inside the arena
    dd_engine *engine;
    const dd_event *handled; // the event under way, NULL between events
    dd_outbox *outbox;       // where its messages wait while others run too, or NULL
    dd_time horizon;         // while it runs: where that ends
    dd_time floor;           // least latency of its links with the hub
    uint32_t index;
    uint32_t segment_n; // that it holds
    dd_queue queue;
    dd_pool parcels;
    dd_arena arena;
};

typedef struct dd_engine_def {
    const dd_event_kind *event_kinds;
    uint16_t event_kind_n;
    const dd_record_schema *schema;
    const dd_calendar *calendar;
    dd_entities *entities;
    uint64_t seed;
    uint32_t segment_n;             // segments, from 1
    uint32_t segment_domain_n;      // domains that hold them ...
    const uint32_t *segment_domain; // ... by segment; NULL: each has its own, in their order
    size_t hub_reserve;             // bytes of address space of the hub's arena
    size_t segment_reserve;         // ... for each segment of a domain
    void *world;                    // the models' constant state
    uint32_t thread_n;              // that domains run on, up to DD_WORKERS_MAX; 0 is 1
} dd_engine_def;

// A domain of segments in the engine's heap: its key lies beside it, so that a step through the
// heap of a large city stays in the cache.
typedef struct dd_turn {
    dd_time heard; // when the hub may hear from it at the earliest: its next event, and the floor
    uint32_t domain;
} dd_turn;

// What lies before the hub and may make it speak to a segment.
typedef struct dd_ask {
    dd_time earliest; // no such event is earlier
    uint32_t n;
} dd_ask;

struct dd_engine {
    dd_engine_def def;
    dd_time now; // every domain has handled all events before this
    dd_domain *domains;
    uint32_t domain_n;
    dd_time most_floor;
    dd_turn *heap;         // domains of segments by the time at which they may be heard
    uint32_t *heap_places; // by domain, where it stands there
    dd_ask *asks;          // by domain; those that concern any segment under DD_OUTSIDE_DOMAIN
    bool any_reach;        // some kind is DD_REACH_ANY: any message may lead to such an event
    uint32_t *batch;       // segment domains that run before the hub
    dd_workers *workers;   // NULL on one thread
    dd_outbox *outboxes;   // by worker
    struct dd_texts *texts;
    dd_stream stream; // a source a domain, by its index; anybody may listen, flush, ask digests
};

// The domain of a segment.
static inline uint32_t dd_engine_domain(const dd_engine *engine, uint32_t segment) {
    const uint32_t *table = engine->def.segment_domain;
    return table ? table[segment] : DD_FIRST_SEGMENT_DOMAIN + segment - 1;
}

dd_engine *dd_engine_open(const dd_engine_def *def, dd_error *error);
void dd_engine_close(dd_engine *engine);

// --- Between events (load, barriers) ---

// Sets the least latency of a domain's links with the hub; must be > 0; 1 ms unless set. Before
// dd_engine_started.
void dd_engine_floor(dd_engine *engine, uint32_t domain, dd_time floor);

// Called once, when the models have planned their first events.
void dd_engine_started(dd_engine *engine);

// Runs every domain through all events before `until`; afterwards engine->now == until.
void dd_engine_advance(dd_engine *engine, dd_time until);

// Handles exactly one event, the next in the total order, if it is due before `until`; else stands
// at `until`. Returns whether there was one. For stepping by hand: slow, same result.
bool dd_engine_step(dd_engine *engine, dd_time until);

// An event from outside, due now, ahead of all other events of this moment.
void dd_engine_inject(dd_engine *engine, uint32_t domain, uint16_t kind, uint32_t target,
                      uint16_t small, uint32_t a, const void *payload, size_t size);

// Handles the events from outside that are due now: whoever looks or acts next at this moment finds
// them done.
void dd_engine_admit(dd_engine *engine);

// A record from outside (scenario, operator), at engine->now.
uint64_t dd_engine_note(dd_engine *engine, uint16_t kind, uint32_t entity, uint64_t cause,
                        int64_t v0, int64_t v1, int64_t v2, int64_t v3);

uint64_t dd_engine_event_count(const dd_engine *engine);

// --- Inside handlers ---

// An event of this domain for itself, at `time` >= now.
void dd_schedule(dd_domain *domain, dd_time time, uint16_t kind, uint32_t target, uint16_t small,
                 uint32_t a, uint32_t b);

// A message to another domain along the star, at `time` >= now + the segments' domain's floor.
// `size` bytes of `payload` (at most DD_PARCEL_SIZE) are copied.
void dd_post(dd_domain *domain, uint32_t to, dd_time time, uint16_t kind, uint32_t target,
             uint16_t small, uint32_t a, const void *payload, size_t size);

// The payload that came with an event; gone when the handler returns.
const void *dd_parcel(dd_domain *domain, const dd_event *event);

// Makes a record and returns its id, whether or not anybody listens.
uint64_t dd_record_make(dd_domain *domain, uint16_t kind, uint32_t entity, uint64_t cause,
                        int64_t v0, int64_t v1, int64_t v2, int64_t v3);

// Keeps octets for a record of `kind` that is to be made next, until the flush; returns the value
// of its DD_FIELD_BYTES field. Nothing is kept, and the value is 0, when nobody listens to the kind
// or `n` is 0; `n` is at most DD_RECORD_BYTES_MAX.
int64_t dd_record_bytes(dd_domain *domain, uint16_t kind, const void *octets, size_t n);
