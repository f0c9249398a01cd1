// The engine with a toy model: tokens that wander between segments and the hub at random, so that
// every horizon is tried. The judge is the same model handled event by event in the total order.
#include "engine/engine.h"
#include "engine/random.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN, PARCEL, PLAN, KINDS };
enum { SEGMENTS = 7, REC_TOKEN = 0, REC_QUIET = 1 };
static const dd_time floors[SEGMENTS] = {DD_MILLISECOND,    3 * DD_MILLISECOND, 20 * DD_MILLISECOND,
                                         DD_MILLISECOND,    DD_SECOND,          50 * DD_MILLISECOND,
                                         7 * DD_MILLISECOND};

// What each domain remembers: how often it was visited, which steers where tokens go.
typedef struct toy {
    uint64_t visits;
} toy;

static dd_time pick_delay(uint32_t word) {
    static const dd_time scale[] = {DD_MICROSECOND, 10 * DD_MICROSECOND, DD_MILLISECOND,
                                    10 * DD_MILLISECOND};
    return dd_uniform(word, 1000) * scale[word & 3]; // often 0: ties
}

// In `answering` the hub speaks only to the segment that its event is about (DD_REACH_TARGET);
// otherwise to any (DD_REACH_ANY). event.target is that segment's number, event.a the token.
static bool answering;

// Where segments live when they share domains; NULL while each has its own.
static const uint32_t shared[SEGMENTS + 1] = {0, 2, 3, 4, 2, 3, 2, 4};
enum { SHARED_DOMAINS = 3 };
static const uint32_t *homes;

static uint32_t threads; // of the engines that are opened
static bool planning;    // the hub of those has plans

static void move_token(dd_domain *domain, const dd_event *event) {
    toy *state = domain->state;
    dd_random4 draw = dd_random(domain->engine->def.seed, domain->index, 1, state->visits++);
    dd_record_make(domain, REC_TOKEN, 1, 0, event->a, domain->index, (int64_t)state->visits, 0);
    dd_record_make(domain, REC_QUIET, 1, 0, 0, 0, 0, 0);
    dd_time delay = pick_delay(draw.v[1]);
    uint32_t number = event->target;
    if (dd_uniform(draw.v[0], 3) > 0) { // it stays
        dd_schedule(domain, domain->now + delay, TOKEN, number, 0, event->a, 0);
        return;
    }
    uint32_t to = DD_HUB_DOMAIN;
    if (domain->index == DD_HUB_DOMAIN) {
        if (!answering) number = 1 + dd_uniform(draw.v[2], SEGMENTS);
        to = dd_engine_domain(domain->engine, number);
    }
    dd_post(domain, to, domain->now + floors[number - 1] + delay, PARCEL, number, 0, event->a,
            &state->visits, sizeof state->visits);
}

static void take_parcel(dd_domain *domain, const dd_event *event) {
    uint64_t visits;
    memcpy(&visits, dd_parcel(domain, event), sizeof visits);
    ((toy *)domain->state)->visits += visits & 1; // what came along has a say
    move_token(domain, event);
}

// The hub speaks to whom it likes, or lets itself be heard about it later (DD_REACH_PLANNED).
static void plan(dd_domain *domain, const dd_event *event) {
    toy *state = domain->state;
    dd_random4 draw = dd_random(domain->engine->def.seed, domain->index, 2, state->visits++);
    uint32_t number = 1 + dd_uniform(draw.v[0], SEGMENTS);
    dd_time delay = pick_delay(draw.v[1]);
    if (draw.v[2] & 1)
        dd_schedule(domain, domain->now + delay, TOKEN, number, 0, event->a, 0);
    else
        dd_post(domain, dd_engine_domain(domain->engine, number),
                domain->now + floors[number - 1] + delay, PARCEL, number, 0, event->a,
                &state->visits, sizeof state->visits);
    if (event->a < 300)
        dd_schedule(domain, domain->now + DD_MILLISECOND + 100 * pick_delay(draw.v[3]), PLAN, 0, 0,
                    event->a + 1, 0);
}

static const dd_event_kind any_kinds[KINDS] = {{"token", move_token, false, DD_REACH_ANY},
                                               {"parcel", take_parcel, true, DD_REACH_ANY},
                                               {"plan", plan, false, DD_REACH_PLANNED}};
