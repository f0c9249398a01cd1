#include "models/backhaul/line.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/world.h"

#include <string.h>

enum { RESENDS = 3 }; // of a packet at the most: one random word each, beside the delay's

static uint64_t stable_of(const dd_world *world, uint32_t segment) {
    return dd_world_stable(world, dd_world_entity(world, DD_ENTITY_SEGMENT, segment));
}

static const dd_backhaul_profile *profile_of(const dd_world *world, uint32_t segment) {
    return &world->profiles[world->segment_profile[segment]];
}

// --- What takes a line down ---

uint32_t dd_line_operator(const dd_world *world, uint32_t segment) {
    enum { FIXED = 1, MOBILE_A, MOBILE_B };
    if (strcmp(profile_of(world, segment)->def.name, "fibre") == 0) return FIXED;
    uint64_t lot = dd_mix(stable_of(world, segment)) % 100;
    return lot < (uint64_t)world->def.settings.backhaul_mobile_a ? MOBILE_A : MOBILE_B;
}

// The entity that a part of a segment's line is.
static uint32_t entity_of(const dd_world *world, uint32_t segment, dd_line_part part) {
    switch (part) {
    case DD_LINE_OPERATOR:
        return dd_world_entity(world, DD_ENTITY_OPERATOR, dd_line_operator(world, segment));
    case DD_LINE_AREA:
        return dd_world_entity(world, DD_ENTITY_WARD, world->city->segments[segment].ward);
    case DD_LINE_CENTRE:
        return dd_world_entity(world, DD_ENTITY_CITY, 1);
    default:
        return dd_world_entity(world, DD_ENTITY_SEGMENT, segment);
    }
}

bool dd_line_part_of(const dd_world *world, uint32_t segment, uint32_t entity, dd_line_part *part) {
    for (int i = 0; i < DD_LINE_PARTS; i++) {
        *part = (dd_line_part)i;
        if (entity_of(world, segment, *part) == entity) return true;
    }
    return false;
}

void dd_line_fault(const dd_world *world, dd_line *line, uint32_t entity, bool fails) {
    dd_line_part part;
    if (!dd_line_part_of(world, line->segment, entity, &part)) return;
    uint8_t bit = (uint8_t)(1u << part);
    line->faults = (uint8_t)(fails ? line->faults | bit : line->faults & ~bit);
}

bool dd_line_failed(const dd_world *world, const dd_line *line, uint32_t entity) {
    dd_line_part part;
    return dd_line_part_of(world, line->segment, entity, &part) && line->faults >> part & 1;
}

dd_outage_source dd_line_source(const dd_world *world, uint32_t segment, dd_line_part part) {
    const dd_settings *settings = &world->def.settings;
    const dd_backhaul_def *def = &profile_of(world, segment)->def;
    const double mtbf_h[DD_LINE_PARTS] = {def->mtbf_h, settings->backhaul_operator_mtbf_h,
                                          settings->backhaul_area_mtbf_h,
                                          settings->centre_line_mtbf_h};
    const double mttr_min[DD_LINE_PARTS] = {def->mttr_min, settings->backhaul_operator_mttr_min,
                                            settings->backhaul_area_mttr_min,
                                            settings->centre_line_mttr_min};
    bool nowhere = part == DD_LINE_AREA && !world->city->segments[segment].ward;
    return (dd_outage_source){
        .seed = world->def.seed,
        .stable = dd_world_stable(world, entity_of(world, segment, part)),
        .purpose = part == DD_LINE_ITSELF ? DD_DRAW_OUTAGE : DD_DRAW_LINE_FAILURE,
        .mtbf_h = (uint32_t)mtbf_h[part],
        .mttr_min = (uint32_t)mttr_min[part],
        .rate_pm = nowhere ? 0 : (uint32_t)(settings->backhaul_outages * 1000)};
}

