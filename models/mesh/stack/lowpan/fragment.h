// Datagrams that do not fit a frame: cut into fragments and put together again at every hop (RFC
// 4944, 5.3; route-over). Fragments of one neighbour come in order, for its MAC sends one frame at
// a time: a gap is a loss, and what lacks a piece is given up.
#pragma once

#include "models/mesh/stack/lowpan/net_port.h"

enum {
    DD_REASSEMBLIES = 2,
    DD_FRAGMENTED = 2, // datagrams being sent in fragments at once
};

typedef struct dd_reassembly {
    int64_t until_us;
    uint32_t buffer; // 0: none; compressed headers, payload
    uint16_t source, tag;
    uint16_t size; // of the datagram uncompressed
    uint16_t have; // octets uncompressed so far
    uint16_t n;    // octets in the buffer so far
} dd_reassembly;

typedef enum dd_reassembled {
    DD_REASSEMBLED_MORE = 1, // taken, others are to come
    DD_REASSEMBLED_WHOLE,
    DD_REASSEMBLED_REFUSED, // malformed, out of order, or of nothing that has begun
    DD_REASSEMBLED_NO_ROOM,
} dd_reassembled;

// Takes in a fragment: `octets` after its header. WHOLE: `which` is complete, and is the caller's
// to end.
dd_reassembled dd_reassembly_take(dd_reassembly all[DD_REASSEMBLIES], int64_t now_us,
                                  const dd_net_port *port, const dd_lowpan_link *link,
                                  const dd_fragment *fragment, const uint8_t *octets, uint8_t n,
                                  dd_reassembly **which);

void dd_reassembly_end(dd_reassembly *reassembly, const dd_net_port *port);

// A datagram on its way in fragments; the next goes out when the one before has been acknowledged.
typedef struct dd_fragmented {
    uint32_t buffer; // 0: none; compressed headers, payload
    uint16_t n;      // octets in the buffer
    uint16_t at;     // of which so many have been acknowledged
    uint16_t next_n; // and so many are under way
    uint16_t size;   // of the datagram uncompressed
    uint16_t tag, hop;
    uint8_t way, tries; // of the datagram, see output.h
} dd_fragmented;

// Cuts off the next fragment: writes its header and its part of the buffer, at most `room` octets;
// returns how many. 0: all is sent (or the headers fit no frame).
uint8_t dd_fragmented_next(dd_fragmented *fragmented, const dd_net_port *port, uint8_t room,
                           uint8_t *octets);

void dd_fragmented_end(dd_fragmented *fragmented, const dd_net_port *port);
