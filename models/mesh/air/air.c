#include "models/mesh/air/air.h"

#include <string.h>

dd_prefix dd_air_prefix(uint16_t pan) {
    return (dd_prefix){{0xfd, 0x42, 0xe4, 0xbf, 0x6f, 0x5d, (uint8_t)(pan >> 8), (uint8_t)pan}};
}

static void place_stations(dd_air *air, const dd_air_def *def) {
    for (uint32_t i = 0; i < def->segment_n; i++) {
        const dd_air_segment *segment = &air->segments[i];
        for (uint32_t s = segment->first; s <= segment->first + segment->lamp_n; s++) {
            air->owner[s] = i;
            air->stations[s] =
                (dd_station){.channel = segment->channel, .planned_us = DD_NET_NEVER};
            if (def->rates_ppb) air->stations[s].rate_ppb = def->rates_ppb[s];
        }
    }
}

static bool is_secured(const dd_air_def *def) {
    for (uint32_t i = 0; i < def->segment_n; i++)
        if (def->segments[i].security.context) return true;
    return false;
}

static void keep_counters(dd_air *air, dd_arena *arena, const dd_medium_def *medium) {
    uint32_t n = medium->station_n + 1;
    air->counters = dd_arena_take(arena, n * sizeof *air->counters);
    air->least = dd_arena_take(arena, medium->links->first[n] * sizeof *air->least);
}

dd_air *dd_air_make(dd_domain *domain, const dd_air_def *def) {
    dd_arena *arena = &domain->arena;
    size_t n = def->medium.station_n + 1;
    dd_air *air = dd_arena_take(arena, sizeof *air);
    air->mac = def->mac;
    air->figures = def->net;
    air->segment_n = def->segment_n;
    air->segments = dd_arena_take(arena, def->segment_n * sizeof *air->segments);
    memcpy(air->segments, def->segments, def->segment_n * sizeof *air->segments);
    air->owner = dd_arena_take(arena, n * sizeof *air->owner);
    air->stations = dd_arena_take(arena, n * sizeof *air->stations);
    air->nets = dd_arena_take(arena, n * sizeof *air->nets);
    air->routes = dd_arena_take(arena, n * sizeof *air->routes);
    if (is_secured(def)) keep_counters(air, arena, &def->medium);
    dd_pool_init(&air->packets, arena, sizeof(dd_packet));
    dd_pool_init(&air->buffers, arena, DD_NET_BUFFER);
    dd_pool_init(&air->arrivals, arena, sizeof(dd_arrival));
    dd_air_log_init(&air->log, arena, def->medium.station_n, def->segment_n);
    for (unsigned octets = 0; octets <= DD_FRAME_MAX; octets++)
        air->times[octets] = dd_radio_air_time(def->medium.preset, octets);
    air->ack_time = air->times[DD_FRAME_ACK];
    air->ack_wait = dd_radio_ack_wait(def->medium.preset);
    place_stations(air, def);
    dd_medium_init(&air->medium, arena, &def->medium);
    return air;
}

dd_arrival *dd_air_arrival(const dd_air *air) {
    return air->first_arrival ? dd_pool_at(&air->arrivals, air->first_arrival) : NULL;
}

dd_arrival *dd_air_arrive(dd_air *air, uint32_t station, dd_arrival_kind kind) {
    uint32_t handle = dd_pool_take(&air->arrivals);
    dd_arrival *arrival = dd_pool_at(&air->arrivals, handle);
    arrival->station = station;
    arrival->kind = (uint8_t)kind;
    if (air->last_arrival)
        ((dd_arrival *)dd_pool_at(&air->arrivals, air->last_arrival))->next = handle;
    else
        air->first_arrival = handle;
    air->last_arrival = handle;
    return arrival;
}

void dd_air_arrival_done(dd_air *air) {
    uint32_t done = air->first_arrival;
    air->first_arrival = dd_air_arrival(air)->next;
    if (!air->first_arrival) air->last_arrival = 0;
    dd_pool_give(&air->arrivals, done);
}

uint8_t dd_air_hops(const dd_air *air, uint32_t station) {
    const dd_air_segment *segment = &air->segments[air->owner[station]];
    uint8_t hops = 0;
    for (uint32_t at = station; at != segment->first; hops++) {
        uint16_t parent = dd_net_parent(&air->nets[at]);
        if (!air->stations[at].on || parent > segment->lamp_n || hops == DD_ROUTE_MAX) return 0;
        at = segment->first + parent;
    }
    return air->stations[segment->first].on ? hops : 0;
}
