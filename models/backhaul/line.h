// One direction of a backhaul line. Messages keep their order (a reliable session); loss costs
// retransmission time; an outage loses them.
#pragma once

#include "engine/engine.h"
#include "models/backhaul/backhaul.h"

typedef struct dd_line {
    dd_time last_arrival, last_sent;
    uint64_t sent;
    uint64_t lost; // to outages
    uint32_t segment;
    uint8_t ge_state; // Gilbert-Elliott: good or bad
    uint8_t faults;   // forced down by so many faults
    bool to_centre;
} dd_line;

struct dd_world;

// What a line's natural outages depend on; both ends ask for themselves.
dd_backhaul_line dd_line_identity(const struct dd_world *world, uint32_t segment);

// The natural outage that begins on a day of simulated time.
dd_outage dd_line_outage(const struct dd_world *world, uint32_t segment, int64_t day);

// Whether the line works at this moment, for the domain that asks.
bool dd_line_up(const dd_domain *domain, const dd_line *line);

// Sends a message of `size` bytes, which arrives at the other end as an event of that kind. Returns
// whether the line was up; the sender's device does not learn it.
bool dd_line_send(dd_domain *domain, dd_line *line, uint16_t kind, uint32_t target,
                  const void *payload, size_t size);
