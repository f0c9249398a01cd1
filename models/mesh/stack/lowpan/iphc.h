// 6LoWPAN: header compression (RFC 6282: IPHC, NHC for UDP and for extension headers) and
// fragmentation headers (RFC 4944, 5.3). Context 0 is the mesh's prefix. Traffic class and flow
// label are always zero and elided; frames that carry others are read nonetheless.
#pragma once

#include "models/mesh/stack/lowpan/datagram.h"

// Who sent the frame and to whom: what elided addresses are made from.
typedef struct dd_lowpan_link {
    uint16_t source, destination; // short addresses of the frame
    dd_prefix prefix;             // context 0
} dd_lowpan_link;

// Octets of compressed headers at most: IPv6 35, both options 14, a full source route 72, UDP 7.
enum { DD_LOWPAN_HEADER_MAX = 128 };

// Writes the compressed headers (everything ahead of the payload) into `octets`, at most `room` of
// them; returns their number, 0 when they do not fit or the route is none (too long, or more
// segments left than there are). The payload is not copied. The destination is some address.
uint8_t dd_iphc_write(uint8_t *octets, size_t room, const dd_datagram *datagram,
                      const dd_lowpan_link *link);

// Reads compressed headers that are all there, then the payload, which is not copied: all of a
// datagram, or as much of it as its first fragment has. False: malformed, or a form that is not
// spoken here; `datagram` then holds nothing of use. What is read has the same
// dd_datagram_header_n that its sender counted by.
bool dd_iphc_read(dd_datagram *datagram, const uint8_t *octets, size_t n,
                  const dd_lowpan_link *link);

// Fragments: the header that begins a frame's payload.
typedef struct dd_fragment {
    bool present;
    uint8_t header_n; // 4 (first) or 5 octets
    uint16_t size;    // of the datagram uncompressed, below 2048
    uint16_t tag;
    uint16_t offset; // in octets, a multiple of 8; 0: the first
} dd_fragment;

// False: malformed. A payload that is no fragment gives true, with nothing present.
bool dd_fragment_read(dd_fragment *fragment, const uint8_t *octets, size_t n);

// Writes the header of a first fragment (offset 0) or of a later one; returns its length.
uint8_t dd_fragment_write(uint8_t *octets, const dd_fragment *fragment);
