#include "hil/wire/bad_wire.h"

#include "engine/random.h"
#include "hil/wire/wall.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TO_BOARD, FROM_BOARD, STALLS };      // what a draw is for
enum { PIECE_MAX = 2 * DD_FRAME_WIRE_MAX }; // what has no end by then passes as it is

typedef void pass_function(void *context, const uint8_t *octets, size_t n);

// Octets that are held back.
typedef struct dd_held {
    struct dd_held *next;
    int64_t due_ns;
    size_t n;
    uint8_t octets[];
} dd_held;

typedef struct dd_way {
    uint64_t frame_n; // that have begun on it, the one under way included
    uint8_t frame[PIECE_MAX];
    size_t n;
    dd_held *first, **last;
    int64_t due_ns; // of the last one that was held back
    pass_function *pass;
    void *pass_context;
} dd_way;

struct dd_bad_wire {
    dd_bad_wire_def def;
    dd_bad_wire_counts counts;
    dd_way ways[2];
    int64_t stall_from_ns, stall_to_ns; // the present stall, or the next one
    uint64_t stall_n;
};

// --- Opening ---

static dd_random4 draw(const dd_bad_wire *wire, uint32_t purpose, uint64_t counter) {
    return dd_random(wire->def.seed, wire->def.stable, purpose, counter);
}

static void plan_stall(dd_bad_wire *wire, int64_t after_ns) {
    wire->stall_from_ns = wire->stall_to_ns = INT64_MAX;
    if (wire->def.stall_every_s <= 0 || wire->def.stall_s <= 0) return;
    uint32_t word = draw(wire, STALLS, wire->stall_n++).v[0];
    wire->stall_from_ns =
        after_ns + dd_exponential(word, (int64_t)llround(wire->def.stall_every_s * 1e9));
    wire->stall_to_ns = wire->stall_from_ns + (int64_t)llround(wire->def.stall_s * 1e9);
}

dd_bad_wire *dd_bad_wire_open(const dd_bad_wire_def *def) {
    dd_bad_wire *wire = calloc(1, sizeof *wire);
    if (!wire) return NULL;
    for (int i = 0; i < 2; i++)
        wire->ways[i].last = &wire->ways[i].first;
    dd_bad_wire_set(wire, def);
    return wire;
}

void dd_bad_wire_close(dd_bad_wire *wire) {
    if (!wire) return;
    for (int i = 0; i < 2; i++)
        for (dd_held *it = wire->ways[i].first, *next; it; it = next) {
            next = it->next;
            free(it);
        }
    free(wire);
}

void dd_bad_wire_set(dd_bad_wire *wire, const dd_bad_wire_def *def) {
    wire->def = *def;
    plan_stall(wire, dd_wall_ns());
}

bool dd_bad_wire_check(const dd_bad_wire_def *def, dd_error *error) {
    const double chances[] = {def->drop, def->corrupt, def->duplicate, def->truncate};
    const double times[] = {def->delay_ms, def->delay_jitter_ms, def->stall_every_s, def->stall_s};
    double sum = 0;
    for (size_t i = 0; i < DD_COUNT(chances); i++) {
        if (!(chances[i] >= 0 && chances[i] <= 1))
            return dd_fail(error, DD_WRONG, "a wire's chances lie between 0 and 1, not %g",
                           chances[i]);
        sum += chances[i];
    }
    if (sum > 1 + 1e-9)
        return dd_fail(error, DD_WRONG,
                       "drop, corrupt, duplicate and truncate are fates of one frame: together at "
                       "most 1, not %g",
                       sum);
    for (size_t i = 0; i < DD_COUNT(times); i++)
        if (!(times[i] >= 0 && times[i] < 1e6))
            return dd_fail(error, DD_WRONG, "a wire's times are 0 or more, not %g", times[i]);
    if (def->stall_every_s + def->stall_s < 0.001 && def->stall_every_s > 0 && def->stall_s > 0)
        return dd_fail(error, DD_WRONG, "a wire cannot stall more than 1,000 times a second");
    return true;
}

const dd_bad_wire_counts *dd_bad_wire_counts_of(const dd_bad_wire *wire) {
    return &wire->counts;
}

// --- Time ---

// When something passes that is to do so at a moment: not within a stall.
static int64_t after_stalls(dd_bad_wire *wire, int64_t now_ns, int64_t due_ns) {
    while (now_ns >= wire->stall_to_ns)
        plan_stall(wire, wire->stall_to_ns);
    if (due_ns < wire->stall_from_ns || due_ns >= wire->stall_to_ns) return due_ns;
    wire->counts.stalled++;
    return wire->stall_to_ns;
}

