// RPL's messages and router advertisements of a node: written and sent when they are due, checked
// and handed to the DODAG when they arrive.
#pragma once

#include "models/mesh/stack/net/net.h"

// Sends what is due, a mask of dd_due.
void dd_control_due(dd_net *net, int64_t now_us, const dd_net_port *port, uint8_t due);

// An ICMPv6 datagram for this node or for all of the link, whose checksum is right.
void dd_control_receive(dd_net *net, int64_t now_us, const dd_net_port *port, uint16_t source,
                        int8_t rss_dbm, const dd_datagram *datagram);
