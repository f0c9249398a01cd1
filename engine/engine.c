#include "engine/engine.h"
#include "engine/texts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// --- Times ---

static dd_time earlier(dd_time a, dd_time b) {
    return a < b ? a : b;
}

static dd_time later_by(dd_time t, dd_time floor) {
    return t > DD_NEVER - floor ? DD_NEVER : t + floor;
}

// --- The heap of the segments' domains, by the time at which the hub may hear from them ---

static dd_time next_time(const dd_engine *engine, uint32_t domain) {
    return dd_queue_next_time(&engine->domains[domain].queue);
}

static bool sooner(const dd_turn *a, const dd_turn *b) {
    return a->heard != b->heard ? a->heard < b->heard : a->domain < b->domain;
}

static uint32_t turn_count(const dd_engine *engine) {
    return engine->domain_n - DD_FIRST_SEGMENT_DOMAIN;
}

// The earliest moment at which the hub may hear from any segment.
static dd_time first_heard(const dd_engine *engine) {
    return turn_count(engine) ? engine->heap[0].heard : DD_NEVER;
}

static void heap_put(dd_engine *engine, uint32_t place, const dd_turn *turn) {
    engine->heap[place] = *turn;
    engine->heap_places[turn->domain] = place;
}

static void heap_up(dd_engine *engine, uint32_t place) {
    dd_turn turn = engine->heap[place];
    while (place > 0) {
        uint32_t parent = (place - 1) / 2;
        if (!sooner(&turn, &engine->heap[parent])) break;
        heap_put(engine, place, &engine->heap[parent]);
        place = parent;
    }
    heap_put(engine, place, &turn);
}

static void heap_down(dd_engine *engine, uint32_t place) {
    dd_turn turn = engine->heap[place];
    for (;;) {
        uint32_t child = 2 * place + 1;
        if (child >= turn_count(engine)) break;
        if (child + 1 < turn_count(engine) &&
            sooner(&engine->heap[child + 1], &engine->heap[child]))
            child++;
        if (!sooner(&engine->heap[child], &turn)) break;
        heap_put(engine, place, &engine->heap[child]);
        place = child;
    }
    heap_put(engine, place, &turn);
}

// A domain's next event has changed: it stands elsewhere now.
static void heap_settle(dd_engine *engine, uint32_t domain) {
    uint32_t place = engine->heap_places[domain];
    dd_time heard = later_by(next_time(engine, domain), engine->domains[domain].floor);
    bool sooner_now = heard < engine->heap[place].heard;
    engine->heap[place].heard = heard;
    if (sooner_now)
        heap_up(engine, place);
    else
        heap_down(engine, place);
}

// --- Opening and closing ---

#define FLOOR DD_MILLISECOND // until dd_engine_floor sets another

static bool open_domain(dd_engine *engine, uint32_t index, dd_error *error) {
    const dd_engine_def *def = &engine->def;
    dd_domain *domain = &engine->domains[index];
    domain->index = index;
    domain->engine = engine;
    domain->floor = FLOOR;
    bool hub = index < DD_FIRST_SEGMENT_DOMAIN;
    size_t reserve = hub ? def->hub_reserve : def->segment_reserve * domain->segment_n;
    if (!dd_arena_init(&domain->arena, reserve, error)) return false;
    dd_queue_init(&domain->queue, &domain->arena);
    dd_pool_init(&domain->parcels, &domain->arena, DD_PARCEL_SIZE);
    return true;
}

