#include "models/mesh/stack/net/net.h"

#include <string.h>

#include "models/mesh/stack/bytes.h"
#include "models/mesh/stack/mac/frame.h"
#include "models/mesh/stack/net/control.h"
#include "models/mesh/stack/net/output.h"
#include "models/mesh/stack/rpl/lollipop.h"
#include "models/mesh/stack/rpl/route.h"

enum { HOP_LIMIT = 64 };

// A frame as it arrives.
typedef struct dd_arrival {
    uint16_t source;
    bool broadcast;
    int8_t rss_dbm;
} dd_arrival;

dd_net_figures dd_net_default_figures(void) {
    return (dd_net_figures){
        .frame_room = DD_FRAME_MAX - DD_FRAME_HEADER - DD_FCS,
        .interval_min = 12,
        .doublings = 8,
        .hop_rank = 256,
        .max_rank_increase = 2048,
        .switch_threshold = 192,
        .link_metric_max = 512,
        .rss_sure_dbm = -75,
        .rss_edge_dbm = -95,
        .probe_ms = 90000,
        .dao_delay_ms = 4000,
        .dao_timeout_ms = 5000,
        .dao_retries = 5,
        .dis_interval_ms = 30000,
        .route_lifetime_s = 1800,
        .reassembly_ms = 5000,
        .mpl_transmissions = 3,
        .mpl_redundancy = 2,
        .mpl_interval_ms = 128,
    };
}

int64_t dd_net_deadline(const dd_net *net) {
    int64_t deadline_us = dd_net_sooner(dd_dodag_deadline(&net->dodag), dd_mpl_deadline(&net->mpl));
    for (int i = 0; i < DD_REASSEMBLIES; i++)
        if (net->reassemblies[i].buffer)
            deadline_us = dd_net_sooner(deadline_us, net->reassemblies[i].until_us);
    if (net->held.buffer) deadline_us = dd_net_sooner(deadline_us, net->held.due_us);
    return deadline_us;
}

int64_t dd_net_start(dd_net *net, const dd_net_def *def, int64_t now_us, const dd_net_port *port) {
    *net = (dd_net){.def = *def};
    dd_dodag_start(&net->dodag, now_us, port, def->root, def->boots);
    if (def->root) dd_routes_clear(port->routes, def->lamp_n);
    return dd_net_deadline(net);
}

int64_t dd_net_seed(dd_net *net, int64_t now_us, const dd_net_port *port, uint16_t parent,
                    uint16_t rank, uint16_t etx) {
    dd_dodag_seed(&net->dodag, now_us, port, parent, rank, etx);
    return dd_net_deadline(net);
}

void dd_net_seed_route(dd_net *root, int64_t now_us, const dd_net_port *port, uint16_t lamp,
                       uint16_t parent) {
    uint32_t until_s = (uint32_t)(now_us / 1000000) + port->figures->route_lifetime_s;
    if (port->figures->fixed_routes) until_s = UINT32_MAX;
    if (lamp >= 1 && lamp <= root->def.lamp_n)
        port->routes[lamp] =
            (dd_route){.parent = parent, .sequence = DD_LOLLIPOP_START, .until_s = until_s};
}

// What has been taken in of a datagram, dropped.
static void drop_reassembly(dd_net *net, const dd_net_port *port, dd_reassembly *reassembly,
                            dd_drop drop) {
    dd_lowpan_link link = {reassembly->source, net->def.address, net->def.prefix};
    dd_datagram datagram;
    const uint8_t *octets = port->at(port->context, reassembly->buffer);
    bool read = dd_iphc_read(&datagram, octets, reassembly->n, &link);
    dd_output_dropped(port, drop, reassembly->source, read ? &datagram : NULL);
    dd_reassembly_end(reassembly, port);
}

void dd_net_stop(dd_net *net, const dd_net_port *port) {
    for (int i = 0; i < DD_REASSEMBLIES; i++)
        if (net->reassemblies[i].buffer)
            drop_reassembly(net, port, &net->reassemblies[i], DD_DROP_POWER);
    dd_output_stop(net, port);
    dd_mpl_stop(&net->mpl, port);
}

static void refuse(const dd_net_port *port, const dd_arrival *arrival, dd_refusal refusal) {
    dd_output_refused(port, refusal, arrival->source);
}

// UDP: whether it is for the application.
static bool fine(const dd_net_port *port, const dd_arrival *arrival, const dd_datagram *datagram) {
    if (!dd_datagram_intact(datagram))
        refuse(port, arrival, DD_REFUSAL_CHECKSUM);
    else if (datagram->protocol == DD_UDP && datagram->destination_port != DD_COAP_PORT)
        refuse(port, arrival, DD_REFUSAL_PROTOCOL);
    else
        return true;
    return false;
}