// Looks at the sources again only when one of them may have begun to fail.
static bool well(const dd_domain *domain, dd_line *line) {
    if (domain->now < line->well_until) return true;
    line->well_until = DD_NEVER;
    for (int part = 0; part < DD_LINE_PARTS; part++) {
        dd_outage_source source =
            dd_line_source(dd_world_of(domain), line->segment, (dd_line_part)part);
        dd_time until = dd_outage_free_until(&source, domain->now);
        if (until < line->well_until) line->well_until = until;
    }
    return domain->now < line->well_until;
}

bool dd_line_up(const dd_domain *domain, dd_line *line) {
    return !line->faults && well(domain, line);
}

// --- Messages ---

uint32_t dd_line_octets(const dd_world *world, size_t n) {
    return (uint32_t)n + (uint32_t)world->def.settings.backhaul_overhead_b;
}

// A lost packet is sent again by the session after its time-out, which doubles (RFC 6298).
static dd_time retransmissions(const dd_backhaul_profile *profile, dd_line *line,
                               const uint32_t words[RESENDS]) {
    dd_time timeout = DD_SECOND, total = 0;
    for (int i = 0; i < RESENDS && dd_backhaul_lost(profile, &line->ge_state, words[i]); i++) {
        total += timeout;
        timeout *= 2;
    }
    return total;
}

// When the last octet of `octets` that come to the line at `from` has gone into it; DD_NEVER when
// the queue before it has no room.
static dd_time queue(const dd_world *world, const dd_backhaul_def *def, dd_line *line, dd_time from,
                     uint32_t octets) {
    dd_time begins = line->free_at > from ? line->free_at : from;
    dd_time room =
        (dd_time)(world->def.settings.backhaul_queue_kib * 1024) * DD_SECOND / def->bytes_per_s;
    if (begins - from > room) return DD_NEVER;
    line->free_at = begins + octets * DD_SECOND / def->bytes_per_s;
    return line->free_at;
}

bool dd_line_send(dd_domain *domain, dd_line *line, dd_time after, uint16_t kind, uint32_t target,
                  const uint8_t *octets, size_t n) {
    const dd_world *world = dd_world_of(domain);
    const dd_backhaul_profile *profile = profile_of(world, line->segment);
    dd_time from = domain->now + after, silent = line->sent++ ? from - line->last_sent : DD_NEVER;
    line->last_sent = from;
    if (!dd_line_up(domain, line)) {
        line->counts.lost++;
        return false;
    }
    if (silent >= profile->def.idle_after) line->awake_at = from + profile->def.promotion;
    if (from < line->awake_at) from = line->awake_at;
    dd_time gone = queue(world, &profile->def, line, from, dd_line_octets(world, n));
    if (gone == DD_NEVER) {
        line->counts.overflowed++;
        return true;
    }
    line->counts.messages++;
    line->counts.octets += dd_line_octets(world, n);
    dd_random4 draw = dd_random(world->def.seed, stable_of(world, line->segment) + line->to_centre,
                                DD_DRAW_LINE, line->sent);
    dd_time arrival =
        gone + dd_backhaul_latency(profile, draw.v[0]) + retransmissions(profile, line, draw.v + 1);
    if (arrival <= line->last_arrival) arrival = line->last_arrival + 1;
    line->last_arrival = arrival;
    uint32_t to = line->to_centre ? DD_HUB_DOMAIN : dd_world_domain(world, line->segment);
    dd_post(domain, to, arrival, kind, target, 0, (uint32_t)n, octets, n);
    return true;
}

bool dd_line_take(const dd_domain *domain, dd_line *line, size_t n) {
    if (!dd_line_up(domain, line)) {
        line->arrived.lost++;
        return false;
    }
    line->arrived.messages++;
    line->arrived.octets += dd_line_octets(dd_world_of(domain), n);
    return true;
}

int64_t dd_line_cost(const dd_world *world, uint32_t segment, dd_time now, uint64_t octets) {
    const dd_backhaul_def *def = &profile_of(world, segment)->def;
    const int64_t month_s = 30 * (DD_DAY / DD_SECOND);
    return (int64_t)(octets / 1000 * def->vnd_per_mb + octets % 1000 * def->vnd_per_mb / 1000) +
           now / DD_SECOND * def->vnd_per_month * 1000 / month_s;
}
