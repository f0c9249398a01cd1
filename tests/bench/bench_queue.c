// The queue against a plain binary heap, in the hold model: take the earliest event, put one back
// after a random delay, so that the number pending stays. Both go through the same events in turns
// of one round each; the ratio is the median over the rounds, so that a disturbance of the machine
// meets both or is outvoted. Seconds are of processor time, which other programs take less from
// than from the clock's. The cost of drawing delays is in both.
#define _POSIX_C_SOURCE 199309L // clock_gettime
#include "engine/queue.h"
#include "tests/bench/bench.h"
#include "tests/bench/heap.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    ROUNDS = 9,
    HOLDS = 1000000, // a round
    CLASSES = 5,
    PERCENT = 128, // the table of delays has so many entries, drawn alike
};

// The city's delays: uniform between two bounds, so many of PERCENT each.
static const struct {
    int share;
    dd_time least, most;
} CLASS[CLASSES] = {
    {58, 200 * DD_MICROSECOND, 10 * DD_MILLISECOND}, // a hop in the mesh
    {25, 20 * DD_MILLISECOND, 300 * DD_MILLISECOND}, // the backhaul
    {26, DD_SECOND, 10 * DD_SECOND},                 // polls and timeouts
    {16, DD_MINUTE, 15 * DD_MINUTE},                 // reports, alarms, people
    {3, DD_HOUR, 5 * DD_HOUR},                       // schedules, crews
};

// Where delays come from, and the numbers that events are ordered by.
typedef struct source {
    uint64_t random, sequence;
    dd_time least[PERCENT], span[PERCENT];
} source;