// The datagram's source when it is of this mesh, rather than of the link or from anywhere else.
static bool of_mesh(const dd_net *net, const dd_ipv6 *address, uint16_t *shrt) {
    return dd_ipv6_short(address, &net->def.prefix, shrt) &&
           dd_get_be64(address->octets) != DD_LINK_LOCAL;
}

// For this node, at its journey's end.
static void accept(dd_net *net, int64_t now_us, const dd_net_port *port, const dd_arrival *arrival,
                   const dd_datagram *datagram) {
    uint16_t origin;
    if (!fine(port, arrival, datagram)) return;
    if (datagram->protocol == DD_ICMPV6)
        dd_control_receive(net, now_us, port, arrival->source, arrival->rss_dbm, datagram);
    else if (of_mesh(net, &datagram->source, &origin))
        port->deliver(port->context, datagram);
    else
        refuse(port, arrival, DD_REFUSAL_ADDRESS);
}

// What is being repeated is no longer its seed's newest, and says so (M, RFC 7731, 6.1).
static void age(dd_net *net, const dd_net_port *port) {
    dd_lowpan_link link = {net->def.address, DD_BROADCAST, net->def.prefix};
    for (int i = 0; i < DD_MPL_MESSAGES; i++) {
        const dd_mpl_message *message = &net->mpl.messages[i];
        dd_datagram datagram;
        if (!message->buffer || message->sequence == net->mpl.newest) continue;
        uint8_t *octets = port->at(port->context, message->buffer);
        if (!dd_iphc_read(&datagram, octets, message->n, &link)) continue;
        datagram.mpl.newest = false;
        dd_iphc_write(octets, DD_NET_BUFFER, &datagram, &link);
    }
}

// Keeps a datagram to all, to be repeated.
static void repeat(dd_net *net, int64_t now_us, const dd_net_port *port, dd_datagram *datagram) {
    uint8_t octets[UINT8_MAX];
    dd_lowpan_link link = {net->def.address, DD_BROADCAST, net->def.prefix};
    datagram->mpl.newest = datagram->mpl.sequence == net->mpl.newest;
    size_t room = port->figures->frame_room;
    uint8_t n = dd_iphc_write(octets, room, datagram, &link);
    if (!n || n + datagram->payload_n > room) {
        dd_output_dropped(port, DD_DROP_FRAGMENT, DD_BROADCAST, datagram);
        return;
    }
    memcpy(octets + n, datagram->payload, datagram->payload_n);
    dd_mpl_keep(&net->mpl, now_us, port, datagram->mpl.sequence, octets,
                (uint8_t)(n + datagram->payload_n));
    age(net, port);
}

// To all nodes, by way of all nodes.
static void receive_group(dd_net *net, int64_t now_us, const dd_net_port *port,
                          const dd_arrival *arrival, dd_datagram *datagram) {
    uint16_t origin;
    if (!datagram->mpl.present || datagram->protocol != DD_UDP ||
        !dd_ipv6_equal(&datagram->destination, &dd_ipv6_all_coap) ||
        !of_mesh(net, &datagram->source, &origin) || origin != 0) {
        refuse(port, arrival, DD_REFUSAL_ADDRESS);
        return;
    }
    if (!fine(port, arrival, datagram)) return;
    if (!dd_mpl_new(&net->mpl, now_us, datagram->mpl.seed, datagram->mpl.sequence)) {
        dd_mpl_again(&net->mpl, datagram->mpl.sequence);
        return;
    }
    port->deliver(port->context, datagram);
    if (--datagram->hop_limit) repeat(net, now_us, port, datagram);
}

static void receive_multicast(dd_net *net, int64_t now_us, const dd_net_port *port,
                              const dd_arrival *arrival, dd_datagram *datagram) {
    bool link = dd_ipv6_equal(&datagram->destination, &dd_ipv6_all_rpl) ||
                dd_ipv6_equal(&datagram->destination, &dd_ipv6_all_nodes);
    if (!arrival->broadcast)
        refuse(port, arrival, DD_REFUSAL_ADDRESS);
    else if (!link)
        receive_group(net, now_us, port, arrival, datagram);
    else if (datagram->protocol == DD_ICMPV6)
        accept(net, now_us, port, arrival, datagram);
    else
        refuse(port, arrival, DD_REFUSAL_PROTOCOL);
}

// One hop more. False: it has had all its hops.
static bool hop_on(const dd_net_port *port, const dd_arrival *arrival, dd_datagram *datagram) {
    if (datagram->hop_limit > 1) {
        datagram->hop_limit--;
        return true;
    }
    dd_output_dropped(port, DD_DROP_HOP_LIMIT, arrival->source, datagram);
    return false;
}

