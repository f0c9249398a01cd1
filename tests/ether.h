// A little air for tests of the network layer: up to 128 nodes, a table of who hears whom how
// often, a MAC of one line (a queue, up to four attempts a unicast). Nothing collides. Node 0 is
// the root.
#pragma once

#include "models/mesh/stack/mac/frame.h"
#include "models/mesh/stack/net/net.h"

#include <stdlib.h>
#include <string.h>

enum {
    ETHER_NODES = 128,
    ETHER_QUEUE = 8,
    ETHER_BUFFERS = 64,
    ETHER_ATTEMPTS = 4,
    ETHER_WORDS = 16, // notices of a kind
    ETHER_S = 1000000,
};

typedef struct ether_frame {
    uint16_t destination;
    uint8_t octets[DD_FRAME_MAX], n;
    uint32_t cookie;
} ether_frame;

struct ether;

typedef struct ether_node {
    struct ether *ether;
    uint16_t address;
    bool on;
    dd_net net;
    dd_net_port port;
    int64_t deadline_us, busy_us; // busy: when the attempt under way ends
    ether_frame queue[ETHER_QUEUE];
    int queued, attempts;
    bool arrived; // what is under way has got there, but for its acknowledgement
    // What the test looks at.
    int delivered, notices[ETHER_WORDS], drops[ETHER_WORDS], refusals[ETHER_WORDS];
    uint16_t last_n, last_from;
    uint8_t last[DD_DATAGRAM_MAX];
    int sent_dio, sent_probe, sent_dis, sent_dao, sent_advertisement, sent_data;
    int64_t joined_us;
} ether_node;

typedef struct ether {
    int n;
    int64_t now_us;
    uint32_t random;
    dd_net_figures figures;
    dd_prefix prefix;
    uint16_t heard_pm[ETHER_NODES][ETHER_NODES]; // per mille; 0: out of reach
    int8_t rss_dbm[ETHER_NODES][ETHER_NODES];
    ether_node nodes[ETHER_NODES];
    dd_route routes[ETHER_NODES];
    uint8_t buffers[ETHER_BUFFERS][DD_NET_BUFFER];
    bool taken[ETHER_BUFFERS];
    int frames;
    void (*watch)(void *context, uint16_t source, const ether_frame *frame); // may be NULL
    void *watcher;
} ether;

static uint32_t ether_draw(ether *air) {
    uint32_t x = air->random;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return air->random = x;
}

static bool ether_chance(ether *air, unsigned pm) {
    return ether_draw(air) % 1000 < pm;
}

// The ICMPv6 type and code of a frame's payload; -1: something else.
static int ether_kind(const ether_node *node, const ether_frame *frame) {
    dd_datagram datagram;
    dd_lowpan_link link = {node->address, frame->destination, node->ether->prefix};
    dd_fragment fragment;
    if (!dd_fragment_read(&fragment, frame->octets, frame->n) || fragment.present) return -1;
    if (!dd_iphc_read(&datagram, frame->octets, frame->n, &link)) abort();
    if (datagram.protocol != DD_ICMPV6) return -1;
    return datagram.payload[0] << 8 | datagram.payload[1];
}

static void ether_count(ether_node *node, const ether_frame *frame) {
    int kind = ether_kind(node, frame);
    if (kind == (DD_ICMP_RPL << 8 | DD_RPL_DIO)) {
        if (frame->destination == DD_BROADCAST)
            node->sent_dio++;
        else
            node->sent_probe++;
    }
    node->sent_dis += kind == (DD_ICMP_RPL << 8 | DD_RPL_DIS);
    node->sent_dao += kind == (DD_ICMP_RPL << 8 | DD_RPL_DAO);
    node->sent_advertisement += kind == DD_ICMP_ROUTER_ADVERTISEMENT << 8;
    node->sent_data += kind < 0;
}

static void ether_begin(ether_node *node) {
    ether *air = node->ether;
    if (node->busy_us != DD_NET_NEVER || !node->queued) return;
    int64_t access_us = 500 + ether_draw(air) % 4000;
    node->busy_us = air->now_us + access_us + (node->queue[0].n + 17) * 32;
}

static bool ether_send(void *context, const dd_net_frame *frame) {
    ether_node *node = context;
    if (node->queued == ETHER_QUEUE) return false;
    if (frame->n > node->ether->figures.frame_room) abort();
    ether_frame *copy = &node->queue[node->queued++];
    *copy =
        (ether_frame){.destination = frame->destination, .n = frame->n, .cookie = frame->cookie};
    memcpy(copy->octets, frame->octets, frame->n);
    ether_count(node, copy);
    ether_begin(node);
    return true;
}

