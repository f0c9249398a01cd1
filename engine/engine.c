#include "engine/engine.h"
#include "engine/random.h"
#include "engine/texts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// --- The heap of segment domains, by the time of their next event ---

static dd_time next_time(const dd_engine *engine, uint32_t domain) {
    return dd_queue_next_time(&engine->domains[domain].queue);
}

static bool sooner(const dd_engine *engine, uint32_t a, uint32_t b) {
    dd_time ta = next_time(engine, a), tb = next_time(engine, b);
    return ta != tb ? ta < tb : a < b;
}

static uint32_t segment_count(const dd_engine *engine) {
    return engine->domain_n - DD_FIRST_SEGMENT_DOMAIN;
}

static void heap_put(dd_engine *engine, uint32_t place, uint32_t domain) {
    engine->heap[place] = domain;
    engine->domains[domain].heap_place = place;
}

static void heap_up(dd_engine *engine, uint32_t place) {
    uint32_t domain = engine->heap[place];
    while (place > 0) {
        uint32_t parent = (place - 1) / 2;
        if (!sooner(engine, domain, engine->heap[parent])) break;
        heap_put(engine, place, engine->heap[parent]);
        place = parent;
    }
    heap_put(engine, place, domain);
}

static void heap_down(dd_engine *engine, uint32_t place) {
    uint32_t domain = engine->heap[place];
    for (;;) {
        uint32_t child = 2 * place + 1;
        if (child >= segment_count(engine)) break;
        if (child + 1 < segment_count(engine) &&
            sooner(engine, engine->heap[child + 1], engine->heap[child]))
            child++;
        if (!sooner(engine, engine->heap[child], domain)) break;
        heap_put(engine, place, engine->heap[child]);
        place = child;
    }
    heap_put(engine, place, domain);
}

// --- Opening and closing ---

static bool open_domain(dd_engine *engine, uint32_t index, size_t reserve, dd_error *error) {
    dd_domain *domain = &engine->domains[index];
    *domain = (dd_domain){.index = index, .engine = engine, .floor = DD_MILLISECOND};
    if (!dd_arena_init(&domain->arena, reserve, error)) return false;
    dd_queue_init(&domain->queue, &domain->arena);
    dd_pool_init(&domain->parcels, &domain->arena, DD_PARCEL_SIZE);
    return true;
}

static bool open_domains(dd_engine *engine, dd_error *error) {
    const dd_engine_def *def = &engine->def;
    engine->domain_n = DD_FIRST_SEGMENT_DOMAIN + def->segment_n;
    engine->domains = calloc(engine->domain_n, sizeof *engine->domains);
    engine->heap = calloc(def->segment_n + 1, sizeof *engine->heap);
    engine->merge_heap = calloc(engine->domain_n, sizeof *engine->merge_heap);
    engine->merge_places = calloc(engine->domain_n, sizeof *engine->merge_places);
    engine->texts = calloc(1, sizeof *engine->texts);
    if (!engine->domains || !engine->heap || !engine->merge_heap || !engine->merge_places ||
        !engine->texts)
        return dd_fail(error, DD_OUTSIDE, "no memory for %u domains", engine->domain_n);
    for (uint32_t i = 0; i < engine->domain_n; i++) {
        size_t reserve = i < DD_FIRST_SEGMENT_DOMAIN ? def->hub_reserve : def->segment_reserve;
        if (!open_domain(engine, i, reserve, error)) return false;
        if (i >= DD_FIRST_SEGMENT_DOMAIN) heap_put(engine, i - DD_FIRST_SEGMENT_DOMAIN, i);
    }
    return dd_texts_init(engine->texts, error);
}

dd_engine *dd_engine_open(const dd_engine_def *def, dd_error *error) {
    dd_engine *engine = calloc(1, sizeof *engine);
    if (!engine) {
        dd_fail(error, DD_OUTSIDE, "no memory for the engine");
        return NULL;
    }
    engine->def = *def;
    engine->least_floor = DD_NEVER;
    if (!open_domains(engine, error)) {
        dd_engine_close(engine);
        return NULL;
    }
    return engine;
}

void dd_engine_close(dd_engine *engine) {
    if (!engine) return;
    for (uint32_t i = 0; engine->domains && i < engine->domain_n; i++) {
        dd_record_buffer_fini(&engine->domains[i].records);
        dd_arena_fini(&engine->domains[i].arena);
    }
    if (engine->texts) dd_texts_fini(engine->texts);
    free(engine->texts);
    free(engine->merge_places);
    free(engine->merge_heap);
    free(engine->heap);
    free(engine->domains);
    free(engine);
}

void dd_engine_floor(dd_engine *engine, uint32_t domain, dd_time floor) {
    assert(floor > 0);
    engine->domains[domain].floor = floor;
    if (floor < engine->least_floor) engine->least_floor = floor;
}

// --- Running ---