// Down along its source route (RFC 6554, 4.2).
static void forward_down(dd_net *net, const dd_net_port *port, const dd_arrival *arrival,
                         dd_datagram *datagram) {
    dd_source_route *route = &datagram->route;
    uint8_t at = route->n - route->left;
    uint16_t hop = route->hops[at];
    for (uint8_t i = at; i < route->n; i++) { // to come by here again would be a loop
        if (route->hops[i] != net->def.address && route->hops[i] < DD_NET_GROUP) continue;
        dd_output_dropped(port, DD_DROP_HOP_LIMIT, arrival->source, datagram);
        return;
    }
    if (!hop_on(port, arrival, datagram)) return;
    route->hops[at] = net->def.address;
    route->left--;
    datagram->destination = dd_ipv6_global(&net->def.prefix, hop);
    dd_output(net, port, datagram, hop, DD_WAY_DOWN, 0);
}

// Whether it has come from below, as it should. A packet that comes from above is marked the first
// time, and dropped the second (RFC 6550, 11.2.2.2).
static bool from_below(dd_net *net, int64_t now_us, const dd_net_port *port,
                       const dd_arrival *arrival, dd_datagram *datagram) {
    dd_rpl_option *rpl = &datagram->rpl;
    uint16_t hop_rank = port->figures->hop_rank;
    if (!rpl->present || rpl->rank / hop_rank > net->dodag.rank / hop_rank) return true;
    bool again = rpl->rank_error;
    rpl->rank_error = true;
    port->tell(port->context, &(dd_notice){.kind = DD_NOTICE_LOOP, .b = arrival->source});
    dd_control_due(net, now_us, port,
                   dd_dodag_loop(&net->dodag, now_us, port, arrival->source, again));
    if (again) dd_output_dropped(port, DD_DROP_HOP_LIMIT, arrival->source, datagram);
    return !again;
}

static void receive_unicast(dd_net *net, int64_t now_us, const dd_net_port *port,
                            const dd_arrival *arrival, dd_datagram *datagram) {
    uint16_t end;
    bool known = dd_ipv6_short(&datagram->destination, &net->def.prefix, &end);
    if (arrival->broadcast || !known) {
        refuse(port, arrival, DD_REFUSAL_ADDRESS);
    } else if (end == net->def.address) {
        if (datagram->route.left)
            forward_down(net, port, arrival, datagram);
        else
            accept(net, now_us, port, arrival, datagram);
    } else if (end != 0 || !of_mesh(net, &datagram->destination, &end) || datagram->route.n) {
        refuse(port, arrival, DD_REFUSAL_ADDRESS);
    } else if (from_below(net, now_us, port, arrival, datagram) &&
               hop_on(port, arrival, datagram)) {
        dd_output_up(net, port, datagram);
    }
}

static void receive(dd_net *net, int64_t now_us, const dd_net_port *port, const dd_arrival *arrival,
                    const uint8_t *octets, size_t n) {
    dd_datagram datagram;
    dd_lowpan_link link = {arrival->source, arrival->broadcast ? DD_BROADCAST : net->def.address,
                           net->def.prefix};
    if (!dd_iphc_read(&datagram, octets, n, &link))
        refuse(port, arrival, DD_REFUSAL_MALFORMED);
    else if (dd_ipv6_multicast(&datagram.destination))
        receive_multicast(net, now_us, port, arrival, &datagram);
    else
        receive_unicast(net, now_us, port, arrival, &datagram);
}

static void receive_fragment(dd_net *net, int64_t now_us, const dd_net_port *port,
                             const dd_arrival *arrival, const dd_fragment *fragment,
                             const uint8_t *octets, uint8_t n) {
    dd_reassembly *whole;
    dd_lowpan_link link = {arrival->source, net->def.address, net->def.prefix};
    switch (
        dd_reassembly_take(net->reassemblies, now_us, port, &link, fragment, octets, n, &whole)) {
    case DD_REASSEMBLED_MORE:
        return;
    case DD_REASSEMBLED_WHOLE:
        receive(net, now_us, port, arrival, port->at(port->context, whole->buffer), whole->n);
        dd_reassembly_end(whole, port);
        return;
    case DD_REASSEMBLED_REFUSED:
        refuse(port, arrival, DD_REFUSAL_FRAGMENT);
        return;
    case DD_REASSEMBLED_NO_ROOM: {
        dd_datagram datagram;
        if (dd_iphc_read(&datagram, octets, n, &link))
            dd_output_dropped(port, DD_DROP_FRAGMENT, arrival->source, &datagram);
    }
    }
}