static const dd_event_kind answering_kinds[KINDS] = {{"token", move_token, false, DD_REACH_TARGET},
                                                     {"parcel", take_parcel, true, DD_REACH_TARGET},
                                                     {"plan", plan, false, DD_REACH_PLANNED}};
static const dd_record_kind record_kinds[] = {{"token",
                                               "",
                                               DD_TRUTH,
                                               1,
                                               true,
                                               {{"token", DD_FIELD_INTEGER, NULL, NULL},
                                                {"domain", DD_FIELD_INTEGER, NULL, NULL},
                                                {"visits", DD_FIELD_INTEGER, NULL, NULL}}},
                                              {"quiet", "", DD_TRUTH, 0, true, {{0}}}};
static const char *const digest_names[] = {"tokens"};
static const dd_record_schema schema = {record_kinds, 2, digest_names, 1};
static const char *const types[] = {"none", "thing", NULL};

static dd_entities entities;
static dd_calendar calendar = {0, 0};

static dd_engine *open_toy(uint64_t seed) {
    dd_error error;
    if (!entities.all) {
        dd_entities_init(&entities, types, 1, &error);
        dd_entities_add(&entities, 1, "thing");
    }
    dd_engine_def def = {.event_kinds = answering ? answering_kinds : any_kinds,
                         .event_kind_n = KINDS,
                         .schema = &schema,
                         .calendar = &calendar,
                         .entities = &entities,
                         .seed = seed,
                         .segment_n = SEGMENTS,
                         .segment_domain_n = SHARED_DOMAINS,
                         .segment_domain = homes,
                         .hub_reserve = 8 << 20,
                         .segment_reserve = 8 << 20,
                         .thread_n = threads};
    dd_engine *engine = dd_engine_open(&def, &error);
    cr_assert(engine, "%s", error.text);
    for (uint32_t i = DD_HUB_DOMAIN; i < engine->domain_n; i++)
        engine->domains[i].state = dd_arena_take(&engine->domains[i].arena, sizeof(toy));
    for (uint32_t i = 0; i < SEGMENTS; i++) {
        dd_domain *domain = &engine->domains[dd_engine_domain(engine, i + 1)];
        bool least = i < 3 || floors[i] < domain->floor; // segments 1, 2 and 3 come first at homes
        if (!homes || least) dd_engine_floor(engine, domain->index, floors[i]);
        dd_schedule(domain, 0, TOKEN, i + 1, 0, i, 0);
        dd_schedule(domain, 0, TOKEN, i + 1, 0, 100 + i, 0);
    }
    if (planning) dd_schedule(&engine->domains[DD_HUB_DOMAIN], DD_SECOND, PLAN, 0, 0, 200, 0);
    dd_engine_started(engine);
    return engine;
}

static void check_same(dd_engine *a, dd_engine *b) {
    dd_digest x = dd_stream_digest_all(&a->stream), y = dd_stream_digest_all(&b->stream);
    cr_assert_eq(dd_engine_event_count(a), dd_engine_event_count(b));
    cr_assert_eq(x.lane[0], y.lane[0]);
    cr_assert_eq(x.lane[1], y.lane[1]);
}

static const dd_time end = 10 * DD_MINUTE;

static void compare_with_the_total_order(void) {
    for (uint64_t seed = 1; seed <= 20; seed++) {
        dd_engine *fast = open_toy(seed), *slow = open_toy(seed);
        dd_engine_advance(fast, end);
        while (dd_engine_step(slow, end)) {
        }
        cr_assert_gt(dd_engine_event_count(fast), 1000);
        check_same(fast, slow);
        dd_engine_close(fast);
        dd_engine_close(slow);
    }
}

Test(engine, horizons_equal_the_total_order) {
    answering = false;
    compare_with_the_total_order();
}

Test(engine, long_horizons_equal_the_total_order) {
    answering = true;
    compare_with_the_total_order();
}

Test(engine, shared_domains_equal_the_total_order) {
    homes = shared;
    for (int answer = 0; answer < 2; answer++) {
        answering = answer;
        compare_with_the_total_order();
    }
}