static void pass_on(dd_bad_wire *wire, dd_way *way, int64_t now_ns, int64_t delay_ns,
                    const uint8_t *octets, size_t n) {
    int64_t due_ns = after_stalls(wire, now_ns, now_ns + delay_ns);
    if (due_ns < way->due_ns) due_ns = way->due_ns; // it stands behind those before it
    if (due_ns <= now_ns && !way->first) {
        way->pass(way->pass_context, octets, n);
        return;
    }
    dd_held *it = malloc(sizeof *it + n);
    if (!it) return; // lost, as on a bad wire
    *it = (dd_held){.due_ns = due_ns, .n = n};
    memcpy(it->octets, octets, n);
    way->due_ns = due_ns;
    *way->last = it;
    way->last = &it->next;
}

static void pass_held(dd_way *way, int64_t now_ns) {
    while (way->first && way->first->due_ns <= now_ns) {
        dd_held *it = way->first;
        way->first = it->next;
        if (!way->first) way->last = &way->first;
        way->pass(way->pass_context, it->octets, it->n);
        free(it);
    }
}

static int64_t due(const void *context) {
    const dd_bad_wire *wire = context;
    int64_t first_ns = INT64_MAX;
    for (int i = 0; i < 2; i++) {
        const dd_held *it = wire->ways[i].first;
        if (it && it->due_ns < first_ns) first_ns = it->due_ns;
    }
    return first_ns;
}

static void pass_time(void *context, int64_t now_ns) {
    dd_bad_wire *wire = context;
    for (int i = 0; i < 2; i++)
        pass_held(&wire->ways[i], now_ns);
}

// --- Fates ---

// Whether the drawn share, less what came before it, falls into this chance.
static bool falls(double *share, double chance) {
    bool in = *share < chance;
    *share -= chance;
    return in;
}

// Another value in one of its octets.
static void spoil(dd_way *way, dd_random4 luck) {
    size_t at = dd_uniform(luck.v[1], (uint32_t)way->n);
    way->frame[at] ^= (uint8_t)(1 + dd_uniform(luck.v[2], 255));
}

// One whole frame has come, its delimiter included: what becomes of it. One that is cut off loses
// its end, delimiter and all: the next one begins in its midst.
static void decide(dd_bad_wire *wire, int which, int64_t now_ns) {
    dd_way *way = &wire->ways[which];
    dd_random4 luck = draw(wire, (uint32_t)which, way->frame_n++);
    double share = luck.v[0] / 4294967296.0;
    int64_t jitter_ns =
        (int64_t)llround(wire->def.delay_jitter_ms * 1e6 * luck.v[3] / 4294967296.0);
    int64_t delay_ns = (int64_t)llround(wire->def.delay_ms * 1e6) + jitter_ns;
    int times = 1;
    wire->counts.frames++;
    if (falls(&share, wire->def.drop)) {
        wire->counts.dropped++;
        times = 0;
    } else if (falls(&share, wire->def.corrupt)) {
        wire->counts.corrupted++;
        spoil(way, luck);
    } else if (falls(&share, wire->def.duplicate)) {
        wire->counts.duplicated++;
        times = 2;
    } else if (falls(&share, wire->def.truncate)) {
        wire->counts.truncated++;
        way->n = dd_uniform(luck.v[1], (uint32_t)way->n);
    }
    for (; times > 0 && way->n > 0; times--)
        pass_on(wire, way, now_ns, delay_ns, way->frame, way->n);
    way->n = 0;
}

static void filter(void *context, bool sent, const uint8_t *octets, size_t n, pass_function *pass,
                   void *pass_context) {
    dd_bad_wire *wire = context;
    int which = sent ? TO_BOARD : FROM_BOARD;
    dd_way *way = &wire->ways[which];
    int64_t now_ns = dd_wall_ns();
    way->pass = pass;
    way->pass_context = pass_context;
    for (size_t i = 0; i < n; i++) {
        way->frame[way->n++] = octets[i];
        if (octets[i] == 0 || way->n == PIECE_MAX) decide(wire, which, now_ns);
    }
}

dd_wire_filter dd_bad_wire_filter(dd_bad_wire *wire) {
    return (dd_wire_filter){.context = wire, .filter = filter, .due = due, .time = pass_time};
}
