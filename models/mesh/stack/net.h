// A node's network layer: 6LoWPAN, IPv6 with source routing, RPL (non-storing), MPL. A pure state
// machine: frames' payloads and the time go in; frames' payloads, datagrams for the application and
// notices come out through a port; each call returns the next deadline. The same for controllers
// (roots) and lamps. Time is microseconds of the node's own clock.
#pragma once

#include "models/mesh/stack/datagram.h"
#include "models/mesh/stack/rpl_message.h"

#define DD_NET_NEVER INT64_MAX

// What happened that somebody outside may want to know.
typedef enum dd_notice_kind {
    DD_NOTICE_JOINED = 1, // has its first parent: a is it
    DD_NOTICE_PARENT,     // a: new parent, b: old one (DD_BROADCAST: none)
    DD_NOTICE_LEFT,       // no parent any more
    DD_NOTICE_DROPPED,    // a datagram of origin `origin` was dropped; a: dd_drop
    DD_NOTICE_REFUSED,    // a frame was malformed or not for this mesh; a: dd_refusal
    DD_NOTICE_LOOP,       // the RPL option showed an inconsistency
    DD_NOTICE_REPAIR,     // global repair: a is the new version (root)
    DD_NOTICE_ROUTE,      // root: a lamp (a) has a route now, or (b = 0) no more
} dd_notice_kind;

typedef enum dd_drop {
    DD_DROP_NONE,
    DD_DROP_NO_ROUTE,  // no parent; root: no route to the lamp
    DD_DROP_NO_ACK,    // every attempt over a hop failed, and there was no other way
    DD_DROP_QUEUE,     // the MAC's queue is full
    DD_DROP_CHANNEL,   // CSMA/CA found no clear channel
    DD_DROP_HOP_LIMIT, // or a loop
    DD_DROP_FRAGMENT,  // reassembly timed out or had no room
    DD_DROP_POWER,     // the node stopped
} dd_drop;

typedef struct dd_notice {
    uint8_t kind;
    uint16_t a, b;
    // Of the datagram concerned: ends by short address, protocol, first octets of its payload, so
    // that whoever listens can tell which message it was.
    const dd_datagram *datagram;
} dd_notice;

// A frame's payload to be sent, by the MAC.
typedef struct dd_net_frame {
    uint16_t destination; // next hop or DD_BROADCAST
    const uint8_t *octets;
    uint8_t n;
    uint32_t cookie; // comes back with dd_net_sent
} dd_net_frame;

typedef struct dd_net_port {
    void *context;
    // Takes a frame into the MAC's queue (copies it). False: the queue is full.
    bool (*send)(void *context, const dd_net_frame *frame);
    // A UDP datagram for this node.
    void (*deliver)(void *context, const dd_datagram *datagram);
    void (*tell)(void *context, const dd_notice *notice);
    uint32_t (*draw)(void *context); // a random word
    // Buffers of DD_DATAGRAM_MAX + DD_LOWPAN_HEADER_MAX octets for reassembly and for datagrams
    // that wait (MPL); take gives 0 when there is none.
    uint32_t (*take)(void *context);
    uint8_t *(*at)(void *context, uint32_t buffer);
    void (*give)(void *context, uint32_t buffer);
} dd_net_port;

// What is the same for all nodes of a mesh.
typedef struct dd_net_figures {
    uint8_t interval_min;      // Trickle: Imin = 2^this ms; 12 (4.096 s), as Contiki-NG's RPL Lite
    uint8_t doublings;         // 8: at most 1,048.6 s
    uint8_t redundancy;        // k; 0: no suppression, as RPL Lite; 10 is RFC 6550's default
    uint16_t hop_rank;         // MIN_HOP_RANK_INCREASE, 256
    uint16_t switch_threshold; // PARENT_SWITCH_THRESHOLD, 192 (RFC 6719)
    uint16_t link_metric_max;  // MAX_LINK_METRIC, 512
    uint32_t dao_delay_ms, dao_timeout_ms; // 4000, 5000
    uint8_t dao_retries;                   // 5
    uint32_t dis_interval_ms;              // 30000
    uint32_t route_lifetime_s;             // 1800
    uint8_t mpl_transmissions;             // of a multicast datagram at each forwarder, 3
    uint32_t mpl_interval_ms;              // 128
    bool fixed_routes; // parents are given by dd_net_seed and never change; no DIOs
} dd_net_figures;

typedef struct dd_net_def {
    uint16_t address; // short; the root's is 0
    bool root;
    dd_prefix prefix;
    uint32_t lamp_n; // root: nodes have addresses 1..lamp_n
    const dd_net_figures *figures;
} dd_net_def;

typedef struct dd_net
    dd_net; // plain data, no pointers but to figures and, in roots, to their table

// Ends: lamps' and the root's short addresses; groups by DD_NET_GROUP.
enum { DD_NET_GROUP = 0xFFFE }; // all nodes of the mesh

// A node switched on. Its neighbours, rank and buffers are gone; what lies in flash is the def.
int64_t dd_net_start(dd_net *net, const dd_net_def *def, int64_t now_us, const dd_net_port *port);

// Stopping: gives back what buffers it holds and tells of what is lost.
void dd_net_stop(dd_net *net, const dd_net_port *port);

// Makes it joined at once: its parent, its rank, its neighbours' ranks and expected transmissions
// (1/128). For networks that have run for long before the scenario begins. Roots get their table by
// dd_net_seed_route.
void dd_net_seed(dd_net *net, uint16_t parent, uint16_t rank, uint16_t etx);
void dd_net_seed_route(dd_net *root, uint16_t lamp, uint16_t parent);

// A frame's payload has arrived, from `source`, sent to this node or to all, at so many dBm.
int64_t dd_net_receive(dd_net *net, int64_t now_us, const dd_net_port *port, uint16_t source,
                       bool broadcast, int8_t rss_dbm, const uint8_t *octets, uint8_t n);

// A frame that port->send took is done with: acknowledged after so many attempts or given up (drop:
// DD_DROP_NO_ACK or DD_DROP_CHANNEL); its octets, so that another parent may be tried.
int64_t dd_net_sent(dd_net *net, int64_t now_us, const dd_net_port *port, const dd_net_frame *frame,
                    dd_drop drop, uint8_t attempts);

// A deadline has come.
int64_t dd_net_time(dd_net *net, int64_t now_us, const dd_net_port *port);

// Sends a UDP datagram (CoAP port to CoAP port) to a short address or to the group of all nodes.
int64_t dd_net_send(dd_net *net, int64_t now_us, const dd_net_port *port, uint16_t destination,
                    const uint8_t *payload, uint16_t n);

// What it knows, for records and tests.
uint16_t dd_net_parent(const dd_net *net); // DD_BROADCAST: none
uint16_t dd_net_rank(const dd_net *net);
uint16_t dd_net_etx(const dd_net *net); // of the link to its parent, 1/128
