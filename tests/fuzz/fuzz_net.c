// A node's network layer given arbitrary frames, outcomes and times: octets as they are, and
// datagrams that are well-formed but for what the input says. It must stay within its bounds, lose
// no buffer, send only frames that can be read, and name deadlines that are yet to come.
#include <stdlib.h>
#include <string.h>

#include "models/mesh/stack/bytes.h"
#include "models/mesh/stack/mac/frame.h"
#include "models/mesh/stack/net/net.h"
#include "tests/fuzz/bytes.h"

enum { LAMPS = 8, BUFFERS = 6, QUEUE = 6, EVENTS_MAX = 4000 };

typedef struct queued {
    uint16_t destination;
    uint8_t octets[DD_FRAME_MAX], n;
    uint32_t cookie;
} queued;

typedef struct node {
    dd_net net;
    dd_net_def def;
    dd_net_figures figures;
    dd_net_port port;
    dd_route routes[LAMPS + 1];
    uint8_t buffers[BUFFERS][DD_NET_BUFFER];
    bool taken[BUFFERS];
    queued queue[QUEUE];
    int queue_n;
    uint32_t random;
    int64_t now_us, deadline_us;
} node;

static bool on_send(void *context, const dd_net_frame *frame) {
    node *one = context;
    dd_fragment fragment;
    dd_datagram datagram;
    dd_lowpan_link link = {one->def.address, frame->destination, one->def.prefix};
    must(frame->n > 0 && frame->n <= one->figures.frame_room);
    must(frame->destination != one->def.address);
    must(dd_fragment_read(&fragment, frame->octets, frame->n));
    must(fragment.present || dd_iphc_read(&datagram, frame->octets, frame->n, &link));
    if (one->queue_n == QUEUE) return false;
    queued *copy = &one->queue[one->queue_n++];
    *copy = (queued){.destination = frame->destination, .n = frame->n, .cookie = frame->cookie};
    memcpy(copy->octets, frame->octets, frame->n);
    return true;
}

static void on_deliver(void *context, const dd_datagram *datagram) {
    uint8_t copy[DD_DATAGRAM_MAX + DD_FRAME_MAX];
    (void)context;
    must(datagram->payload_n <= sizeof copy);
    memcpy(copy, datagram->payload, datagram->payload_n);
}

static void on_tell(void *context, const dd_notice *notice) {
    (void)context;
    must(notice->kind >= DD_NOTICE_JOINED && notice->kind <= DD_NOTICE_ROUTE);
}

static uint32_t on_draw(void *context) {
    node *one = context;
    return one->random = one->random * 1664525 + 1013904223;
}

static uint32_t on_take(void *context) {
    node *one = context;
    for (uint32_t i = 0; i < BUFFERS; i++) {
        if (one->taken[i]) continue;
        one->taken[i] = true;
        return i + 1;
    }
    return 0;
}

static uint8_t *on_at(void *context, uint32_t buffer) {
    node *one = context;
    must(buffer >= 1 && buffer <= BUFFERS && one->taken[buffer - 1]);
    return one->buffers[buffer - 1];
}

static void on_give(void *context, uint32_t buffer) {
    node *one = context;
    on_at(context, buffer);
    one->taken[buffer - 1] = false;
}

static void check(const node *one) {
    const dd_net *net = &one->net;
    int taken = 0, held = net->held.buffer != 0;
    for (int i = 0; i < BUFFERS; i++)
        taken += one->taken[i];
    for (int i = 0; i < DD_REASSEMBLIES; i++)
        held += net->reassemblies[i].buffer != 0;
    for (int i = 0; i < DD_FRAGMENTED; i++)
        held += net->fragmented[i].buffer != 0;
    for (int i = 0; i < DD_MPL_MESSAGES; i++)
        held += net->mpl.messages[i].buffer != 0;
    must(taken == held);
    must(net->dodag.neighbours.n <= DD_NEIGHBOURS);
    must(one->deadline_us == dd_net_deadline(net));
    must((net->dodag.parent == DD_BROADCAST) ==
         (net->dodag.rank == DD_RPL_INFINITE_RANK || net->def.root));
}