static void ether_deliver(void *context, const dd_datagram *datagram) {
    ether_node *node = context;
    node->delivered++;
    node->last_n = datagram->payload_n;
    memcpy(node->last, datagram->payload, datagram->payload_n);
    if (!dd_ipv6_short(&datagram->source, &node->ether->prefix, &node->last_from)) abort();
}

static void ether_tell(void *context, const dd_notice *notice) {
    ether_node *node = context;
    node->notices[notice->kind]++;
    if (notice->kind == DD_NOTICE_DROPPED) node->drops[notice->a]++;
    if (notice->kind == DD_NOTICE_REFUSED) node->refusals[notice->a]++;
    if (notice->kind == DD_NOTICE_JOINED) node->joined_us = node->ether->now_us;
}

static uint32_t ether_word(void *context) {
    return ether_draw(((ether_node *)context)->ether);
}

static uint32_t ether_take(void *context) {
    ether *air = ((ether_node *)context)->ether;
    for (uint32_t i = 0; i < ETHER_BUFFERS; i++) {
        if (air->taken[i]) continue;
        air->taken[i] = true;
        return i + 1;
    }
    return 0;
}

static uint8_t *ether_at(void *context, uint32_t buffer) {
    ether *air = ((ether_node *)context)->ether;
    if (!buffer || !air->taken[buffer - 1]) abort();
    return air->buffers[buffer - 1];
}

static void ether_give(void *context, uint32_t buffer) {
    ether *air = ((ether_node *)context)->ether;
    if (!buffer || !air->taken[buffer - 1]) abort();
    air->taken[buffer - 1] = false;
}

static inline int ether_taken(const ether *air) {
    int n = 0;
    for (int i = 0; i < ETHER_BUFFERS; i++)
        n += air->taken[i];
    return n;
}

// n nodes, all off, out of one another's reach.
static ether *ether_new(int n, uint32_t seed) {
    ether *air = calloc(1, sizeof *air);
    air->n = n;
    air->random = seed * 2654435761u + 1;
    air->figures = dd_net_default_figures();
    air->prefix = (dd_prefix){{0xfd, 0x42, 0xe4, 0xbf, 0x6f, 0x5d, 0x00, 0x07}};
    for (int i = 0; i < n; i++) {
        ether_node *node = &air->nodes[i];
        node->ether = air;
        node->address = (uint16_t)i;
        node->deadline_us = node->busy_us = DD_NET_NEVER;
        node->port = (dd_net_port){.context = node,
                                   .figures = &air->figures,
                                   .routes = i ? NULL : air->routes,
                                   .send = ether_send,
                                   .deliver = ether_deliver,
                                   .tell = ether_tell,
                                   .draw = ether_word,
                                   .take = ether_take,
                                   .at = ether_at,
                                   .give = ether_give};
    }
    return air;
}

// Not inlined: GCC 12.2 (-O1 and up) would take ether_row for a pure function and drop its calls.
__attribute__((noinline)) static void ether_hears(ether *air, int a, int b, unsigned pm,
                                                  int rss_dbm) {
    air->heard_pm[b][a] = (uint16_t)pm;
    air->rss_dbm[b][a] = (int8_t)rss_dbm;
}

static void ether_link(ether *air, int a, int b, unsigned pm, int rss_dbm) {
    ether_hears(air, a, b, pm, rss_dbm);
    ether_hears(air, b, a, pm, rss_dbm);
}

// Nodes in a line that hear `reach` others on either side, each further one less well.
static void ether_row(ether *air, int reach, unsigned pm) {
    for (int a = 0; a < air->n; a++)
        for (int by = 1; by <= reach && a + by < air->n; by++)
            ether_link(air, a, a + by, pm, -60 - 6 * by);
}

static inline void ether_start(ether *air, int i, uint8_t boots) {
    ether_node *node = &air->nodes[i];
    dd_net_def def = {.address = node->address,
                      .root = i == 0,
                      .prefix = air->prefix,
                      .lamp_n = (uint16_t)(air->n - 1),
                      .boots = boots};
    node->on = true;
    node->deadline_us = dd_net_start(&node->net, &def, air->now_us, &node->port);
}

static void ether_stop(ether *air, int i) {
    ether_node *node = &air->nodes[i];
    dd_net_stop(&node->net, &node->port);
    node->on = false;
    node->queued = node->attempts = 0;
    node->deadline_us = node->busy_us = DD_NET_NEVER;
}

static void ether_start_all(ether *air) {
    for (int i = 0; i < air->n; i++)
        ether_start(air, i, 0);
}

