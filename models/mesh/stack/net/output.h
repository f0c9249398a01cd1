// What a node sends: datagrams compressed into frames' payloads, in fragments where they are too
// long, on their way up to the root, down along a source route, or to neighbours.
#pragma once

#include "models/mesh/stack/net/net.h"

// How a datagram travels; it says what becomes of one that a hop does not take.
typedef enum dd_way {
    DD_WAY_LINK = 1, // to a neighbour or all neighbours: it is forgotten
    DD_WAY_UP,       // by way of the parent: another may be tried
    DD_WAY_DOWN,     // along a source route: it is dropped
} dd_way;

void dd_output_refused(const dd_net_port *port, dd_refusal refusal, uint16_t from);
void dd_output_dropped(const dd_net_port *port, dd_drop drop, uint16_t hop,
                       const dd_datagram *datagram);

// Sends to a neighbour (or DD_BROADCAST); `tries` hops have failed to take it here before.
void dd_output(dd_net *net, const dd_net_port *port, const dd_datagram *datagram, uint16_t hop,
               dd_way way, uint8_t tries);

// Sends upward by way of the parent, with the RPL option of this node.
void dd_output_up(dd_net *net, const dd_net_port *port, dd_datagram *datagram);

// From the root down to a lamp: the datagram's destination and route are filled in.
void dd_output_down(dd_net *net, int64_t now_us, const dd_net_port *port, dd_datagram *datagram,
                    uint16_t lamp);

// A frame of ours is done with (see dd_net_sent): the next fragment, another parent, another time,
// or a drop.
void dd_output_sent(dd_net *net, int64_t now_us, const dd_net_port *port, const dd_net_frame *frame,
                    dd_drop drop);

// Tries again what has been held, when it is due.
void dd_output_time(dd_net *net, int64_t now_us, const dd_net_port *port);

// The node stops: tells of datagrams that are under way in fragments or held, and gives back their
// buffers.
void dd_output_stop(dd_net *net, const dd_net_port *port);