static bool open_domains(dd_engine *engine, dd_error *error) {
    const dd_engine_def *def = &engine->def;
    if (def->segment_n > DD_DOMAINS_MAX - DD_FIRST_SEGMENT_DOMAIN)
        return dd_fail(error, DD_WRONG, "%u segments; there can be %d: join some", def->segment_n,
                       DD_DOMAINS_MAX - DD_FIRST_SEGMENT_DOMAIN);
    uint32_t turn_n = def->segment_domain ? def->segment_domain_n : def->segment_n;
    engine->domain_n = DD_FIRST_SEGMENT_DOMAIN + turn_n;
    engine->domains = dd_calloc_lines(engine->domain_n, sizeof *engine->domains);
    engine->heap = calloc(turn_n + 1, sizeof *engine->heap);
    engine->heap_places = calloc(engine->domain_n, sizeof *engine->heap_places);
    engine->asks = calloc(engine->domain_n, sizeof *engine->asks);
    engine->batch = calloc(engine->domain_n, sizeof *engine->batch);
    engine->texts = calloc(1, sizeof *engine->texts);
    if (!engine->domains || !engine->heap || !engine->heap_places || !engine->asks ||
        !engine->batch || !engine->texts)
        return dd_fail(error, DD_OUTSIDE, "no memory for %u domains", engine->domain_n);
    for (uint32_t segment = 1; segment <= def->segment_n; segment++)
        engine->domains[dd_engine_domain(engine, segment)].segment_n++;
    for (uint32_t i = 0; i < engine->domain_n; i++) {
        if (!open_domain(engine, i, error)) return false;
        if (i >= DD_FIRST_SEGMENT_DOMAIN)
            heap_put(engine, i - DD_FIRST_SEGMENT_DOMAIN, &(dd_turn){DD_NEVER, i});
    }
    return dd_texts_init(engine->texts, error) &&
           dd_stream_init(&engine->stream, def->schema, def->entities, engine->domain_n, error);
}

static bool open_workers(dd_engine *engine, dd_error *error) {
    uint32_t n = engine->def.thread_n;
    if (n < 2) return true;
    engine->outboxes = calloc(n, sizeof *engine->outboxes);
    if (!engine->outboxes) return dd_fail(error, DD_OUTSIDE, "no memory for %u threads", n);
    engine->workers = dd_workers_open(n, error);
    return engine->workers;
}

dd_engine *dd_engine_open(const dd_engine_def *def, dd_error *error) {
    dd_engine *engine = calloc(1, sizeof *engine);
    if (!engine) {
        dd_fail(error, DD_OUTSIDE, "no memory for the engine");
        return NULL;
    }
    engine->def = *def;
    for (uint16_t i = 0; i < def->event_kind_n; i++)
        engine->any_reach |= def->event_kinds[i].reach == DD_REACH_ANY;
    if (!open_domains(engine, error) || !open_workers(engine, error)) {
        dd_engine_close(engine);
        return NULL;
    }
    return engine;
}

void dd_engine_close(dd_engine *engine) {
    if (!engine) return;
    dd_workers_close(engine->workers);
    for (uint32_t i = 0; engine->outboxes && i < engine->def.thread_n; i++)
        dd_outbox_fini(&engine->outboxes[i]);
    free(engine->outboxes);
    for (uint32_t i = 0; engine->domains && i < engine->domain_n; i++)
        dd_arena_fini(&engine->domains[i].arena);
    dd_stream_fini(&engine->stream);
    if (engine->texts) dd_texts_fini(engine->texts);
    free(engine->texts);
    free(engine->batch);
    free(engine->asks);
    free(engine->heap_places);
    free(engine->heap);
    free(engine->domains);
    free(engine);
}

void dd_engine_floor(dd_engine *engine, uint32_t domain, dd_time floor) {
    assert(floor > 0);
    engine->domains[domain].floor = floor;
}

// --- Sending ---

// The ask, of the domain of a segment, that an event of the hub counts for, or NULL.
static dd_ask *ask_of(dd_engine *engine, const dd_event *event) {
    switch (engine->def.event_kinds[event->kind].reach) {
    case DD_REACH_TARGET:
        return &engine->asks[dd_engine_domain(engine, event->target)];
    case DD_REACH_PLANNED:
    case DD_REACH_ANY:
        return &engine->asks[DD_OUTSIDE_DOMAIN];
    default:
        return NULL;
    }
}

static void push(dd_domain *domain, const dd_event *event) {
    dd_ask *ask = domain->index == DD_HUB_DOMAIN ? ask_of(domain->engine, event) : NULL;
    if (ask) {
        ask->earliest = ask->n ? earlier(ask->earliest, event->time) : event->time;
        ask->n++;
    }
    dd_queue_push(&domain->queue, event);
}

