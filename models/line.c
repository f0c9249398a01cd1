#include "models/line.h"
#include "models/kind.h"
#include "models/segment.h"

static const dd_backhaul_profile *profile_of(const dd_world *world, const dd_line *line) {
    return dd_backhaul_profile_at(&world->backhaul, world->segment_profile[line->segment]);
}

bool dd_line_up(const dd_domain *domain, const dd_line *line) {
    const dd_world *world = dd_world_of(domain);
    if (line->faults) return false;
    uint64_t stable = dd_world_stable(
        world, dd_world_entity(world, DD_ENTITY_SEGMENT, line->segment));
    return !dd_backhaul_outage_at(world->def.seed, stable, profile_of(world, line),
                                  world->def.settings.backhaul_outages, domain->now);
}

// A lost packet is sent again by the session after its time-out, which doubles (RFC 6298).
static dd_time retransmissions(const dd_backhaul_profile *profile, dd_line *line,
                               const uint32_t words[3]) {
    dd_time timeout = DD_SECOND, total = 0;
    for (int i = 0; i < 3 && dd_backhaul_lost(profile, &line->ge_state, words[i]); i++) {
        total += timeout;
        timeout *= 2;
    }
    return total;
}

bool dd_line_send(dd_domain *domain, dd_line *line, uint16_t kind, uint32_t target,
                  const void *payload, size_t size) {
    const dd_world *world = dd_world_of(domain);
    line->sent++;
    if (!dd_line_up(domain, line)) {
        line->lost++;
        return false;
    }
    const dd_backhaul_profile *profile = profile_of(world, line);
    uint64_t stable = dd_world_stable(
        world, dd_world_entity(world, DD_ENTITY_SEGMENT, line->segment));
    dd_random4 draw = dd_random(world->def.seed, stable + line->to_centre, DD_DRAW_LINE, line->sent);
    dd_time arrival = domain->now + dd_backhaul_latency(profile, draw.v[0]) +
                      retransmissions(profile, line, draw.v + 1);
    if (arrival <= line->last_arrival) arrival = line->last_arrival + 1;
    line->last_arrival = arrival;
    uint32_t to = line->to_centre ? DD_HUB_DOMAIN : dd_segment_domain(line->segment);
    dd_post(domain, to, arrival, kind, target, 0, 0, payload, size);
    return true;
}
