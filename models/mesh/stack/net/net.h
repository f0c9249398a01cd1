// A node's network layer: 6LoWPAN, IPv6 with source routing, RPL (non-storing), MPL. A pure state
// machine: frames' payloads and the time go in; frames' payloads, datagrams for the application and
// notices come out through a port; each call returns the next deadline. The same for controllers
// (roots) and lamps. Time is microseconds of the node's own clock.
#pragma once

#include "models/mesh/stack/lowpan/fragment.h"
#include "models/mesh/stack/lowpan/net_port.h"
#include "models/mesh/stack/net/mpl.h"
#include "models/mesh/stack/rpl/dodag.h"
#include "models/mesh/stack/rpl/rpl_message.h"

typedef struct dd_net_def {
    uint16_t address; // short; the root's is 0
    bool root;
    dd_prefix prefix;
    uint16_t lamp_n; // nodes have addresses 1..lamp_n
    uint8_t boots;   // root: how often it has been switched on before: its DODAG's version
} dd_net_def;

// A datagram that a hop has not taken, to be tried again a little later.
typedef struct dd_held {
    int64_t due_us;
    uint32_t buffer; // 0: none; compressed headers, payload
    uint16_t n, hop;
    uint8_t way, tries; // see output.h
} dd_held;

// Plain data without pointers: may be copied and put back anywhere.
typedef struct dd_net {
    dd_net_def def;
    uint16_t tag; // of the next datagram in fragments
    uint8_t mpl_sequence;
    dd_dodag dodag;
    dd_mpl mpl;
    dd_reassembly reassemblies[DD_REASSEMBLIES];
    dd_fragmented fragmented[DD_FRAGMENTED];
    dd_held held;
} dd_net;

_Static_assert(sizeof(dd_net) <= 448, "a lamp's network layer is in every snapshot");

// Destinations: short addresses, and the group of all nodes.
enum { DD_NET_GROUP = 0xFFFE };

// A node switched on: no neighbours, no rank, no buffers. The root begins a DODAG of its own, with
// no routes.
int64_t dd_net_start(dd_net *net, const dd_net_def *def, int64_t now_us, const dd_net_port *port);

// Stopping: gives back what buffers it holds and tells of what is lost.
void dd_net_stop(dd_net *net, const dd_net_port *port);

// After dd_net_start: makes a lamp joined, as if the network had run for long: its parent, its own
// rank, expected transmissions to the parent (1/128); timers are settled, at random phases. For the
// root: its timers. Parents' ranks follow from rank and etx.
int64_t dd_net_seed(dd_net *net, int64_t now_us, const dd_net_port *port, uint16_t parent,
                    uint16_t rank, uint16_t etx);
// The root's routes, after dd_net_seed.
void dd_net_seed_route(dd_net *root, int64_t now_us, const dd_net_port *port, uint16_t lamp,
                       uint16_t parent);

// A frame's payload has arrived, from `source`, sent to this node or to all, at so many dBm.
int64_t dd_net_receive(dd_net *net, int64_t now_us, const dd_net_port *port, uint16_t source,
                       bool broadcast, int8_t rss_dbm, const uint8_t *octets, uint8_t n);

// A frame that port->send took is done with: acknowledged after so many attempts or given up (drop:
// DD_DROP_NO_ACK, DD_DROP_CHANNEL, or DD_DROP_POWER before dd_net_stop); its octets, so that
// another parent may be tried.
int64_t dd_net_sent(dd_net *net, int64_t now_us, const dd_net_port *port, const dd_net_frame *frame,
                    dd_drop drop, uint8_t attempts);

// A deadline has come.
int64_t dd_net_time(dd_net *net, int64_t now_us, const dd_net_port *port);

// Sends a UDP datagram (CoAP port to CoAP port): lamps to the root (0), the root to a lamp's short
// address or to DD_NET_GROUP. At most DD_DATAGRAM_MAX octets, to a group what fits one frame.
int64_t dd_net_send(dd_net *net, int64_t now_us, const dd_net_port *port, uint16_t destination,
                    const uint8_t *payload, uint16_t n);

// Global repair: the root begins a new version of the DODAG, and all choose their parents anew.
int64_t dd_net_repair(dd_net *root, int64_t now_us, const dd_net_port *port);

// What it knows, for records and tests.
int64_t dd_net_deadline(const dd_net *net);
uint16_t dd_net_parent(const dd_net *net); // DD_BROADCAST: none
uint16_t dd_net_rank(const dd_net *net);   // DD_RPL_INFINITE_RANK: none