// A hub that mostly answers and now and then, by its own plan, speaks to any.
Test(engine, plans_equal_the_total_order) {
    planning = true;
    for (int many = 0; many < 2; many++) {
        homes = many ? shared : NULL;
        answering = true;
        compare_with_the_total_order();
    }
}

Test(engine, slices_change_nothing) {
    dd_engine *whole = open_toy(3), *sliced = open_toy(3);
    dd_engine_advance(whole, end);
    for (dd_time t = 0; t < end; t += 7 * DD_MILLISECOND + 123)
        dd_engine_advance(sliced, t);
    dd_engine_advance(sliced, end);
    cr_assert_eq(sliced->now, end);
    check_same(whole, sliced);
    dd_engine_close(whole);
    dd_engine_close(sliced);
}

Test(engine, another_seed_is_another_run) {
    dd_engine *a = open_toy(1), *b = open_toy(2);
    dd_engine_advance(a, end);
    dd_engine_advance(b, end);
    cr_assert_neq(dd_stream_digest_all(&a->stream).lane[0],
                  dd_stream_digest_all(&b->stream).lane[0]);
    dd_engine_close(a);
    dd_engine_close(b);
}

typedef struct heard {
    dd_record last;
    uint64_t n;
} heard;

static void hear(void *context, const dd_record *record) {
    heard *h = context;
    if (h->n) cr_assert(dd_record_before(&h->last, record), "records come in the stream's order");
    h->last = *record;
    h->n++;
}

Test(engine, records_come_in_order_and_listeners_change_no_digest) {
    dd_engine *told = open_toy(5), *silent = open_toy(5);
    heard h = {.n = 0};
    dd_stream_listen(&told->stream, 1u << REC_TOKEN, hear, &h);
    for (dd_time t = DD_SECOND; t <= end; t += DD_SECOND) {
        dd_engine_advance(told, t);
        dd_stream_flush(&told->stream);
    }
    dd_engine_advance(silent, end);
    check_same(told, silent);
    cr_assert_eq(h.n, dd_engine_event_count(told));
    dd_engine_close(told);
    dd_engine_close(silent);
}

static void fold(void *context, const dd_record *record) {
    uint64_t *hash = context;
    *hash = dd_hash_bytes(record, sizeof *record, *hash);
}

// A hash of every bit of the stream that a run on `n` threads gives, told in unequal slices.
static uint64_t stream_on(uint32_t n, uint64_t seed) {
    uint64_t hash = 0;
    threads = n;
    dd_engine *engine = open_toy(seed);
    dd_stream_listen(&engine->stream, 1u << REC_TOKEN | 1u << REC_QUIET, fold, &hash);
    for (dd_time t = 0; engine->now < 2 * DD_MINUTE; t += t / 2 + DD_MILLISECOND) {
        dd_engine_advance(engine, t);
        dd_stream_flush(&engine->stream);
    }
    cr_assert_gt(dd_engine_event_count(engine), 1000);
    dd_engine_close(engine);
    return hash;
}

Test(engine, any_number_of_threads_gives_the_same_stream) {
    const uint32_t counts[] = {2, 3, 8};
    for (uint64_t seed = 1; seed <= 12; seed++) {
        answering = seed & 1;
        homes = seed & 2 ? shared : NULL;
        planning = seed & 4;
        uint64_t expected = stream_on(1, seed);
        for (size_t i = 0; i < DD_COUNT(counts); i++)
            cr_assert_eq(stream_on(counts[i], seed), expected, "seed %d, %u threads", (int)seed,
                         counts[i]);
    }
}