static void ether_free(ether *air) {
    for (int i = 0; i < air->n; i++)
        if (air->nodes[i].on) ether_stop(air, i);
    if (ether_taken(air)) abort(); // buffers were lost
    free(air);
}

static void ether_hear(ether_node *from, ether_node *to) {
    const ether_frame *frame = &from->queue[0];
    ether *air = from->ether;
    uint8_t *exact = malloc(frame->n); // so that a read past the end is caught
    memcpy(exact, frame->octets, frame->n);
    to->deadline_us = dd_net_receive(&to->net, air->now_us, &to->port, from->address,
                                     frame->destination == DD_BROADCAST,
                                     air->rss_dbm[from->address][to->address], exact, frame->n);
    free(exact);
}

static void ether_done(ether_node *node, bool acknowledged) {
    ether_frame frame = node->queue[0];
    uint8_t attempts = (uint8_t)node->attempts;
    memmove(node->queue, node->queue + 1, (size_t)--node->queued * sizeof *node->queue);
    node->attempts = 0;
    node->arrived = false;
    dd_net_frame back = {frame.destination, frame.octets, frame.n, frame.cookie};
    node->deadline_us = dd_net_sent(&node->net, node->ether->now_us, &node->port, &back,
                                    acknowledged ? DD_DROP_NONE : DD_DROP_NO_ACK, attempts);
}

static void ether_attempt(ether_node *node) {
    ether *air = node->ether;
    uint16_t destination = node->queue[0].destination;
    const uint16_t *heard_pm = air->heard_pm[node->address];
    node->busy_us = DD_NET_NEVER;
    node->attempts++;
    air->frames++;
    if (air->watch) air->watch(air->watcher, node->address, &node->queue[0]);
    if (destination == DD_BROADCAST) {
        for (int i = 0; i < air->n; i++)
            if (air->nodes[i].on && ether_chance(air, heard_pm[i]))
                ether_hear(node, &air->nodes[i]);
        ether_done(node, true);
    } else {
        if (destination >= air->n) abort();
        ether_node *to = &air->nodes[destination];
        bool heard = to->on && ether_chance(air, heard_pm[destination]);
        if (heard && !node->arrived) ether_hear(node, to);
        node->arrived = node->arrived || heard;
        bool acknowledged = heard && ether_chance(air, heard_pm[destination]);
        if (acknowledged || node->attempts == ETHER_ATTEMPTS) ether_done(node, acknowledged);
    }
    ether_begin(node);
}

// Lets time pass.
static void ether_run(ether *air, int64_t until_us) {
    for (;;) {
        ether_node *next = NULL;
        int64_t at_us = until_us;
        for (int i = 0; i < air->n; i++) {
            ether_node *node = &air->nodes[i];
            int64_t its_us = dd_net_sooner(node->deadline_us, node->busy_us);
            if (!node->on || its_us > at_us || (next && its_us == at_us)) continue;
            next = node;
            at_us = its_us;
        }
        if (!next) break;
        if (at_us > air->now_us) air->now_us = at_us;
        if (next->busy_us <= air->now_us)
            ether_attempt(next);
        else
            next->deadline_us = dd_net_time(&next->net, air->now_us, &next->port);
    }
    air->now_us = until_us;
}

static void ether_send_up(ether *air, int i, const uint8_t *payload, uint16_t n) {
    ether_node *node = &air->nodes[i];
    node->deadline_us = dd_net_send(&node->net, air->now_us, &node->port, 0, payload, n);
}

static void ether_send_down(ether *air, uint16_t to, const uint8_t *payload, uint16_t n) {
    ether_node *root = &air->nodes[0];
    root->deadline_us = dd_net_send(&root->net, air->now_us, &root->port, to, payload, n);
}

static inline int ether_joined(const ether *air) {
    int n = 0;
    for (int i = 1; i < air->n; i++)
        n += air->nodes[i].on && dd_net_parent(&air->nodes[i].net) != DD_BROADCAST;
    return n;
}

static inline int ether_routed(const ether *air) {
    int n = 0;
    for (int i = 1; i < air->n; i++)
        n += air->routes[i].parent != DD_BROADCAST;
    return n;
}

// Hops to the root by the parents that nodes have; -1: none, or round and round.
static inline int ether_hops(const ether *air, int i) {
    int hops = 0;
    for (; i != 0; hops++) {
        if (hops > air->n || !air->nodes[i].on) return -1;
        uint16_t parent = dd_net_parent(&air->nodes[i].net);
        if (parent == DD_BROADCAST) return -1;
        i = parent;
    }
    return hops;
}
