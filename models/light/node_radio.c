#include "models/light/node_radio.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/light/node_update.h"
#include "models/mesh/mesh.h"

// Whose radio it is: the context of the CoAP server's port.
typedef struct owner {
    dd_domain *domain;
    dd_segment_state *segment;
    uint16_t lamp;
} owner;

static dd_node *node_of(const owner *it) {
    return &it->segment->nodes[it->lamp];
}

static dd_pool *bodies(const owner *it) {
    return &dd_neighbourhood_of(it->domain)->bodies;
}

static void send_datagram(void *context, uint16_t destination, const uint8_t *octets, uint16_t n) {
    owner *it = context;
    if (destination == DD_MESH_ROOT) dd_mesh_send_up(it->domain, it->segment, it->lamp, octets, n);
}

static dd_reading act(void *context, const dd_node_request *request) {
    owner *it = context;
    return dd_node_answer(it->domain, it->segment, request);
}

static dd_firmware_status update(void *context, const dd_node_request *request) {
    owner *it = context;
    return dd_node_update_answer(it->domain, it->segment, request);
}

static uint32_t take_body(void *context) {
    return dd_pool_take(bodies(context));
}

static uint8_t *body_at(void *context, uint32_t body) {
    return dd_pool_at(bodies(context), body);
}

static void give_body(void *context, uint32_t body) {
    dd_pool_give(bodies(context), body);
}

static dd_coap_server_port port_of(owner *it) {
    return (dd_coap_server_port){.context = it,
                                 .send = send_datagram,
                                 .act = act,
                                 .update = update,
                                 .take = take_body,
                                 .at = body_at,
                                 .give = give_body};
}

// --- Reports ---

static dd_random4 draw(const owner *it, uint32_t count) {
    const dd_world *world = dd_world_of(it->domain);
    uint64_t stable = dd_world_stable(world, dd_segment_lamp(it->segment, it->lamp));
    return dd_random(world->def.seed, stable, DD_DRAW_REPORTING, count);
}

static void plan_report(const owner *it, uint32_t in_ms) {
    const dd_node *node = node_of(it);
    dd_time now = it->domain->now;
    dd_time due =
        dd_clock_when(&node->clock, dd_clock_us(&node->clock, now) + (int64_t)in_ms * 1000, now);
    dd_schedule(it->domain, due, DD_KIND_NODE_REPORT, it->segment->station + it->lamp, 0,
                node->starts, 0);
}

static uint32_t period_ms(const owner *it) {
    return (uint32_t)(dd_settings_of(it->domain)->node_report_s * 1000);
}

void dd_node_report(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    owner it = {domain, segment, lamp};
    dd_coap_server_port port = port_of(&it);
    dd_reading reading = dd_node_read(domain, segment, lamp);
    dd_coap_server_report(&node_of(&it)->coap, &port, &reading);
    plan_report(&it, period_ms(&it));
}

// --- Coming and going ---

// The first report comes at a random moment of its period, so that lamps which were switched on
// together do not speak together.
void dd_node_connect(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    owner it = {domain, segment, lamp};
    dd_random4 word = draw(&it, node_of(&it)->starts);
    dd_coap_server_init(&node_of(&it)->coap, lamp, (uint16_t)word.v[0]);
    if (dd_node_defect(domain, segment, lamp) == DD_DEFECT_MUTE) return; // its radio stays off
    dd_mesh_power(domain, segment, lamp, true);
    if (period_ms(&it)) plan_report(&it, dd_uniform(word.v[1], period_ms(&it)));
}

void dd_node_disconnect(dd_domain *domain, dd_segment_state *segment, uint16_t lamp) {
    owner it = {domain, segment, lamp};
    dd_coap_server_port port = port_of(&it);
    dd_coap_server_stop(&node_of(&it)->coap, &port);
    dd_mesh_power(domain, segment, lamp, false);
}

void dd_node_receive(dd_domain *domain, dd_segment_state *segment, uint16_t lamp, uint16_t source,
                     bool group, const uint8_t *octets, uint16_t n) {
    owner it = {domain, segment, lamp};
    dd_coap_server_port port = port_of(&it);
    dd_coap_server_receive(&node_of(&it)->coap, dd_mesh_uptime_ms(domain, segment, lamp), &port,
                           source, group, octets, n);
}