// dd_schedule leaves the heap alone, because only the running domain schedules and it is put back
// in its place when it has run; before the first run nobody has been.
void dd_engine_started(dd_engine *engine) {
    for (uint32_t place = segment_count(engine) / 2 + 1; place-- > 0;)
        if (place < segment_count(engine)) heap_down(engine, place);
}

static void handle(dd_domain *domain, const dd_event *event) {
    const dd_event_kind *kind = &domain->engine->def.event_kinds[event->kind];
    assert(event->time >= domain->now);
    domain->now = event->time;
    domain->event_count++;
    kind->handle(domain, event);
    if (kind->parcel && event->b) dd_pool_give(&domain->parcels, event->b);
}

// Handles all events of one domain before `horizon`.
static void run_domain(dd_domain *domain, dd_time horizon) {
    dd_event event;
    while (dd_queue_next_time(&domain->queue) < horizon) {
        dd_queue_pop(&domain->queue, &event);
        handle(domain, &event);
    }
}

static dd_time earlier(dd_time a, dd_time b) {
    return a < b ? a : b;
}

static dd_time later_by(dd_time t, dd_time floor) {
    return t > DD_NEVER - floor ? DD_NEVER : t + floor;
}

// One step of the star: whoever has the earliest event runs to its horizon. A message can reach it
// next from what the other side does next, or as the other side's answer to what it does itself.
static void run_earliest(dd_engine *engine, dd_time until) {
    dd_time hub_next = next_time(engine, DD_HUB_DOMAIN);
    dd_time first = segment_count(engine) ? next_time(engine, engine->heap[0]) : DD_NEVER;
    dd_time floor = engine->least_floor;
    if (hub_next <= first) {
        dd_time horizon = later_by(earlier(first, later_by(hub_next, floor)), floor);
        run_domain(&engine->domains[DD_HUB_DOMAIN], earlier(until, horizon));
        return;
    }
    dd_domain *domain = &engine->domains[engine->heap[0]];
    dd_time horizon = later_by(earlier(hub_next, later_by(first, floor)), domain->floor);
    run_domain(domain, earlier(until, horizon));
    heap_down(engine, domain->heap_place);
}

static dd_time earliest(const dd_engine *engine) {
    dd_time segment = segment_count(engine) ? next_time(engine, engine->heap[0]) : DD_NEVER;
    return earlier(segment, next_time(engine, DD_HUB_DOMAIN));
}

void dd_engine_advance(dd_engine *engine, dd_time until) {
    while (earliest(engine) < until)
        run_earliest(engine, until);
    if (until > engine->now) engine->now = until;
}

bool dd_engine_step(dd_engine *engine, dd_time until) {
    uint32_t best = DD_HUB_DOMAIN;
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < engine->domain_n; i++) {
        const dd_event *event = dd_queue_peek(&engine->domains[i].queue);
        const dd_event *least = dd_queue_peek(&engine->domains[best].queue);
        if (event && (!least || dd_event_before(event, least))) best = i;
    }
    dd_domain *domain = &engine->domains[best];
    dd_event event;
    if (dd_queue_next_time(&domain->queue) >= until) {
        engine->now = until;
        return false;
    }
    dd_queue_pop(&domain->queue, &event);
    handle(domain, &event);
    if (best != DD_HUB_DOMAIN) heap_down(engine, domain->heap_place);
    engine->now = event.time;
    return true;
}

// --- Sending ---

static void enqueue(dd_domain *to, const dd_event *event) {
    dd_queue_push(&to->queue, event);
    if (to->index >= DD_FIRST_SEGMENT_DOMAIN) heap_up(to->engine, to->heap_place);
}

void dd_schedule(dd_domain *domain, dd_time time, uint16_t kind, uint32_t target, uint16_t small,
                 uint32_t a, uint32_t b) {
    assert(time >= domain->now);
    dd_event event = {.time = time,
                      .order = DD_ORDER(domain->index, domain->sequence++),
                      .target = target,
                      .kind = kind,
                      .small = small,
                      .a = a,
                      .b = b};
    dd_queue_push(&domain->queue, &event);
}

static void send(dd_domain *from, dd_domain *to, dd_event event, const void *payload, size_t size) {
    assert(size <= DD_PARCEL_SIZE);
    event.order = DD_ORDER(from->index, from->sequence++);
    if (size) {
        event.b = dd_pool_take(&to->parcels);
        memcpy(dd_pool_at(&to->parcels, event.b), payload, size);
    }
    enqueue(to, &event);
}