static void receive(node *one, bytes *in, const uint8_t *octets, uint8_t n) {
    uint16_t source = byte(in) & 15;
    uint8_t how = byte(in);
    uint8_t *exact = malloc(n ? n : 1);
    memcpy(exact, octets, n);
    one->deadline_us = dd_net_receive(&one->net, one->now_us, &one->port, source, how & 1,
                                      (int8_t) - (how >> 1), exact, n);
    free(exact);
}

static dd_ipv6 some_address(const node *one, bytes *in) {
    uint8_t which = byte(in);
    switch (which & 7) {
    case 0:
        return dd_ipv6_all_rpl;
    case 1:
        return dd_ipv6_all_coap;
    case 2:
        return dd_ipv6_all_nodes;
    case 3:
        return dd_ipv6_link_local(which >> 4);
    default:
        return dd_ipv6_global(&one->def.prefix, which >> 4);
    }
}

static uint8_t some_message(const node *one, bytes *in, uint8_t *octets) {
    dd_rpl_message message = {.code = byte(in) & 3};
    if (message.code == DD_RPL_DIO)
        message.dio = (dd_rpl_dio){.version = byte(in),
                                   .rank = word(in),
                                   .mode = DD_RPL_NON_STORING,
                                   .dtsn = byte(in),
                                   .dodag = dd_ipv6_global(&one->def.prefix, 0)};
    if (message.code == DD_RPL_DAO)
        message.dao = (dd_rpl_dao){.sequence = byte(in),
                                   .ack_request = true,
                                   .target = byte(in) & 15,
                                   .parent = byte(in) & 15,
                                   .path_sequence = byte(in),
                                   .path_lifetime = byte(in)};
    if (message.code == DD_RPL_DAO_ACK) message.ack = (dd_rpl_dao_ack){.sequence = byte(in)};
    return dd_rpl_write(octets, &message, &one->def.prefix);
}

// A datagram as a neighbour might send it, its checksum right; sometimes its first fragment.
static void receive_datagram(node *one, bytes *in) {
    uint8_t payload[DD_RPL_MESSAGE_MAX] = {0}, octets[256], flags = byte(in);
    dd_datagram datagram = {.source = some_address(one, in),
                            .destination = some_address(one, in),
                            .hop_limit = flags & 1 ? 255 : byte(in),
                            .protocol = flags & 2 ? DD_UDP : DD_ICMPV6,
                            .source_port = DD_COAP_PORT,
                            .destination_port = DD_COAP_PORT,
                            .payload = payload};
    datagram.payload_n = flags & 2 ? byte(in) & 31 : some_message(one, in, payload);
    if (flags & 4)
        datagram.rpl = (dd_rpl_option){.present = true, .rank_error = flags & 8, .rank = word(in)};
    if (flags & 16) datagram.mpl = (dd_mpl_option){.present = true, .sequence = byte(in)};
    if (flags & 32) {
        datagram.route.n = byte(in) & 7;
        datagram.route.left = byte(in) & 7;
        for (int i = 0; i < datagram.route.n; i++)
            datagram.route.hops[i] = byte(in) & 15;
    }
    datagram.checksum = dd_datagram_checksum(&datagram);
    if (!(flags & 2)) dd_put_be16(payload + 2, datagram.checksum);
    dd_lowpan_link link = {byte(in) & 15, flags & 64 ? DD_BROADCAST : one->def.address,
                           one->def.prefix};
    dd_fragment fragment = {.size = (uint16_t)(word(in) & 1023), .tag = byte(in) & 3};
    uint8_t n = flags & 128 ? dd_fragment_write(octets, &fragment) : 0;
    uint8_t header_n = dd_iphc_write(octets + n, DD_LOWPAN_HEADER_MAX, &datagram, &link);
    if (!header_n) return;
    memcpy(octets + n + header_n, payload, datagram.payload_n);
    receive(one, in, octets, (uint8_t)(n + header_n + datagram.payload_n));
}

static void receive_octets(node *one, bytes *in) {
    uint8_t octets[DD_FRAME_MAX], n = byte(in) % DD_FRAME_MAX;
    take(in, octets, n);
    receive(one, in, octets, n);
}

