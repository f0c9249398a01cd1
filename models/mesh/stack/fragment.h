// Datagrams that do not fit a frame: cut into fragments and put together again at every hop (RFC
// 4944, 5.3; route-over). Fragments of one neighbour come in order, for its MAC sends one frame at
// a time: a gap is a loss, and what lacks a piece is given up.
#pragma once

#include "models/mesh/stack/net_port.h"

enum {
    DD_REASSEMBLIES = 2,
    DD_FRAGMENTED = 2, // datagrams being sent in fragments at once
};

typedef struct dd_reassembly {
    int64_t until_us;
    uint32_t buffer; // 0: none
    uint16_t source, tag;
    uint16_t size; // of the datagram uncompressed
    uint16_t have; // octets uncompressed so far
    uint16_t n;    // octets in the buffer: compressed headers, payload
} dd_reassembly;

// The next fragment goes out when the one before has been acknowledged.
typedef struct dd_fragmented {
    uint32_t buffer; // 0: none; compressed headers, payload
    uint16_t n;
    uint16_t at;     // octets of the buffer sent and acknowledged
    uint16_t next_n; // octets of the buffer under way
    uint16_t size;   // of the datagram uncompressed
    uint16_t tag, hop;
    uint8_t kind, tries;
} dd_fragmented;
