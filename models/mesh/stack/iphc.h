// 6LoWPAN: header compression (RFC 6282: IPHC, NHC for UDP and for extension headers) and
// fragmentation headers (RFC 4944, 5.3). Context 0 is the mesh's prefix. Multicast addresses of the
// forms ff02::XX and ff03::/16 are compressed; traffic class and flow label are always zero and
// elided, and frames that carry others are read nonetheless.
#pragma once

#include "models/mesh/stack/datagram.h"

// Who sent the frame and to whom: what elided addresses are made from.
typedef struct dd_lowpan_link {
    uint16_t source, destination; // short addresses of the frame
    dd_prefix prefix;             // context 0
} dd_lowpan_link;

enum { DD_LOWPAN_HEADER_MAX = 120 }; // octets of compressed headers, a full source route included

// Writes the compressed headers (everything ahead of the payload) into `octets`, at most `room` of
// them; returns their number, 0 when they do not fit. The payload is not copied. `full` (may be
// NULL) receives the length of the headers uncompressed, which fragmentation counts by.
uint8_t dd_iphc_write(uint8_t *octets, size_t room, const dd_datagram *datagram,
                      const dd_lowpan_link *link, uint16_t *full);

// Reads a datagram whose octets are all there: compressed headers, then the payload, which is not
// copied. False: malformed, or a form that is not spoken here.
bool dd_iphc_read(dd_datagram *datagram, const uint8_t *octets, size_t n,
                  const dd_lowpan_link *link);

// Fragments: the header that begins a frame's payload.
typedef struct dd_fragment {
    bool present;
    uint8_t header_n; // 4 (first) or 5 octets
    uint16_t size;    // of the datagram uncompressed
    uint16_t tag;
    uint16_t offset; // in octets, a multiple of 8
} dd_fragment;

bool dd_fragment_read(dd_fragment *fragment, const uint8_t *octets, size_t n);
uint8_t dd_fragment_write(uint8_t *octets, const dd_fragment *fragment);
