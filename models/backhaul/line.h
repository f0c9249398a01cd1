// One direction of a backhaul line. Octets queue for the line's rate; messages keep their order (a
// reliable session); loss costs retransmission time; an outage loses them. A line is down while it
// is out itself, or its operator, its area or the centre's own line is.
#pragma once

#include "engine/engine.h"
#include "models/backhaul/backhaul.h"
#include "models/backhaul/outage.h"

// What takes a line down.
typedef enum dd_line_part {
    DD_LINE_ITSELF,
    DD_LINE_OPERATOR,
    DD_LINE_AREA,
    DD_LINE_CENTRE, // the centre's own line
    DD_LINE_PARTS,
} dd_line_part;

typedef struct dd_line_counts {
    uint64_t messages, octets; // carried, or on their way; octets with what the transport adds
    uint64_t lost;             // messages, to outages
    uint64_t overflowed;       // ... to a full queue
} dd_line_counts;

typedef struct dd_line {
    dd_time last_arrival, last_sent;
    dd_time awake_at;       // when it is connected
    dd_time free_at;        // when all that queues has been sent
    dd_time well_until;     // no natural outage before; 0: look
    uint64_t sent;          // messages given to it
    dd_line_counts counts;  // of what was sent from this end
    dd_line_counts arrived; // ... and of what has come to it
    uint32_t segment;
    uint8_t ge_state; // Gilbert-Elliott: good or bad
    uint8_t faults;   // forced down by faults of these parts: a mask of 1 << dd_line_part
    bool to_centre;
} dd_line;

struct dd_world;

// The operator of a segment's line, from 1: fibre is the fixed one's, mobile lines are the two
// mobile ones'.
uint32_t dd_line_operator(const struct dd_world *world, uint32_t segment);

// What of a segment's line an entity is: the segment itself, its operator, its ward, the city.
// False when it is none of it.
bool dd_line_part_of(const struct dd_world *world, uint32_t segment, uint32_t entity,
                     dd_line_part *part);

// An entity that is a part of the line, or several lines', fails or is repaired.
void dd_line_fault(const struct dd_world *world, dd_line *line, uint32_t entity, bool fails);

// Whether a fault of that entity holds the line down.
bool dd_line_failed(const struct dd_world *world, const dd_line *line, uint32_t entity);

// What the natural outages of a part of a segment's line depend on.
dd_outage_source dd_line_source(const struct dd_world *world, uint32_t segment, dd_line_part part);

// Whether the line works at this moment, for the domain that asks.
bool dd_line_up(const dd_domain *domain, dd_line *line);

// Sends a message of `n` octets, `after` a while from now, which arrives at the other end as an
// event of that kind, its parcel the octets, its `a` their number. Returns whether the line was up;
// the sender's device does not learn it.
bool dd_line_send(dd_domain *domain, dd_line *line, dd_time after, uint16_t kind, uint32_t target,
                  const uint8_t *octets, size_t n);

// Something of `n` octets comes to this end of a line. False when it is lost, since the line has
// gone down while it was under way.
bool dd_line_take(const dd_domain *domain, dd_line *line, size_t n);

// Octets of a message on the line: its own and what the transport adds.
uint32_t dd_line_octets(const struct dd_world *world, size_t n);

// What a segment's line has cost by now, thousandths of a VND: its rent, and its octets (both
// ways).
int64_t dd_line_cost(const struct dd_world *world, uint32_t segment, dd_time now, uint64_t octets);