static void enqueue(dd_domain *to, const dd_event *event) {
    push(to, event);
    if (to->index >= DD_FIRST_SEGMENT_DOMAIN) heap_settle(to->engine, to->index);
}

// Horizons rest upon this: nothing that an event of the hub leads to there reaches further than its
// own kind says, and a segment's message has the hub answer its domain only. Between events, when
// all stand at the same time, anybody may be reached.
static bool may_lead_to(const dd_domain *domain, uint16_t kind, uint32_t target) {
    const dd_event_kind *kinds = domain->engine->def.event_kinds;
    dd_reach reach = kinds[kind].reach;
    if (!domain->handled || reach == DD_REACH_HUB || reach == DD_REACH_NOBODY) return true;
    if (domain->index != DD_HUB_DOMAIN)
        return reach == DD_REACH_ANY || (reach == DD_REACH_TARGET &&
                                         dd_engine_domain(domain->engine, target) == domain->index);
    dd_reach own = kinds[domain->handled->kind].reach;
    return own == DD_REACH_ANY || own == DD_REACH_PLANNED ||
           (own == DD_REACH_TARGET && reach == DD_REACH_TARGET &&
            target == domain->handled->target);
}

void dd_schedule(dd_domain *domain, dd_time time, uint16_t kind, uint32_t target, uint16_t small,
                 uint32_t a, uint32_t b) {
    assert(time >= domain->now);
    assert(domain->index != DD_HUB_DOMAIN || may_lead_to(domain, kind, target));
    dd_event event = {.time = time,
                      .order = DD_ORDER(domain->index, domain->sequence++),
                      .target = target,
                      .kind = kind,
                      .small = small,
                      .a = a,
                      .b = b};
    push(domain, &event);
}

static void arrive(dd_domain *to, dd_event event, const void *payload, size_t size) {
    if (size) {
        event.b = dd_pool_take(&to->parcels);
        memcpy(dd_pool_at(&to->parcels, event.b), payload, size);
    }
    enqueue(to, &event);
}

static void send(dd_domain *from, dd_domain *to, dd_event event, const void *payload, size_t size) {
    assert(size <= DD_PARCEL_SIZE);
    event.order = DD_ORDER(from->index, from->sequence++);
    if (from->outbox)
        dd_outbox_put(from->outbox, &event, payload, size);
    else
        arrive(to, event, payload, size);
}

// Their order of arrival does not matter.
static void deliver(dd_engine *engine, dd_outbox *outbox) {
    for (uint32_t i = 0; i < outbox->n; i++) {
        const dd_letter *letter = &outbox->letters[i];
        arrive(&engine->domains[DD_HUB_DOMAIN], letter->event, letter->payload, letter->size);
    }
    outbox->n = 0;
}

// A handler keeps the promise of its kind; between events anybody may be reached.
static bool may_reach(const dd_domain *domain, uint32_t to) {
    if (!domain->handled || domain->index != DD_HUB_DOMAIN) return true;
    dd_reach reach = domain->engine->def.event_kinds[domain->handled->kind].reach;
    return reach == DD_REACH_ANY || reach == DD_REACH_PLANNED ||
           (reach == DD_REACH_TARGET &&
            to == dd_engine_domain(domain->engine, domain->handled->target));
}

// The hub may answer a segment's message: a segment that runs goes no further than that.
static void expect_answer(dd_domain *domain, const dd_event *event) {
    dd_reach reach = domain->engine->def.event_kinds[event->kind].reach;
    if (reach == DD_REACH_TARGET || reach == DD_REACH_ANY)
        domain->horizon = earlier(domain->horizon, later_by(event->time, domain->floor));
}

void dd_post(dd_domain *domain, uint32_t to, dd_time time, uint16_t kind, uint32_t target,
             uint16_t small, uint32_t a, const void *payload, size_t size) {
    dd_domain *other = &domain->engine->domains[to];
    assert((domain->index == DD_HUB_DOMAIN) != (to == DD_HUB_DOMAIN));
    assert(time >= domain->now + (to == DD_HUB_DOMAIN ? domain : other)->floor);
    assert(to == DD_HUB_DOMAIN ? may_lead_to(domain, kind, target) : may_reach(domain, to));
    dd_event event = {.time = time, .target = target, .kind = kind, .small = small, .a = a};
    if (to == DD_HUB_DOMAIN) expect_answer(domain, &event);
    send(domain, other, event, payload, size);
}