// splitmix64 (Steele, Lea, Flood 2014)
static inline uint64_t draw(source *from) {
    uint64_t z = from->random += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static double draw_unit(source *from) {
    return (double)(draw(from) >> 11) * 0x1p-53;
}

static void source_init(source *from) {
    *from = (source){.random = 1};
    for (int i = 0, entry = 0; i < CLASSES; i++)
        for (int j = 0; j < CLASS[i].share; j++, entry++) {
            from->least[entry] = CLASS[i].least;
            from->span[entry] = CLASS[i].most - CLASS[i].least;
        }
}

static inline dd_time draw_delay(source *from) {
    uint64_t bits = draw(from);
    unsigned entry = bits % PERCENT;
    // 19 random bits: with more, four hours of nanoseconds would overflow
    return from->least[entry] + (from->span[entry] * (dd_time)(bits >> 45) >> 19);
}

// The time that an event still has to wait when one looks in upon a city that has long been
// running: long delays are met more often, in proportion to their length, and at any point of it.
static dd_time draw_remaining(source *from) {
    double weight[CLASSES], sum = 0;
    for (int i = 0; i < CLASSES; i++)
        sum += weight[i] = (double)CLASS[i].share * (double)(CLASS[i].least + CLASS[i].most);
    double pick = draw_unit(from) * sum;
    int i = 0;
    while (i < CLASSES - 1 && pick >= weight[i])
        pick -= weight[i++];
    double most = (double)CLASS[i].most, delay;
    do
        delay = (double)CLASS[i].least + draw_unit(from) * (most - (double)CLASS[i].least);
    while (draw_unit(from) * most > delay);
    return (dd_time)(draw_unit(from) * delay);
}

// The two that are compared, with the same events in them.
typedef struct contest {
    dd_arena queue_arena, heap_arena;
    dd_queue queue;
    dd_heap heap;
    source from;
} contest;

static bool contest_init(contest *c, size_t pending, dd_error *error) {
    if (!dd_arena_init(&c->queue_arena, (size_t)1 << 30, error)) return false;
    if (!dd_arena_init(&c->heap_arena, (pending + 1) * sizeof(dd_event) + 64, error)) {
        dd_arena_fini(&c->queue_arena);
        return false;
    }
    dd_queue_init(&c->queue, &c->queue_arena);
    c->heap = (dd_heap){.events = dd_arena_take(&c->heap_arena, pending * sizeof(dd_event))};
    source_init(&c->from);
    for (size_t i = 0; i < pending; i++) {
        dd_event event = {.time = draw_remaining(&c->from), .order = c->from.sequence++};
        dd_queue_push(&c->queue, &event);
        dd_heap_push(&c->heap, &event);
    }
    return true;
}

static void contest_fini(contest *c) {
    dd_arena_fini(&c->queue_arena);
    dd_arena_fini(&c->heap_arena);
}

// A round: seconds taken, and a digest of all that was taken out.
typedef struct result {
    double seconds;
    uint64_t digest;
} result;

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static inline void hold(result *r, dd_event *event, source *from) {
    r->digest = r->digest * 31 + (uint64_t)event->time + event->order;
    event->time += draw_delay(from);
    event->order = from->sequence++;
}

static result round_of_queue(dd_queue *queue, source from) {
    result r = {.seconds = -seconds_now()};
    dd_event event;
    for (int i = 0; i < HOLDS; i++) {
        dd_queue_pop(queue, &event);
        hold(&r, &event, &from);
        dd_queue_push(queue, &event);
    }
    r.seconds += seconds_now();
    return r;
}

static result round_of_heap(dd_heap *heap, source *from) {
    result r = {.seconds = -seconds_now()};
    dd_event event;
    for (int i = 0; i < HOLDS; i++) {
        dd_heap_pop(heap, &event);
        hold(&r, &event, from);
        dd_heap_push(heap, &event);
    }
    r.seconds += seconds_now();
    return r;
}

static int compare(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double median(double values[ROUNDS]) {
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

// Measures one row; false when the two disagree about the order of events.
static bool measure(contest *c, double *queue_rate, double *heap_rate, double *ratio) {
    double queue_rates[ROUNDS], heap_rates[ROUNDS], ratios[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        result queue = round_of_queue(&c->queue, c->from);
        result heap = round_of_heap(&c->heap, &c->from);
        if (queue.digest != heap.digest) return false;
        queue_rates[i] = HOLDS / queue.seconds;
        heap_rates[i] = HOLDS / heap.seconds;
        ratios[i] = heap.seconds / queue.seconds;
    }
    *queue_rate = median(queue_rates);
    *heap_rate = median(heap_rates);
    *ratio = median(ratios);
    return true;
}

static int run_row(size_t pending, json_t *out, bool json) {
    contest c;
    dd_error error;
    if (!contest_init(&c, pending, &error)) {
        fprintf(stderr, "domdom: bench queue: %s\n", error.text);
        return error.status;
    }
    double queue_rate, heap_rate, ratio;
    bool agree = measure(&c, &queue_rate, &heap_rate, &ratio);
    contest_fini(&c);
    if (!agree) {
        fprintf(stderr,
                "domdom: bench queue: at %zu pending the queue and the heap gave different orders; "
                "this is a defect, please report it\n",
                pending);
        return DD_FAILED;
    }
    json_array_append_new(out, json_pack("{s:I, s:f, s:f, s:f}", "pending", (json_int_t)pending,
                                         "events_per_s", queue_rate, "heap_events_per_s", heap_rate,
                                         "ratio", ratio));
    if (!json) {
        printf("%12zu %18.1f %18.1f %7.2f\n", pending, queue_rate / 1e6, heap_rate / 1e6, ratio);
        fflush(stdout);
    }
    return DD_OK;
}

static int run(const dd_bench_options *options, json_t *out) {
    bool json = options->json;
    static const size_t PENDING[] = {100, 1000, 10000, 100000, 1000000};
    if (!json)
        printf("%12s %18s %18s %7s\n", "pending", "queue, M events/s", "heap, M events/s", "ratio");
    int status = DD_OK;
    for (size_t i = 0; i < DD_COUNT(PENDING) && status == DD_OK; i++)
        status = run_row(PENDING[i], out, json);
    return status;
}

const dd_bench dd_bench_queue = {
    .name = "queue",
    .what = "the event queue against a plain binary heap, on the city's mix of delays",
    .run = run,
};
