#include "models/mesh/message.h"

void dd_messages_init(dd_messages *messages, dd_arena *arena) {
    *messages = (dd_messages){0};
    dd_pool_init(&messages->all, arena, sizeof(dd_message));
}

static dd_message *at(dd_messages *messages, uint32_t message) {
    return dd_pool_at(&messages->all, message);
}

uint32_t dd_message_begin(dd_domain *domain, dd_messages *messages, uint32_t lamp, bool up) {
    uint32_t handle = dd_pool_take(&messages->all);
    *at(messages, handle) = (dd_message){
        .started = domain->now, .lamp = lamp, .up = up, .holders = 1, .outcome = DD_MESH_NO_ROUTE};
    messages->present = handle;
    messages->counts.sent++;
    return handle;
}

void dd_message_end(dd_domain *domain, dd_messages *messages, uint32_t message) {
    messages->present = 0;
    dd_message_let_go(domain, messages, message);
}

uint32_t dd_message_hold(dd_messages *messages) {
    if (messages->present) at(messages, messages->present)->holders++;
    return messages->present;
}

static void tell(dd_domain *domain, const dd_message *it) {
    bool lost = !it->delivered;
    dd_mesh_tell_message(domain, it->lamp, it->up, lost ? it->outcome : DD_MESH_DELIVERED, it->hops,
                         domain->now - it->started, lost ? &it->loss : NULL);
}

void dd_message_let_go(dd_domain *domain, dd_messages *messages, uint32_t message) {
    if (!message) return;
    dd_message *it = at(messages, message);
    if (--it->holders) return;
    if (!it->delivered) {
        messages->counts.lost++;
        tell(domain, it);
    }
    dd_pool_give(&messages->all, message);
}

void dd_message_hop(dd_messages *messages, uint32_t message) {
    if (message) at(messages, message)->hops++;
}

// Told at once, with the time it took; copies that are still about change nothing any more.
void dd_message_arrived(dd_domain *domain, dd_messages *messages, uint32_t message) {
    if (!message || at(messages, message)->delivered) return;
    at(messages, message)->delivered = true;
    messages->counts.delivered++;
    tell(domain, at(messages, message));
}

void dd_message_failed(dd_messages *messages, uint32_t message, const dd_mesh_loss *loss) {
    if (message) at(messages, message)->loss = *loss;
}

// What a hop's last attempt failed by is known already when the network layer gives up.
void dd_message_dropped(dd_messages *messages, uint32_t message, dd_drop drop, uint32_t node) {
    if (!message) return;
    dd_message *it = at(messages, message);
    it->outcome = dd_mesh_outcome_of(drop);
    if (drop != DD_DROP_NO_ACK) it->loss = (dd_mesh_loss){.sender = node};
}