void dd_post(dd_domain *domain, uint32_t to, dd_time time, uint16_t kind, uint32_t target,
             uint16_t small, uint32_t a, const void *payload, size_t size) {
    dd_domain *other = &domain->engine->domains[to];
    assert((domain->index == DD_HUB_DOMAIN) != (to == DD_HUB_DOMAIN));
    assert(time >= domain->now + (to == DD_HUB_DOMAIN ? domain : other)->floor);
    dd_event event = {.time = time, .target = target, .kind = kind, .small = small, .a = a};
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

// --- Records ---

static void keep(dd_domain *domain, const dd_record *record) {
    dd_engine *engine = domain->engine;
    if (!domain->records.n) engine->merge_heap[engine->merge_n++] = domain->index;
    dd_record_buffer_push(&domain->records, record);
}

uint64_t dd_record_make(dd_domain *domain, uint16_t kind, uint32_t entity, uint64_t cause,
                        int64_t v0, int64_t v1, int64_t v2, int64_t v3) {
    const dd_engine *engine = domain->engine;
    const dd_record_kind *schema = &engine->def.schema->kinds[kind];
    uint64_t id = DD_ORDER(domain->index, ++domain->record_sequence);
    bool heard = engine->heard >> kind & 1;
    if (!heard && !schema->digest) return id;
    dd_record record = {.time = domain->now,
                        .id = id,
                        .cause = cause,
                        .entity = entity,
                        .kind = kind,
                        .value = {v0, v1, v2, v3}};
    if (schema->digest)
        dd_digest_add(&domain->digests[schema->digest - 1], &record, schema, engine->def.entities);
    if (heard) keep(domain, &record);
    return id;
}

uint64_t dd_engine_note(dd_engine *engine, uint16_t kind, uint32_t entity, uint64_t cause,
                        int64_t v0, int64_t v1, int64_t v2, int64_t v3) {
    dd_domain *outside = &engine->domains[DD_OUTSIDE_DOMAIN];
    outside->now = engine->now;
    return dd_record_make(outside, kind, entity, cause, v0, v1, v2, v3);
}

void dd_engine_listen(dd_engine *engine, uint64_t mask, dd_listener call, void *context) {
    uint32_t i = 0;
    while (i < engine->listener_n &&
           (engine->listeners[i].call != call || engine->listeners[i].context != context))
        i++;
    assert(i < DD_COUNT(engine->listeners));
    if (i == engine->listener_n) engine->listener_n++;
    engine->listeners[i].call = call;
    engine->listeners[i].context = context;
    engine->listeners[i].kinds |= mask;
    engine->heard |= mask;
}

static void tell(const dd_engine *engine, const dd_record *record) {
    for (uint32_t i = 0; i < engine->listener_n; i++)
        if (engine->listeners[i].kinds >> record->kind & 1)
            engine->listeners[i].call(engine->listeners[i].context, record);
}

static const dd_record *merge_front(const dd_engine *engine, uint32_t domain) {
    return &engine->domains[domain].records.records[engine->merge_places[domain]];
}

static void merge_down(dd_engine *engine, uint32_t n, uint32_t place) {
    uint32_t *heap = engine->merge_heap;
    uint32_t domain = heap[place];
    for (uint32_t child; (child = 2 * place + 1) < n; place = child) {
        if (child + 1 < n && dd_record_before(merge_front(engine, heap[child + 1]),
                                              merge_front(engine, heap[child])))
            child++;
        if (!dd_record_before(merge_front(engine, heap[child]), merge_front(engine, domain))) break;
        heap[place] = heap[child];
    }
    heap[place] = domain;
}

// Each domain's records are in order already; a heap of domains merges them.
void dd_engine_flush(dd_engine *engine) {
    uint32_t n = engine->merge_n;
    engine->merge_n = 0;
    for (uint32_t i = 0; i < n; i++)
        engine->merge_places[engine->merge_heap[i]] = 0;
    for (uint32_t i = n / 2; i-- > 0;)
        merge_down(engine, n, i);
    while (n) {
        dd_domain *domain = &engine->domains[engine->merge_heap[0]];
        tell(engine, merge_front(engine, domain->index));
        if (++engine->merge_places[domain->index] == domain->records.n) {
            domain->records.n = 0;
            engine->merge_heap[0] = engine->merge_heap[--n];
        }
        if (n) merge_down(engine, n, 0);
    }
}

uint64_t dd_engine_event_count(const dd_engine *engine) {
    uint64_t total = 0;
    for (uint32_t i = 0; i < engine->domain_n; i++)
        total += engine->domains[i].event_count;
    return total;
}

dd_digest dd_engine_digest(const dd_engine *engine, uint8_t index) {
    dd_digest sum = {{0, 0}};
    for (uint32_t i = 0; i < engine->domain_n; i++)
        dd_digest_join(&sum, &engine->domains[i].digests[index]);
    return sum;
}

dd_digest dd_engine_digest_all(const dd_engine *engine) {
    dd_digest all = {{0, 0}};
    for (uint8_t i = 0; i < engine->def.schema->digest_n; i++) {
        dd_digest one = dd_engine_digest(engine, i);
        all.lane[0] = dd_mix(all.lane[0] ^ one.lane[0]);
        all.lane[1] = dd_mix(all.lane[1] ^ one.lane[1]);
    }
    return all;
}
