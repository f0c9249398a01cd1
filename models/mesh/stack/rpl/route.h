// What the root knows of the tree: each lamp's parent, as the DAOs say (non-storing mode, RFC 6550,
// 9.7), and the source routes that follow (RFC 6554).
#pragma once

#include "models/mesh/stack/lowpan/net_port.h"

void dd_routes_clear(dd_route *routes, uint16_t lamp_n);

// A lamp's DAO: its parent, for so many seconds (0: a No-Path). False: older than what is known, or
// nonsense. `changed` tells whether the parent is another than before.
bool dd_route_set(dd_route *routes, uint16_t lamp_n, uint32_t now_s, uint16_t lamp, uint16_t parent,
                  uint8_t sequence, uint32_t lifetime_s, bool *changed);

// The way down to a lamp: the first hop (0: none), and the header for the rest of it. Its cost goes
// with the hops.
uint16_t dd_route_find(const dd_route *routes, uint16_t lamp_n, uint32_t now_s, uint16_t lamp,
                       dd_source_route *route);

// Takes out the next route that is over by now, of lamps above `after`; tells whose. 0: no more.
uint16_t dd_route_expire(dd_route *routes, uint16_t lamp_n, uint32_t now_s, uint16_t after);
