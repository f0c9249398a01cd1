#include "models/hazard.h"
#include "engine/random.h"
#include "models/action/fault.h"
#include "models/kind.h"

#include <math.h>
#include <stdlib.h>

// Time is cut into windows, from the hazard's beginning on. In each of them a member's strikes are
// drawn afresh, one waiting time after the other, until the window is over: exact, because such a
// process has no memory, and nothing need be kept for a member.
typedef struct hazard {
    dd_time from, until;
    uint64_t key; // of its draws: fault, and how many of that fault there were before it
    double mean_ms;
    int64_t window_ms;
    int64_t repair_ms; // mean; 0: never
    uint32_t rare;     // words above make a wait longer than the window
    dd_fault_kind fault;
    uint32_t *members;      // by segment, then by entity
    uint32_t *first_member; // by segment, up to one past the last
} hazard;

struct dd_hazards {
    uint32_t n; // [1 .. n]
    hazard all[DD_HAZARDS_MAX];
};

// --- When a member is struck ---

enum { FAULT_SHIFT = 55, NTH_SHIFT = 47, WINDOW_SHIFT = 16, STRIKES_MAX = 1 << 16 };
#define REPAIR_KEY (1ull << 63)

static int64_t exponential_ms(uint32_t word, double mean_ms) {
    return (int64_t)lrint(-mean_ms * log1p(-(word + 0.5) / 4294967296.0));
}

typedef struct strike {
    int64_t ms; // from the hazard's beginning; INT64_MAX: none
    uint32_t entity;
} strike;

static bool before(strike x, strike y) {
    return x.ms != y.ms ? x.ms < y.ms : x.entity < y.entity;
}

// The first strike of a member in a window that comes after another.
static strike first_in_window(const dd_world *world, const hazard *it, uint32_t entity,
                              int64_t window, strike after) {
    uint64_t stable = dd_world_stable(world, entity);
    int64_t ms = 0;
    for (uint64_t k = 0; k < STRIKES_MAX; k++) {
        uint64_t counter = it->key | (uint64_t)window << WINDOW_SHIFT | k;
        uint32_t word = dd_random(world->def.seed, stable, DD_DRAW_HAZARD, counter).v[0];
        if (word > it->rare) break;
        ms += exponential_ms(word, it->mean_ms);
        if (ms >= it->window_ms) break;
        strike found = {window * it->window_ms + ms, entity};
        if (before(after, found)) return found;
    }
    return (strike){INT64_MAX, 0};
}

void dd_hazard_plan(dd_domain *domain, const dd_segment_state *segment, uint32_t number,
                    uint32_t last) {
    enum { WINDOWS_AHEAD = 8 };
    const dd_world *world = dd_world_of(domain);
    const hazard *it = &world->hazards->all[number];
    strike after = {(domain->now - it->from) / DD_MILLISECOND, last};
    strike next = {INT64_MAX, 0};
    int64_t window = after.ms / it->window_ms, end = window + WINDOWS_AHEAD;
    for (; window < end && !next.entity; window++)
        for (uint32_t m = it->first_member[segment->segment];
             m < it->first_member[segment->segment + 1]; m++) {
            strike found = first_in_window(world, it, it->members[m], window, after);
            if (before(found, next)) next = found;
        }
    int64_t ms = next.entity ? next.ms : end * it->window_ms;
    dd_schedule(domain, it->from + ms * DD_MILLISECOND, DD_KIND_HAZARD, segment->station,
                (uint16_t)number, next.entity ? DD_HAZARD_STRIKE : DD_HAZARD_LOOK, next.entity);
}

void dd_hazard_plan_repair(dd_domain *domain, const dd_segment_state *segment, uint32_t number,
                           uint32_t entity) {
    const dd_world *world = dd_world_of(domain);
    const hazard *it = &world->hazards->all[number];
    if (!it->repair_ms) return;
    uint64_t counter = REPAIR_KEY | it->key | (uint64_t)((domain->now - it->from) / DD_MILLISECOND);
    dd_random4 draw =
        dd_random(world->def.seed, dd_world_stable(world, entity), DD_DRAW_HAZARD, counter);
    int64_t ms = exponential_ms(draw.v[0], (double)it->repair_ms);
    dd_schedule(domain, domain->now + ms * DD_MILLISECOND, DD_KIND_HAZARD, segment->station,
                (uint16_t)number, DD_HAZARD_REPAIR, entity);
}

bool dd_hazard_active(const dd_domain *domain, uint32_t number) {
    return domain->now < dd_world_of(domain)->hazards->all[number].until;
}

dd_fault_kind dd_hazard_fault(const dd_world *world, uint32_t number) {
    return world->hazards->all[number].fault;
}

// --- Beginning and ending ---