// State is data: the bytes of all arenas and the plain part of domains and sources are the whole
// state.
Test(engine, a_copy_of_the_bytes_is_a_snapshot) {
    dd_engine *engine = open_toy(9), *straight = open_toy(9);
    dd_engine_advance(engine, 10 * DD_SECOND);
    uint8_t *arenas[DD_FIRST_SEGMENT_DOMAIN + SEGMENTS];
    dd_domain domains[DD_FIRST_SEGMENT_DOMAIN + SEGMENTS];
    dd_stream_source sources[DD_FIRST_SEGMENT_DOMAIN + SEGMENTS];
    dd_turn heap[SEGMENTS];
    uint32_t places[DD_FIRST_SEGMENT_DOMAIN + SEGMENTS];
    dd_ask asks[DD_FIRST_SEGMENT_DOMAIN + SEGMENTS];
    memcpy(domains, engine->domains, sizeof domains);
    memcpy(sources, engine->stream.sources, sizeof sources);
    memcpy(heap, engine->heap, sizeof heap);
    memcpy(places, engine->heap_places, sizeof places);
    memcpy(asks, engine->asks, sizeof asks);
    for (uint32_t i = 0; i < engine->domain_n; i++) {
        arenas[i] = malloc(domains[i].arena.used + 1);
        memcpy(arenas[i], domains[i].arena.base, domains[i].arena.used);
    }
    dd_engine_advance(engine, 30 * DD_SECOND);
    memcpy(engine->domains, domains, sizeof domains);
    memcpy(engine->stream.sources, sources, sizeof sources);
    memcpy(engine->heap, heap, sizeof heap);
    memcpy(engine->heap_places, places, sizeof places);
    memcpy(engine->asks, asks, sizeof asks);
    engine->now = 10 * DD_SECOND;
    for (uint32_t i = 0; i < engine->domain_n; i++) {
        memcpy(domains[i].arena.base, arenas[i], domains[i].arena.used);
        free(arenas[i]);
    }
    dd_engine_advance(engine, end);
    dd_engine_advance(straight, end);
    check_same(engine, straight);
    dd_engine_close(engine);
    dd_engine_close(straight);
}

// An event from outside comes before all others of its moment.
Test(engine, outside_comes_first) {
    dd_engine *engine = open_toy(1);
    dd_engine_inject(engine, DD_FIRST_SEGMENT_DOMAIN, TOKEN, 1, 0, 999, NULL, 0);
    const dd_event *first = dd_queue_peek(&engine->domains[DD_FIRST_SEGMENT_DOMAIN].queue);
    cr_assert_eq(first->a, 999);
    dd_engine_close(engine);
}

// What the hub does about one segment must not lead to messages for another, which may be ahead.
Test(engine, an_event_leads_no_further_than_its_kind_says, .signal = SIGABRT) {
    answering = true;
    dd_domain *hub = &open_toy(1)->domains[DD_HUB_DOMAIN];
    hub->handled = &(dd_event){.kind = TOKEN, .target = 1};
    dd_schedule(hub, 0, TOKEN, 1, 0, 0, 0); // about the same
    dd_schedule(hub, 0, TOKEN, 2, 0, 0, 0);
}

// A plan is nobody's to make but a plan's: segments may be ahead of what it comes to.
Test(engine, an_answer_makes_no_plans, .signal = SIGABRT) {
    answering = true;
    dd_domain *hub = &open_toy(1)->domains[DD_HUB_DOMAIN];
    hub->handled = &(dd_event){.kind = PLAN};
    dd_schedule(hub, 0, PLAN, 0, 0, 0, 0);
    hub->handled = &(dd_event){.kind = TOKEN, .target = 1};
    dd_schedule(hub, 0, PLAN, 0, 0, 0, 0);
}

Test(engine, a_segment_speaks_for_itself, .signal = SIGABRT) {
    answering = true;
    dd_domain *segment = &open_toy(1)->domains[DD_FIRST_SEGMENT_DOMAIN];
    segment->handled = &(dd_event){.kind = TOKEN, .target = 1};
    dd_post(segment, DD_HUB_DOMAIN, DD_SECOND, TOKEN, 2, 0, 0, NULL, 0);
}

// Not whose event is the earliest, but who may be heard first, ends what the hub does alone.
Test(engine, a_short_floor_is_heard_before_an_early_event) {
    dd_engine *engine = open_toy(1);
    for (uint32_t i = 0; i < SEGMENTS; i++)
        dd_engine_floor(engine, DD_FIRST_SEGMENT_DOMAIN + i, DD_MINUTE);
    dd_engine_floor(engine, DD_FIRST_SEGMENT_DOMAIN + 3, DD_MICROSECOND);
    dd_engine_started(engine);
    cr_assert_eq(engine->heap[0].domain, DD_FIRST_SEGMENT_DOMAIN + 3);
    cr_assert_eq(engine->heap[0].heard, DD_MICROSECOND);
    cr_assert_eq(engine->most_floor, DD_MINUTE);
    dd_engine_close(engine);
}
