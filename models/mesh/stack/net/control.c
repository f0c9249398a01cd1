#include "models/mesh/stack/net/control.h"

#include "models/mesh/stack/bytes.h"
#include "models/mesh/stack/mac/frame.h"
#include "models/mesh/stack/net/output.h"
#include "models/mesh/stack/rpl/route.h"

enum {
    CHECKSUM_AT = 2,
    LINK_HOP_LIMIT = 255, // proves that nobody has forwarded it
    HOP_LIMIT = 64,
    REJECTED = 128, // DAO-ACK statuses from here on (RFC 6550, 6.5.1)
};

// A datagram of these octets; fills in their checksum.
static dd_datagram sealed(const dd_ipv6 *source, const dd_ipv6 *destination, uint8_t hop_limit,
                          uint8_t *octets, uint8_t n) {
    dd_datagram datagram = {.source = *source,
                            .destination = *destination,
                            .hop_limit = hop_limit,
                            .protocol = DD_ICMPV6,
                            .payload = octets,
                            .payload_n = n};
    dd_put_be16(octets + CHECKSUM_AT, dd_datagram_checksum(&datagram));
    return datagram;
}

static void to_link(dd_net *net, const dd_net_port *port, const dd_ipv6 *destination, uint16_t hop,
                    uint8_t *octets, uint8_t n) {
    dd_ipv6 source = dd_ipv6_link_local(net->def.address);
    dd_datagram datagram = sealed(&source, destination, LINK_HOP_LIMIT, octets, n);
    dd_output(net, port, &datagram, hop, DD_WAY_LINK, 0);
}

static void send_dio(dd_net *net, const dd_net_port *port, uint16_t hop) {
    uint8_t octets[DD_RPL_MESSAGE_MAX];
    bool all = hop == DD_BROADCAST;
    dd_rpl_message message = {.code = DD_RPL_DIO,
                              .dio = dd_dodag_say(&net->dodag, port, &net->def.prefix, all)};
    message.dio.router = net->def.address;
    dd_ipv6 destination = all ? dd_ipv6_all_rpl : dd_ipv6_link_local(hop);
    to_link(net, port, &destination, hop, octets, dd_rpl_write(octets, &message, &net->def.prefix));
}

static void send_dis(dd_net *net, const dd_net_port *port) {
    uint8_t octets[DD_RPL_MESSAGE_MAX];
    uint8_t n = dd_rpl_write(octets, &(dd_rpl_message){.code = DD_RPL_DIS}, &net->def.prefix);
    to_link(net, port, &dd_ipv6_all_rpl, DD_BROADCAST, octets, n);
}

static void send_advertisement(dd_net *net, const dd_net_port *port) {
    uint8_t octets[DD_RPL_MESSAGE_MAX];
    dd_ipv6 root = dd_ipv6_global(&net->def.prefix, 0);
    uint8_t n = dd_icmp_advertisement(octets, &net->def.prefix, &root);
    to_link(net, port, &dd_ipv6_all_nodes, DD_BROADCAST, octets, n);
}

// A DAO by way of the parent; with no lifetime, a No-Path by way of who has been it.
static void send_dao(dd_net *net, const dd_net_port *port, bool path) {
    uint8_t octets[DD_RPL_MESSAGE_MAX];
    dd_dodag *dodag = &net->dodag;
    uint16_t parent = path ? dodag->parent : dodag->target;
    dd_rpl_message message = {
        .code = DD_RPL_DAO,
        .dao = {.sequence = dodag->dao_sequence,
                .ack_request = path,
                .target = net->def.address,
                .parent = parent,
                .path_sequence = dodag->path_sequence,
                .path_lifetime = path ? dd_dodag_lifetime(port->figures) : 0}};
    dd_ipv6 source = dd_ipv6_global(&net->def.prefix, net->def.address);
    dd_ipv6 root = dd_ipv6_global(&net->def.prefix, 0);
    dd_datagram datagram =
        sealed(&source, &root, HOP_LIMIT, octets, dd_rpl_write(octets, &message, &net->def.prefix));
    if (path) {
        dd_output_up(net, port, &datagram);
        return;
    }
    datagram.rpl = (dd_rpl_option){.present = true, .rank = dodag->rank};
    dd_output(net, port, &datagram, parent, DD_WAY_LINK, 0);
}

static void tell_route(const dd_net_port *port, uint16_t lamp, uint16_t parent) {
    port->tell(port->context, &(dd_notice){.kind = DD_NOTICE_ROUTE, .a = lamp, .b = parent});
}

static void sweep(dd_net *net, int64_t now_us, const dd_net_port *port) {
    uint16_t lamp = 0, lamp_n = net->def.lamp_n;
    uint32_t now_s = (uint32_t)(now_us / 1000000);
    while ((lamp = dd_route_expire(port->routes, lamp_n, now_s, lamp)) != 0)
        tell_route(port, lamp, DD_BROADCAST);
}

void dd_control_due(dd_net *net, int64_t now_us, const dd_net_port *port, uint8_t due) {
    if (due & DD_DUE_NO_PATH) send_dao(net, port, false);
    if (due & DD_DUE_ADVERTISEMENT) send_advertisement(net, port);
    if (due & DD_DUE_DIO) send_dio(net, port, DD_BROADCAST);
    if (due & DD_DUE_DIS) send_dis(net, port);
    if (due & DD_DUE_PROBE) send_dio(net, port, net->dodag.target);
    if (due & DD_DUE_DAO) send_dao(net, port, true);
    if (due & DD_DUE_SWEEP) sweep(net, now_us, port);
}