static bool check(const dd_world *world, const dd_hazard_def *def, dd_error *error) {
    if (def->fault == DD_FAULT_JAMMER)
        return dd_fail(error, DD_WRONG, "a jammer cannot strike by chance; set it up instead");
    if (!dd_setting_in_range("a hazard's rate", def->per_1000_h, 1e-9, 1e5, "per 1,000 h", error) ||
        !dd_setting_in_range("a hazard's mean time to repair", def->repair_h, 0, 1e6, "h", error))
        return false;
    for (uint32_t i = 0; i < def->entity_n; i++)
        if (!dd_fault_fits(world, def->entities[i], def->fault, error)) return false;
    return def->entity_n || dd_fail(error, DD_WRONG, "a hazard needs somebody whom it can strike");
}

// Lists the members, each once.
static bool list_members(const dd_world *world, const dd_hazard_def *def, hazard *it) {
    uint32_t segment_n = world->city->segment_n;
    bool *marks = calloc(world->entities.n, sizeof *marks);
    uint32_t *next = calloc(segment_n + 1, sizeof *next);
    it->members = calloc(def->entity_n, sizeof *it->members);
    it->first_member = calloc(segment_n + 1, sizeof *it->first_member);
    bool good = marks && next && it->members && it->first_member;
    for (uint32_t i = 0; good && i < def->entity_n; i++)
        if (!marks[def->entities[i]]) {
            marks[def->entities[i]] = true;
            it->first_member[dd_fault_segment(world, def->entities[i]) + 1]++;
        }
    for (uint32_t s = 1; good && s <= segment_n; s++)
        next[s] = it->first_member[s] += it->first_member[s - 1];
    for (uint32_t entity = 1; good && entity < world->entities.n; entity++)
        if (marks[entity]) it->members[next[dd_fault_segment(world, entity)]++] = entity;
    free(marks);
    free(next);
    return good;
}

static uint64_t key_of(const struct dd_hazards *hazards, dd_fault_kind fault) {
    uint64_t nth = 0;
    for (uint32_t i = 1; i <= hazards->n; i++)
        nth += hazards->all[i].fault == fault;
    return (uint64_t)fault << FAULT_SHIFT | nth << NTH_SHIFT;
}

// Windows in which one member in 32 is struck, so that few draws are made for nothing and few
// members are looked at twice; between a minute and two months.
static void set_rate(hazard *it, const dd_hazard_def *def) {
    const double hour_ms = 3.6e6, shortest_ms = 6e4, longest_ms = 60 * 24 * hour_ms;
    it->mean_ms = 1000 / def->per_1000_h * hour_ms;
    it->window_ms = (int64_t)lrint(fmax(shortest_ms, fmin(it->mean_ms / 32, longest_ms)));
    double struck = -expm1(-(double)(it->window_ms + 1) / it->mean_ms);
    it->rare = (uint32_t)fmin(UINT32_MAX, ceil(struck * 4294967296.0));
    it->repair_ms = (int64_t)lrint(def->repair_h * hour_ms);
}

uint32_t dd_hazard_add(dd_world *world, const dd_hazard_def *def, dd_error *error) {
    if (!check(world, def, error)) return 0;
    if (!world->hazards) world->hazards = calloc(1, sizeof *world->hazards);
    struct dd_hazards *hazards = world->hazards;
    if (!hazards || hazards->n + 1 == DD_HAZARDS_MAX) {
        dd_fail(error, DD_WRONG, "there is room for %d hazards", DD_HAZARDS_MAX - 1);
        return 0;
    }
    hazard it = {.from = world->engine->now,
                 .until = DD_NEVER,
                 .key = key_of(hazards, def->fault),
                 .fault = def->fault};
    set_rate(&it, def);
    if (!list_members(world, def, &it)) {
        free(it.members);
        free(it.first_member);
        dd_fail(error, DD_OUTSIDE, "no memory for a hazard of %u members", def->entity_n);
        return 0;
    }
    hazards->all[++hazards->n] = it;
    for (uint32_t s = 1; s < world->city->segment_n; s++)
        if (it.first_member[s] < it.first_member[s + 1])
            dd_engine_inject(world->engine, dd_world_domain(world, s), DD_KIND_HAZARD,
                             world->station[s], (uint16_t)hazards->n, DD_HAZARD_LOOK, NULL, 0);
    return hazards->n;
}

void dd_hazard_end(dd_world *world, uint32_t number) {
    hazard *it = &world->hazards->all[number];
    if (world->engine->now < it->until) it->until = world->engine->now;
}

void dd_hazards_fini(dd_world *world) {
    for (uint32_t i = 1; world->hazards && i <= world->hazards->n; i++) {
        free(world->hazards->all[i].members);
        free(world->hazards->all[i].first_member);
    }
    free(world->hazards);
}
