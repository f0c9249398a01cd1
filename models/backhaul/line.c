#include "models/backhaul/line.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/world.h"

enum { RESENDS = 3 }; // of a packet at the most: one random word each, beside the delay's

static uint64_t stable_of(const dd_world *world, uint32_t segment) {
    return dd_world_stable(world, dd_world_entity(world, DD_ENTITY_SEGMENT, segment));
}

static const dd_backhaul_profile *profile_of(const dd_world *world, uint32_t segment) {
    return &world->profiles[world->segment_profile[segment]];
}

dd_outage dd_line_outage(const dd_world *world, uint32_t segment, int64_t day) {
    return dd_backhaul_outage_of_day(profile_of(world, segment), dd_line_identity(world, segment),
                                     day);
}

dd_backhaul_line dd_line_identity(const dd_world *world, uint32_t segment) {
    return (dd_backhaul_line){.seed = world->def.seed,
                              .line = stable_of(world, segment),
                              .rate_pm = (uint32_t)(world->def.settings.backhaul_outages * 1000)};
}

bool dd_line_up(const dd_domain *domain, const dd_line *line) {
    const dd_world *world = dd_world_of(domain);
    return !line->faults &&
           !dd_backhaul_outage_at(profile_of(world, line->segment),
                                  dd_line_identity(world, line->segment), domain->now);
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

bool dd_line_send(dd_domain *domain, dd_line *line, uint16_t kind, uint32_t target,
                  const void *payload, size_t size) {
    const dd_world *world = dd_world_of(domain);
    const dd_backhaul_profile *profile = profile_of(world, line->segment);
    dd_time silent = line->sent++ ? domain->now - line->last_sent : DD_NEVER;
    line->last_sent = domain->now;
    if (!dd_line_up(domain, line)) {
        line->lost++;
        return false;
    }
    dd_random4 draw = dd_random(world->def.seed, stable_of(world, line->segment) + line->to_centre,
                                DD_DRAW_LINE, line->sent);
    dd_time arrival = domain->now + dd_backhaul_delay(profile, draw.v[0], (uint32_t)size, silent) +
                      retransmissions(profile, line, draw.v + 1);
    if (arrival <= line->last_arrival) arrival = line->last_arrival + 1;
    line->last_arrival = arrival;
    uint32_t to = line->to_centre ? DD_HUB_DOMAIN : dd_world_domain(world, line->segment);
    dd_post(domain, to, arrival, kind, target, 0, 0, payload, size);
    return true;
}
