// Where the centre's sessions begin: its own line, through which all lines run, and the server that
// accepts connections one by one. When a city's controllers all come back at once, both make them
// wait, and those that wait too long give up and ask again.
#pragma once

#include "models/backhaul/line.h"
#include "models/backhaul/wire.h"

typedef struct dd_gate_counts {
    uint64_t garbage;    // packets that were no message
    uint64_t unasked;    // words of controllers without a session
    uint64_t overflowed; // packets that the centre's own line had no room for
    uint32_t accepted;   // sessions
    uint32_t refused;    // attempts, since too many waited
    uint32_t stale;      // attempts that had been given up when their turn came
    uint32_t waited_most;
} dd_gate_counts;

// A packet that waits in the centre's own line.
typedef struct dd_inbound {
    uint16_t n;
    uint8_t octets[DD_WIRE_MAX];
} dd_inbound;

typedef struct dd_gate {
    dd_time in_free_at, out_free_at; // when all that queues in the own line has passed
    dd_time server_free_at;          // when all that wait have been accepted
    uint32_t waiting_n;
    dd_pool inbound;
    dd_gate_counts counts;
} dd_gate;

void dd_gate_init(dd_gate *gate, dd_arena *arena);

// A packet has come to the centre's own line. True when it is through at once; else it comes later,
// as an event DD_KIND_INBOUND with the segment as its target, or never.
bool dd_gate_admit(dd_domain *hub, dd_gate *gate, uint32_t segment, const uint8_t *octets,
                   size_t n);

// The packet of such an event; it waits no more.
dd_inbound dd_gate_inbound(dd_gate *gate, uint32_t handle);

// How long what is sent now takes to pass the own line; DD_NEVER: it has no room for it.
dd_time dd_gate_out(const dd_domain *hub, dd_gate *gate, size_t n);

// Attempt `number` of a segment's controller at a session. When its turn comes that is an event
// DD_KIND_ACCEPT, its target the segment, its `a` the number; unless too many wait.
void dd_gate_ask(dd_domain *hub, dd_gate *gate, uint32_t segment, uint32_t number);

// Such a turn has come; `stale`: its controller has asked anew since.
void dd_gate_turn(dd_gate *gate, bool stale);