// Of our instance, DODAG and mode, with a rank that somebody can have.
static bool ours(const dd_net *net, const dd_net_port *port, const dd_rpl_dio *dio) {
    dd_ipv6 dodag = dd_ipv6_global(&net->def.prefix, 0);
    return dio->instance == 0 && dio->mode == DD_RPL_NON_STORING &&
           dio->rank >= port->figures->hop_rank && dd_ipv6_equal(&dio->dodag, &dodag);
}

static void receive_link(dd_net *net, int64_t now_us, const dd_net_port *port, uint16_t source,
                         int8_t rss_dbm, const dd_datagram *datagram) {
    dd_rpl_message message;
    dd_prefix prefix;
    const uint8_t *octets = datagram->payload;
    bool all = dd_ipv6_multicast(&datagram->destination);
    if (octets[0] == DD_ICMP_ROUTER_ADVERTISEMENT) {
        if (!dd_icmp_advertisement_read(octets, datagram->payload_n, &prefix))
            dd_output_refused(port, DD_REFUSAL_MALFORMED, source);
        else if (dd_get_be64(prefix.octets) != dd_get_be64(net->def.prefix.octets))
            dd_output_refused(port, DD_REFUSAL_DODAG, source);
    } else if (!dd_rpl_read(&message, octets, datagram->payload_n, &net->def.prefix)) {
        dd_output_refused(port, DD_REFUSAL_MALFORMED, source);
    } else if (message.code == DD_RPL_DIS) {
        if (all)
            dd_dodag_dis(&net->dodag, now_us, port);
        else if (!port->figures->fixed_routes)
            send_dio(net, port, source);
    } else if (message.code != DD_RPL_DIO) {
        dd_output_refused(port, DD_REFUSAL_PROTOCOL, source);
    } else if (!ours(net, port, &message.dio)) {
        dd_output_refused(port, DD_REFUSAL_DODAG, source);
    } else {
        dd_control_due(net, now_us, port,
                       dd_dodag_dio(&net->dodag, now_us, port, source, rss_dbm, &message.dio));
    }
}

static void receive_dao(dd_net *net, int64_t now_us, const dd_net_port *port, uint16_t origin,
                        const dd_rpl_dao *dao) {
    bool changed;
    uint32_t now_s = (uint32_t)(now_us / 1000000);
    if (dao->target != origin || dao->instance != 0 ||
        !dd_route_set(port->routes, net->def.lamp_n, now_s, origin, dao->parent, dao->path_sequence,
                      dao->path_lifetime * (uint32_t)DD_RPL_UNIT_S, &changed))
        return;
    if (changed) tell_route(port, origin, port->routes[origin].parent);
    if (!dao->ack_request) return;
    uint8_t octets[DD_RPL_MESSAGE_MAX];
    dd_rpl_message message = {.code = DD_RPL_DAO_ACK, .ack = {.sequence = dao->sequence}};
    dd_ipv6 source = dd_ipv6_global(&net->def.prefix, 0);
    dd_ipv6 lamp = dd_ipv6_global(&net->def.prefix, origin);
    dd_datagram datagram =
        sealed(&source, &lamp, HOP_LIMIT, octets, dd_rpl_write(octets, &message, &net->def.prefix));
    dd_output_down(net, now_us, port, &datagram, origin);
}

// From afar: DAOs for the root, their acknowledgements for a lamp.
static void receive_routed(dd_net *net, int64_t now_us, const dd_net_port *port, uint16_t origin,
                           const dd_datagram *datagram) {
    dd_rpl_message message;
    if (!dd_rpl_read(&message, datagram->payload, datagram->payload_n, &net->def.prefix))
        dd_output_refused(port, DD_REFUSAL_MALFORMED, origin);
    else if (net->def.root && message.code == DD_RPL_DAO)
        receive_dao(net, now_us, port, origin, &message.dao);
    else if (!net->def.root && message.code == DD_RPL_DAO_ACK && origin == 0 &&
             message.ack.status < REJECTED)
        dd_dodag_ack(&net->dodag, now_us, port, message.ack.sequence);
    else
        dd_output_refused(port, DD_REFUSAL_PROTOCOL, origin);
}

void dd_control_receive(dd_net *net, int64_t now_us, const dd_net_port *port, uint16_t source,
                        int8_t rss_dbm, const dd_datagram *datagram) {
    uint16_t origin;
    bool rpl = datagram->payload[0] == DD_ICMP_RPL;
    if (!rpl && datagram->payload[0] != DD_ICMP_ROUTER_ADVERTISEMENT)
        dd_output_refused(port, DD_REFUSAL_PROTOCOL, source);
    else if (!dd_ipv6_short(&datagram->source, &net->def.prefix, &origin))
        dd_output_refused(port, DD_REFUSAL_ADDRESS, source);
    else if (dd_get_be64(datagram->source.octets) == DD_LINK_LOCAL) {
        if (origin == source && datagram->hop_limit == LINK_HOP_LIMIT)
            receive_link(net, now_us, port, source, rss_dbm, datagram);
        else
            dd_output_refused(port, DD_REFUSAL_ADDRESS, source);
    } else {
        receive_routed(net, now_us, port, origin, datagram);
    }
}
