#include "engine/queue.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

// A queue and the plainest possible reference beside it: an array searched from end to end.
typedef struct pair {
    dd_arena arena;
    dd_queue queue;
    dd_event *events;
    size_t count, capacity;
    uint64_t random;
    dd_time now;
    uint64_t sequence;
} pair;

static pair *pair_new(uint64_t seed, size_t capacity) {
    pair *p = calloc(1, sizeof *p);
    cr_assert(dd_arena_init(&p->arena, (size_t)64 << 20, NULL));
    // Something before it, so that no handle is right by accident.
    dd_arena_take(&p->arena, 64 * (seed % 3));
    dd_queue_init(&p->queue, &p->arena);
    p->events = calloc(capacity, sizeof *p->events);
    p->capacity = capacity;
    p->random = seed;
    return p;
}

static void pair_free(pair *p) {
    dd_arena_fini(&p->arena);
    free(p->events);
    free(p);
}

// splitmix64
static uint64_t draw(pair *p) {
    uint64_t z = p->random += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static void push(pair *p, dd_time time, uint64_t order) {
    cr_assert_lt(p->count, p->capacity);
    dd_event event = {.time = time,
                      .order = order,
                      .target = (uint32_t)p->sequence,
                      .kind = (uint16_t)(p->sequence % 77),
                      .a = (uint32_t)draw(p)};
    p->sequence++;
    p->events[p->count++] = event;
    dd_queue_push(&p->queue, &event);
    cr_assert_eq(dd_queue_size(&p->queue), p->count);
}

// Takes from both and compares all of the event.
static void pop(pair *p) {
    size_t first = 0;
    for (size_t i = 1; i < p->count; i++)
        if (dd_event_before(&p->events[i], &p->events[first])) first = i;
    dd_event expected = p->events[first], event;
    p->events[first] = p->events[--p->count];
    cr_assert_eq(dd_queue_next_time(&p->queue), expected.time);
    const dd_event *peeked = dd_queue_peek(&p->queue);
    cr_assert(peeked && memcmp(peeked, &expected, sizeof expected) == 0, "peek: wrong event");
    cr_assert(dd_queue_pop(&p->queue, &event));
    cr_assert(memcmp(&event, &expected, sizeof event) == 0,
              "popped (%lld, %llx), expected (%lld, %llx)", (long long)event.time,
              (unsigned long long)event.order, (long long)expected.time,
              (unsigned long long)expected.order);
    cr_assert_eq(dd_queue_size(&p->queue), p->count);
    p->now = event.time;
}

static void assert_empty(pair *p) {
    dd_event event;
    cr_assert_eq(dd_queue_size(&p->queue), 0);
    cr_assert_null(dd_queue_peek(&p->queue));
    cr_assert_eq(dd_queue_next_time(&p->queue), DD_NEVER);
    cr_assert_not(dd_queue_pop(&p->queue, &event));
}

static void drain(pair *p) {
    while (p->count)
        pop(p);
    assert_empty(p);
}

// ---- delays

enum { MIXES = 7 };

static dd_time delay(pair *p, int mix) {
    uint64_t r = draw(p), percent = draw(p) % 100;
    switch (mix) {
    case 0: // the city
        if (percent < 45) return (dd_time)(r % (10 * DD_MILLISECOND));
        if (percent < 65) return (dd_time)(r % (300 * DD_MILLISECOND));
        if (percent < 85) return (dd_time)(r % (10 * DD_SECOND));
        return (dd_time)(r % (percent < 98 ? 15 * DD_MINUTE : 5 * DD_HOUR));
    case 1:
        return (dd_time)(r % 3); // crowds
    case 2:
        return 15 * DD_MINUTE; // one constant delay
    case 3:
        return (dd_time)(r % DD_SECOND); // uniform
    case 4:
        return (dd_time)(r >> (1 + r % 63)) / 4; // every magnitude
    case 5:
        return percent < 97 ? 0 : DD_HOUR; // bursts at one moment
    default:
        return percent < 50 ? DD_DAY : (dd_time)(r % DD_MICROSECOND);
    }
}

// Unique, neither rising nor falling: domains take turns, and only some number from near 0.
static uint64_t order(pair *p) {
    uint64_t r = draw(p);
    return DD_ORDER(r % 3 ? r % 50 : 0, (r & 64 ? p->sequence : 0xFFFFFFFFu - p->sequence));
}

static void push_some(pair *p, int mix, size_t count) {
    for (size_t i = 0; i < count; i++) {
        dd_time d = delay(p, mix);
        push(p, d < DD_NEVER - p->now ? p->now + d : p->now, order(p));
    }
}

// ---- tests

Test(queue, is_empty_when_new) {
    pair *p = pair_new(1, 1);
    assert_empty(p);
    cr_assert_lt(p->arena.used, 4096, "an empty queue takes %zu bytes", p->arena.used);
    pair_free(p);
}

Test(queue, gives_the_order_of_a_reference) {
    for (uint64_t seed = 0; seed < 210; seed++) {
        int mix = seed % MIXES;
        pair *p = pair_new(seed, 2000);
        push_some(p, mix, 1 + draw(p) % 300);
        for (int step = 0; step < 300; step++) {
            uint64_t r = draw(p) % 100;
            if (r < 45)
                push_some(p, mix, 1);
            else if (r < 48)
                push_some(p, (int)(draw(p) % MIXES), draw(p) % 40);
            else if (p->count)
                pop(p);
        }
        drain(p);
        push_some(p, mix, 100); // and again, from where the clock now stands
        drain(p);
        pair_free(p);
    }
}

// A push at the current moment comes next even if its order is before that of the last one taken.
Test(queue, lets_the_current_moment_grow) {
    for (uint64_t seed = 0; seed < 20; seed++) {
        pair *p = pair_new(seed, 1000);
        for (uint64_t i = 0; i < 300; i++)
            push(p, DD_SECOND, DD_ORDER(100, i));
        push(p, DD_HOUR, 0);
        for (uint64_t i = 0; i < 200; i++) {
            pop(p);
            if (draw(p) % 2) push(p, DD_SECOND, DD_ORDER(draw(p) % 100, i));
        }
        drain(p);
        pair_free(p);
    }
}

// What is pushed before a bucket that is already opened, in numbers that fill the heap.
Test(queue, takes_late_comers) {
    for (uint64_t seed = 0; seed < 10; seed++) {
        pair *p = pair_new(seed, 2000);
        for (uint64_t i = 0; i < 200; i++)
            push(p, DD_HOUR + (dd_time)(draw(p) % DD_SECOND), DD_ORDER(1, i));
        for (uint64_t i = 0; i < 100; i++)
            pop(p);
        for (uint64_t i = 0; i < 500; i++)
            push(p, (dd_time)(draw(p) % (DD_HOUR + DD_SECOND)), DD_ORDER(2, i));
        for (uint64_t i = 0; i < 100; i++)
            pop(p);
        for (uint64_t i = 0; i < 50; i++)
            push(p, (dd_time)(draw(p) % DD_HOUR), DD_ORDER(3, i));
        cr_assert_gt(p->queue.heap_capacity, 64);
        drain(p);
        pair_free(p);
    }
}

Test(queue, takes_any_key) {
    const dd_time times[] = {INT64_MIN, INT64_MIN + 1, -DD_DAY, -1, 0, 1, DD_NEVER - 1, DD_NEVER};
    const uint64_t orders[] = {0, 1, 15, 16, UINT64_MAX - 1, UINT64_MAX};
    for (size_t copies = 1; copies <= 4; copies++) {
        pair *p = pair_new(copies, 1000);
        for (size_t i = 0; i < DD_COUNT(times); i++)
            for (size_t j = 0; j < DD_COUNT(orders); j++)
                push(p, times[DD_COUNT(times) - 1 - i], orders[j]);
        for (size_t i = 0; copies > 1 && i < 200 * copies; i++)
            push(p, (dd_time)draw(p), draw(p));
        drain(p);
        pair_free(p);
    }
}

// Large queues are compared with a sorted array: searching for each event would take too long.
static int compare(const void *x, const void *y) {
    return dd_event_before(x, y) ? -1 : dd_event_before(y, x);
}

Test(queue, grows_and_uses_its_storage_again) {
    enum { COUNT = 30000 };
    for (int mix = 0; mix < MIXES; mix++) {
        pair *p = pair_new(9, COUNT);
        size_t first = 0;
        for (int round = 0; round < 3; round++) {
            push_some(p, mix, COUNT);
            qsort(p->events, COUNT, sizeof *p->events, compare);
            for (size_t i = 0; i < COUNT; i++) {
                dd_event event;
                cr_assert(dd_queue_pop(&p->queue, &event));
                cr_assert(memcmp(&event, &p->events[i], sizeof event) == 0, "mix %d, %zu", mix, i);
                p->now = event.time;
            }
            p->count = 0;
            assert_empty(p);
            if (round == 0) first = p->arena.used;
        }
        cr_assert_lt(first, COUNT * 48 + 65536, "mix %d took %zu bytes", mix, first);
        cr_assert_lt(p->arena.used, first + first / 4, "mix %d: %zu, then %zu bytes", mix, first,
                     p->arena.used);
        pair_free(p);
    }
}

Test(queue, is_restored_from_a_copy) {
    for (uint64_t seed = 0; seed < 28; seed++) {
        pair *p = pair_new(seed, 3000);
        push_some(p, seed % MIXES, 400);
        for (int i = 0; i < 150; i++)
            pop(p);
        push_some(p, seed % MIXES, 200);

        size_t used = p->arena.used;
        uint8_t *bytes = malloc(used);
        memcpy(bytes, p->arena.base, used);
        pair saved = *p;
        dd_event *events = malloc(3000 * sizeof *events);
        memcpy(events, p->events, p->count * sizeof *events);

        // Another future, which writes over all that it can.
        push_some(p, 6, 300);
        drain(p);
        push_some(p, 0, 1000);

        // Elsewhere: what lies in the arena holds no address.
        dd_arena arena;
        cr_assert(dd_arena_init(&arena, (size_t)64 << 20, NULL));
        memcpy(arena.base, bytes, used);
        arena.used = used;
        pair q = saved;
        q.arena = arena;
        q.queue.arena = &q.arena;
        q.events = events;
        push_some(&q, seed % MIXES, 300);
        drain(&q);

        dd_arena_fini(&q.arena);
        free(events);
        free(bytes);
        pair_free(p);
    }
}