int64_t dd_net_receive(dd_net *net, int64_t now_us, const dd_net_port *port, uint16_t source,
                       bool broadcast, int8_t rss_dbm, const uint8_t *octets, uint8_t n) {
    dd_arrival arrival = {source, broadcast, rss_dbm};
    dd_fragment fragment;
    if (source == net->def.address || source >= DD_NET_GROUP)
        refuse(port, &arrival, DD_REFUSAL_ADDRESS);
    else if (!dd_fragment_read(&fragment, octets, n) || (fragment.present && broadcast))
        refuse(port, &arrival, DD_REFUSAL_MALFORMED);
    else if (fragment.present)
        receive_fragment(net, now_us, port, &arrival, &fragment, octets + fragment.header_n,
                         (uint8_t)(n - fragment.header_n));
    else
        receive(net, now_us, port, &arrival, octets, n);
    return dd_net_deadline(net);
}

int64_t dd_net_sent(dd_net *net, int64_t now_us, const dd_net_port *port, const dd_net_frame *frame,
                    dd_drop drop, uint8_t attempts) {
    if (frame->destination == DD_BROADCAST) return dd_net_deadline(net);
    // A channel that was never clear says nothing of the neighbour.
    uint8_t due = 0;
    if (drop == DD_DROP_NONE || drop == DD_DROP_NO_ACK)
        due = dd_dodag_sent(&net->dodag, now_us, port, frame->destination, attempts, !drop);
    dd_output_sent(net, now_us, port, frame, drop);
    dd_control_due(net, now_us, port, due);
    return dd_net_deadline(net);
}

int64_t dd_net_time(dd_net *net, int64_t now_us, const dd_net_port *port) {
    if (now_us >= dd_dodag_deadline(&net->dodag))
        dd_control_due(net, now_us, port, dd_dodag_time(&net->dodag, now_us, port));
    dd_mpl_time(&net->mpl, now_us, port, DD_WAY_LINK);
    dd_output_time(net, now_us, port);
    for (int i = 0; i < DD_REASSEMBLIES; i++)
        if (net->reassemblies[i].buffer && now_us >= net->reassemblies[i].until_us)
            drop_reassembly(net, port, &net->reassemblies[i], DD_DROP_FRAGMENT);
    return dd_net_deadline(net);
}

static void send_group(dd_net *net, int64_t now_us, const dd_net_port *port,
                       dd_datagram *datagram) {
    datagram->destination = dd_ipv6_all_coap;
    datagram->checksum = dd_datagram_checksum(datagram);
    // A root that has been off is another seed, so that its numbers count from the beginning.
    datagram->mpl = (dd_mpl_option){
        .present = true, .seed = (uint16_t)(net->def.boots << 8), .sequence = ++net->mpl_sequence};
    dd_mpl_new(&net->mpl, now_us, datagram->mpl.seed, datagram->mpl.sequence);
    repeat(net, now_us, port, datagram);
}

int64_t dd_net_send(dd_net *net, int64_t now_us, const dd_net_port *port, uint16_t destination,
                    const uint8_t *payload, uint16_t n) {
    dd_datagram datagram = {.source = dd_ipv6_global(&net->def.prefix, net->def.address),
                            .destination = dd_ipv6_global(&net->def.prefix, destination),
                            .hop_limit = HOP_LIMIT,
                            .protocol = DD_UDP,
                            .source_port = DD_COAP_PORT,
                            .destination_port = DD_COAP_PORT,
                            .payload = payload,
                            .payload_n = n};
    if (net->def.root && destination == DD_NET_GROUP) {
        send_group(net, now_us, port, &datagram);
        return dd_net_deadline(net);
    }
    datagram.checksum = dd_datagram_checksum(&datagram);
    if (n > DD_DATAGRAM_MAX)
        dd_output_dropped(port, DD_DROP_FRAGMENT, DD_BROADCAST, &datagram);
    else if (net->def.root)
        dd_output_down(net, now_us, port, &datagram, destination);
    else if (destination == 0)
        dd_output_up(net, port, &datagram);
    else
        dd_output_dropped(port, DD_DROP_NO_ROUTE, DD_BROADCAST, &datagram);
    return dd_net_deadline(net);
}

int64_t dd_net_repair(dd_net *root, int64_t now_us, const dd_net_port *port) {
    dd_dodag_repair(&root->dodag, now_us, port);
    return dd_net_deadline(root);
}

uint16_t dd_net_parent(const dd_net *net) {
    return net->dodag.parent;
}

uint16_t dd_net_rank(const dd_net *net) {
    return net->dodag.rank;
}