// What its own neighbour would have sent it: one of its frames comes back.
static void reflect(node *one, bytes *in) {
    if (!one->queue_n) return;
    queued frame = one->queue[byte(in) % one->queue_n];
    frame.octets[byte(in) % frame.n] ^= byte(in);
    receive(one, in, frame.octets, frame.n);
}

static void sent(node *one, bytes *in) {
    if (!one->queue_n) return;
    uint8_t how = byte(in);
    queued frame = one->queue[0];
    memmove(one->queue, one->queue + 1, (size_t)--one->queue_n * sizeof *one->queue);
    dd_net_frame back = {frame.destination, frame.octets, frame.n, frame.cookie};
    dd_drop drop = how & 1 ? DD_DROP_NO_ACK : how & 2 ? DD_DROP_CHANNEL : DD_DROP_NONE;
    one->deadline_us =
        dd_net_sent(&one->net, one->now_us, &one->port, &back, drop, (uint8_t)(how >> 4));
}

static void let_time_pass(node *one, bytes *in) {
    int64_t step_us = (int64_t)word(in) << (byte(in) & 15);
    one->now_us += step_us;
    if (one->deadline_us > one->now_us && one->deadline_us != DD_NET_NEVER && step_us == 0)
        one->now_us = one->deadline_us;
    one->deadline_us = dd_net_time(&one->net, one->now_us, &one->port);
    must(one->deadline_us > one->now_us);
}

static void send(node *one, bytes *in) {
    uint8_t payload[DD_DATAGRAM_MAX + 1] = {1, 2, 3};
    uint8_t to = byte(in);
    uint16_t n = word(in) % sizeof payload;
    one->deadline_us = dd_net_send(&one->net, one->now_us, &one->port,
                                   to & 16 ? DD_NET_GROUP : to & 15, payload, n);
}

static void start(node *one, bytes *in) {
    uint8_t how = byte(in);
    one->queue_n = 0;
    one->deadline_us = dd_net_start(&one->net, &one->def, one->now_us, &one->port);
    if (!(how & 1)) return;
    uint16_t parent = one->def.address == 1 ? 0 : 1;
    one->deadline_us = dd_net_seed(&one->net, one->now_us, &one->port, parent,
                                   (uint16_t)(512 + (how & 0xF0) * 16), 128 + (how & 14));
    for (uint16_t i = 1; one->def.root && i <= LAMPS; i++)
        dd_net_seed_route(&one->net, one->now_us, &one->port, i, (uint16_t)(i / 2));
}

static void act(node *one, bytes *in) {
    switch (byte(in) & 15) {
    case 0:
        dd_net_stop(&one->net, &one->port);
        start(one, in);
        return;
    case 1:
        if (one->def.root) one->deadline_us = dd_net_repair(&one->net, one->now_us, &one->port);
        return;
    case 2:
    case 3:
        send(one, in);
        return;
    case 4:
    case 5:
        receive_octets(one, in);
        return;
    case 6:
        reflect(one, in);
        return;
    case 7:
    case 8:
    case 9:
        sent(one, in);
        return;
    case 10:
    case 11:
        let_time_pass(one, in);
        return;
    default:
        receive_datagram(one, in);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    bytes in = {data, data + size};
    node *one = calloc(1, sizeof *one);
    uint8_t what = byte(&in);
    one->figures = dd_net_default_figures();
    one->figures.fixed_routes = (what & 7) == 7;
    one->figures.redundancy = what >> 6;
    one->random = what;
    one->def = (dd_net_def){.root = what & 8, .lamp_n = LAMPS, .prefix = {{0xfd, 1, 2}}};
    one->def.address = one->def.root ? 0 : 1 + (what >> 4 & 3);
    one->port = (dd_net_port){.context = one,
                              .figures = &one->figures,
                              .routes = one->def.root ? one->routes : NULL,
                              .send = on_send,
                              .deliver = on_deliver,
                              .tell = on_tell,
                              .draw = on_draw,
                              .take = on_take,
                              .at = on_at,
                              .give = on_give};
    start(one, &in);
    for (int i = 0; i < EVENTS_MAX && in.at < in.end; i++) {
        act(one, &in);
        check(one);
    }
    dd_net_stop(&one->net, &one->port);
    for (int i = 0; i < BUFFERS; i++)
        must(!one->taken[i]);
    free(one);
    return 0;
}
