#include "models/centre/gate.h"
#include "models/kind.h"
#include "models/world.h"

#include <string.h>

void dd_gate_init(dd_gate *gate, dd_arena *arena) {
    *gate = (dd_gate){0};
    dd_pool_init(&gate->inbound, arena, sizeof(dd_inbound));
}

// When `n` octets that come to the own line now have passed it; DD_NEVER: no room.
static dd_time pass(const dd_domain *hub, dd_time *free_at, size_t n) {
    const dd_world *world = dd_world_of(hub);
    const dd_settings *settings = &world->def.settings;
    double octets_per_s = settings->centre_line_kbit_s * 125;
    dd_time begins = *free_at > hub->now ? *free_at : hub->now;
    dd_time room = (dd_time)(settings->centre_queue_kib * 1024 / octets_per_s * 1e9);
    if (begins - hub->now > room) return DD_NEVER;
    *free_at = begins + (dd_time)(dd_line_octets(world, n) / octets_per_s * 1e9);
    return *free_at;
}

bool dd_gate_admit(dd_domain *hub, dd_gate *gate, uint32_t segment, const uint8_t *octets,
                   size_t n) {
    bool idle = gate->in_free_at <= hub->now;
    dd_time passed = pass(hub, &gate->in_free_at, n);
    if (passed == DD_NEVER) {
        gate->counts.overflowed++;
        return false;
    }
    if (idle) return true; // a packet's own time there is nothing beside its way
    uint32_t handle = dd_pool_take(&gate->inbound);
    dd_inbound *inbound = dd_pool_at(&gate->inbound, handle);
    inbound->n = (uint16_t)n;
    memcpy(inbound->octets, octets, n);
    dd_schedule(hub, passed, DD_KIND_INBOUND, segment, 0, handle, 0);
    return false;
}

dd_inbound dd_gate_inbound(dd_gate *gate, uint32_t handle) {
    const dd_inbound *waiting = dd_pool_at(&gate->inbound, handle);
    dd_inbound inbound = *waiting;
    dd_pool_give(&gate->inbound, handle);
    return inbound;
}

dd_time dd_gate_out(const dd_domain *hub, dd_gate *gate, size_t n) {
    dd_time passed = pass(hub, &gate->out_free_at, n);
    if (passed == DD_NEVER) gate->counts.overflowed++;
    return passed == DD_NEVER ? DD_NEVER : passed - hub->now;
}

void dd_gate_ask(dd_domain *hub, dd_gate *gate, uint32_t segment, uint32_t number) {
    const dd_settings *settings = dd_settings_of(hub);
    if (gate->waiting_n >= settings->centre_accept_queue) {
        gate->counts.refused++;
        return;
    }
    dd_time begins = gate->server_free_at > hub->now ? gate->server_free_at : hub->now;
    gate->server_free_at = begins + (dd_time)(1e9 / settings->centre_accept_per_s);
    if (++gate->waiting_n > gate->counts.waited_most) gate->counts.waited_most = gate->waiting_n;
    dd_schedule(hub, gate->server_free_at, DD_KIND_ACCEPT, segment, 0, number, 0);
}

void dd_gate_turn(dd_gate *gate, bool stale) {
    gate->waiting_n--;
    if (stale)
        gate->counts.stale++;
    else
        gate->counts.accepted++;
}