void dd_engine_inject(dd_engine *engine, uint32_t domain, uint16_t kind, uint32_t target,
                      uint16_t small, uint32_t a, const void *payload, size_t size) {
    dd_event event = {.time = engine->now, .target = target, .kind = kind, .small = small, .a = a};
    send(&engine->domains[DD_OUTSIDE_DOMAIN], &engine->domains[domain], event, payload, size);
}

const void *dd_parcel(dd_domain *domain, const dd_event *event) {
    return dd_pool_at(&domain->parcels, event->b);
}

// --- Running ---

// dd_schedule leaves the heap alone, because only the running domain schedules and it is put back
// in its place when it has run; before the first run nobody has been.
void dd_engine_started(dd_engine *engine) {
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < engine->domain_n; i++) {
        dd_time floor = engine->domains[i].floor;
        if (floor > engine->most_floor) engine->most_floor = floor;
        heap_settle(engine, i);
    }
}

static void handle_next(dd_domain *domain) {
    dd_event event;
    dd_queue_pop(&domain->queue, &event);
    const dd_event_kind *kind = &domain->engine->def.event_kinds[event.kind];
    dd_ask *ask = domain->index == DD_HUB_DOMAIN ? ask_of(domain->engine, &event) : NULL;
    if (ask) ask->n--;
    assert(event.time >= domain->now);
    domain->now = event.time;
    domain->event_count++;
    domain->handled = &event;
    kind->handle(domain, &event);
    domain->handled = NULL;
    if (kind->parcel && event.b) dd_pool_give(&domain->parcels, event.b);
}

static dd_time next_ask(const dd_ask *ask, dd_time hub_next) {
    if (!ask->n) return DD_NEVER;
    return ask->earliest > hub_next ? ask->earliest : hub_next;
}

// The earliest moment at which a message could reach a segment, if it sends none itself (`dd_post`
// sees to that). Where kinds reach anybody, any segment's next message might.
static dd_time segment_horizon(const dd_engine *engine, const dd_domain *domain) {
    dd_time hub_next = next_time(engine, DD_HUB_DOMAIN);
    dd_time ask = next_ask(&engine->asks[domain->index], hub_next);
    ask = earlier(ask, next_ask(&engine->asks[DD_OUTSIDE_DOMAIN], hub_next));
    if (engine->any_reach) ask = earlier(ask, first_heard(engine));
    return later_by(ask, domain->floor);
}

static void run_segment(dd_domain *domain) {
    while (dd_queue_next_time(&domain->queue) < domain->horizon)
        handle_next(domain);
}

// How far segments may run ahead of what the hub hears next, so that what they tell it does not
// pile up.
#define RUN_AHEAD (10 * DD_SECOND)

// Puts the segments that have something to do before their horizons into the batch, and returns
// their number. The heap is looked through from its top; once there are some, only as long as that
// is worth while, because those that must wait for the hub may be many.
static uint32_t fill_batch(dd_engine *engine, dd_time until) {
    enum { PATIENCE = 16 };
    dd_time last = later_by(until, engine->most_floor); // to be heard of who acts before `until`
    uint32_t *batch = engine->batch, n = 0, seen = 0;
    if (first_heard(engine) < last) batch[seen++] = 0;
    for (uint32_t i = 0; i < seen && (!n || i <= 2 * n + PATIENCE); i++) {
        uint32_t place = batch[i];
        dd_domain *domain = &engine->domains[engine->heap[place].domain];
        for (uint32_t child = 2 * place + 1; child <= 2 * place + 2; child++)
            if (child < turn_count(engine) && engine->heap[child].heard < last)
                batch[seen++] = child;
        domain->horizon = earlier(until, segment_horizon(engine, domain));
        if (dd_queue_next_time(&domain->queue) < domain->horizon) batch[n++] = domain->index;
    }
    return n;
}

