// What a node's network layer needs from outside and tells it: the port, the figures that all nodes
// of a mesh share, and notices of what happened.
#pragma once

#include "models/mesh/stack/lowpan/datagram.h"
#include "models/mesh/stack/lowpan/iphc.h"

#define DD_NET_NEVER INT64_MAX

enum { DD_NET_BUFFER = DD_DATAGRAM_MAX + DD_LOWPAN_HEADER_MAX }; // octets of a buffer

// What happened that somebody outside may want to know.
typedef enum dd_notice_kind {
    DD_NOTICE_JOINED = 1, // has its first parent: a is it
    DD_NOTICE_PARENT,     // a: new parent, b: old one
    DD_NOTICE_LEFT,       // no parent any more; b: old one
    DD_NOTICE_DROPPED,    // a datagram was dropped here; a: dd_drop, b: the hop concerned
    DD_NOTICE_REFUSED,    // a frame was malformed or not for this mesh; a: dd_refusal, b: from whom
    DD_NOTICE_LOOP,       // the RPL option showed an inconsistency; b: from whom
    DD_NOTICE_REPAIR,     // a new version of the DODAG, a; at the root: global repair
    DD_NOTICE_ROUTE,      // root: lamp a has a route by way of b, or (DD_BROADCAST) no more
} dd_notice_kind;

typedef enum dd_drop {
    DD_DROP_NONE,
    DD_DROP_NO_ROUTE,  // no parent; root: no route to the lamp
    DD_DROP_NO_ACK,    // every attempt over a hop failed, and there was no other way
    DD_DROP_QUEUE,     // the MAC's queue is full
    DD_DROP_CHANNEL,   // CSMA/CA found no clear channel
    DD_DROP_HOP_LIMIT, // or a loop
    DD_DROP_FRAGMENT,  // too large, reassembly timed out, or had no room
    DD_DROP_POWER,     // the node stopped
} dd_drop;

typedef enum dd_refusal {
    DD_REFUSAL_MALFORMED = 1, // not 6LoWPAN, or nothing that this stack speaks
    DD_REFUSAL_CHECKSUM,
    DD_REFUSAL_ADDRESS,  // not for this node, or from no member of this mesh
    DD_REFUSAL_PROTOCOL, // a port or an ICMPv6 type that nobody listens to
    DD_REFUSAL_FRAGMENT, // out of order, or of no datagram that is being put together
    DD_REFUSAL_DODAG,    // RPL of another instance, DODAG or mode
} dd_refusal;

typedef struct dd_notice {
    uint8_t kind;
    uint16_t a, b;
    // Dropped: the datagram (ends by address, protocol, first octets of its payload), so that
    // whoever listens can tell which message it was; NULL where it could not be read.
    const dd_datagram *datagram;
} dd_notice;

// A frame's payload to be sent, by the MAC.
typedef struct dd_net_frame {
    uint16_t destination; // next hop or DD_BROADCAST
    const uint8_t *octets;
    uint8_t n;
    uint32_t cookie; // comes back with dd_net_sent
} dd_net_frame;

// What is the same for all nodes of a mesh. Defaults by dd_net_default_figures().
typedef struct dd_net_figures {
    uint8_t frame_room;         // octets of a frame's payload: 116, less what security takes
    uint8_t interval_min;       // Trickle: Imin = 2^this ms, at most 21; 12 (4.096 s), as RPL Lite
    uint8_t doublings;          // 8: at most 1,048.6 s
    uint8_t redundancy;         // k; 0: no suppression, as RPL Lite; 10 is RFC 6550's default
    uint16_t hop_rank;          // MIN_HOP_RANK_INCREASE, 256
    uint16_t max_rank_increase; // within one version of the DODAG, 2048
    uint16_t switch_threshold;  // PARENT_SWITCH_THRESHOLD, 192 (RFC 6719)
    uint16_t link_metric_max;   // MAX_LINK_METRIC, 512: ETX 4
    int8_t rss_sure_dbm;        // a link never used yet counts as ETX 1 from here up, -75, ...
    int8_t rss_edge_dbm;        // ... as ETX 3 from here down, -95, and linearly in between
    uint32_t probe_ms;          // a better-looking neighbour is tried this often, 90000
    uint32_t dao_delay_ms, dao_timeout_ms; // 4000, 5000
    uint8_t dao_retries;                   // the time-out doubles so often at most, 5
    uint32_t dis_interval_ms;              // 30000
    uint32_t route_lifetime_s;             // 1800; told in minutes, 1 to 255
    uint32_t reassembly_ms;                // patience between the fragments of a datagram, 5000
    uint8_t mpl_transmissions;             // TIMER_EXPIRATIONS at each forwarder, 3 (RFC 7731)
    // k of its Trickle. 2, where RFC 7731 has 1: there are no control messages to make good what is
    // missed (with 1, up to 4 % in lines of few neighbours and bad links, with 2 none in 200 each).
    uint8_t mpl_redundancy;
    uint32_t mpl_interval_ms; // Imin = Imax, 128
    bool fixed_routes;        // parents are given by dd_net_seed and never change; RPL says nothing
} dd_net_figures;

dd_net_figures dd_net_default_figures(void);

// The root knows of each lamp whose child it is, and until when that holds (non-storing mode).
typedef struct dd_route {
    uint16_t parent; // 0: the root; DD_BROADCAST: no route
    uint8_t sequence;
    uint32_t until_s; // by the root's clock
} dd_route;

typedef struct dd_net_port {
    void *context;
    const dd_net_figures *figures;
    dd_route *routes; // root: by address, so lamp_n + 1 of them; NULL for lamps
    // Takes a frame into the MAC's queue (copies it). False: the queue is full.
    bool (*send)(void *context, const dd_net_frame *frame);
    // A UDP datagram for this node.
    void (*deliver)(void *context, const dd_datagram *datagram);
    void (*tell)(void *context, const dd_notice *notice);
    uint32_t (*draw)(void *context); // a random word
    // Buffers of DD_NET_BUFFER octets, for datagrams in fragments and for multicast ones; take
    // gives 0 when there is none.
    uint32_t (*take)(void *context);
    uint8_t *(*at)(void *context, uint32_t buffer);
    void (*give)(void *context, uint32_t buffer);
} dd_net_port;

// Uniform in 0..n-1 (0 when n is 0).
static inline uint32_t dd_net_draw(const dd_net_port *port, uint32_t n) {
    return (uint32_t)(((uint64_t)port->draw(port->context) * n) >> 32);
}

static inline int64_t dd_net_sooner(int64_t a, int64_t b) {
    return a < b ? a : b;
}