static void run_one(void *context, uint32_t worker, uint32_t job) {
    dd_engine *engine = context;
    dd_domain *domain = &engine->domains[engine->batch[job]];
    domain->outbox = &engine->outboxes[worker];
    run_segment(domain);
    domain->outbox = NULL;
}

static void run_together(dd_engine *engine, uint32_t n) {
    dd_workers_do(engine->workers, n, run_one, engine);
    for (uint32_t i = 0; i < engine->def.thread_n; i++)
        deliver(engine, &engine->outboxes[i]);
}

// All segments that may run before the hub does; false if there are none. Where they stand in the
// heap is mended from the bottom, as they were found from the top.
static bool run_segments(dd_engine *engine, dd_time until) {
    uint32_t n = fill_batch(engine, earlier(until, later_by(first_heard(engine), RUN_AHEAD)));
    if (engine->workers && n > 1)
        run_together(engine, n);
    else
        for (uint32_t i = 0; i < n; i++)
            run_segment(&engine->domains[engine->batch[i]]);
    for (uint32_t i = n; i-- > 0;)
        heap_settle(engine, engine->batch[i]);
    return n;
}

// Who is heard first may be a segment that the hub has just spoken to.
static bool run_hub(dd_engine *engine, dd_time until) {
    dd_domain *hub = &engine->domains[DD_HUB_DOMAIN];
    uint64_t before = hub->event_count;
    while (dd_queue_next_time(&hub->queue) < earlier(until, first_heard(engine)))
        handle_next(hub);
    return hub->event_count > before;
}

void dd_engine_advance(dd_engine *engine, dd_time until) {
    while (run_hub(engine, until) || run_segments(engine, until)) {
    }
    if (until > engine->now) engine->now = until;
}

// The domain whose next event is the first of all.
static uint32_t first_domain(const dd_engine *engine) {
    uint32_t best = DD_HUB_DOMAIN;
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < engine->domain_n; i++) {
        const dd_event *event = dd_queue_peek(&engine->domains[i].queue);
        const dd_event *least = dd_queue_peek(&engine->domains[best].queue);
        if (event && (!least || dd_event_before(event, least))) best = i;
    }
    return best;
}

bool dd_engine_step(dd_engine *engine, dd_time until) {
    uint32_t best = first_domain(engine);
    dd_domain *domain = &engine->domains[best];
    if (dd_queue_next_time(&domain->queue) >= until) {
        if (until > engine->now) engine->now = until;
        return false;
    }
    handle_next(domain);
    if (best != DD_HUB_DOMAIN) heap_settle(engine, best);
    engine->now = domain->now;
    return true;
}

void dd_engine_admit(dd_engine *engine) {
    const dd_event *event;
    while ((event = dd_queue_peek(&engine->domains[first_domain(engine)].queue)) &&
           event->time <= engine->now && DD_ORDER_DOMAIN(event->order) == DD_OUTSIDE_DOMAIN)
        dd_engine_step(engine, engine->now + 1);
}

// --- Records ---

uint64_t dd_record_make(dd_domain *domain, uint16_t kind, uint32_t entity, uint64_t cause,
                        int64_t v0, int64_t v1, int64_t v2, int64_t v3) {
    dd_record record = {.time = domain->now,
                        .cause = cause,
                        .entity = entity,
                        .kind = kind,
                        .value = {v0, v1, v2, v3}};
    return dd_stream_say(&domain->engine->stream, domain->index, &record);
}

int64_t dd_record_bytes(dd_domain *domain, uint16_t kind, const void *octets, size_t n) {
    return dd_stream_carry(&domain->engine->stream, domain->index, kind, octets, n);
}

uint64_t dd_engine_note(dd_engine *engine, uint16_t kind, uint32_t entity, uint64_t cause,
                        int64_t v0, int64_t v1, int64_t v2, int64_t v3) {
    dd_domain *outside = &engine->domains[DD_OUTSIDE_DOMAIN];
    outside->now = engine->now;
    return dd_record_make(outside, kind, entity, cause, v0, v1, v2, v3);
}

uint64_t dd_engine_event_count(const dd_engine *engine) {
    uint64_t total = 0;
    for (uint32_t i = 0; i < engine->domain_n; i++)
        total += engine->domains[i].event_count;
    return total;
}
