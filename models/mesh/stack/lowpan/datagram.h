// An IPv6 datagram of the mesh, taken apart: what 6LoWPAN compresses, what routers change, and the
// upper layer's octets. Codecs: iphc.h for the air; the checksum of UDP and ICMPv6 is here.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DD_DATAGRAM_MAX = 640, // octets of upper layer in one datagram that nodes reassemble
    DD_ROUTE_MAX = 32,     // addresses in a source routing header
    DD_UDP = 17,
    DD_ICMPV6 = 58,
    DD_COAP_PORT = 5683,
};

typedef struct dd_ipv6 {
    uint8_t octets[16];
} dd_ipv6;

// Addresses are formed from short ones: interface identifier 0000:00ff:fe00:XXXX (RFC 6282, 3.2.2),
// under fe80::/64 or under the mesh's own prefix.
typedef struct dd_prefix {
    uint8_t octets[8]; // the upper half of the mesh's addresses (a /64)
} dd_prefix;

#define DD_LINK_LOCAL UINT64_C(0xFE80000000000000)       // upper half of a link-local address
#define DD_SHORT_IDENTIFIER UINT64_C(0x000000FFFE000000) // lower half, with the short address 0

dd_ipv6 dd_ipv6_link_local(uint16_t shrt);
dd_ipv6 dd_ipv6_global(const dd_prefix *prefix, uint16_t shrt);
extern const dd_ipv6 dd_ipv6_all_nodes;      // ff02::1 (RFC 4291, 2.7.1)
extern const dd_ipv6 dd_ipv6_all_rpl;        // ff02::1a (RFC 6550, 6)
extern const dd_ipv6 dd_ipv6_all_forwarders; // ff03::fc, ALL_MPL_FORWARDERS realm-local (RFC 7731)
extern const dd_ipv6 dd_ipv6_all_coap; // ff03::fd, All CoAP Nodes realm-local (RFC 7390, 7252)
bool dd_ipv6_multicast(const dd_ipv6 *address);
bool dd_ipv6_equal(const dd_ipv6 *a, const dd_ipv6 *b);
// Whether it is an address formed from a short one under `prefix` (or link-local); tells which.
bool dd_ipv6_short(const dd_ipv6 *address, const dd_prefix *prefix, uint16_t *shrt);

// The RPL option (RFC 6553).
typedef struct dd_rpl_option {
    bool present, down, rank_error, forward_error; // O, R, F
    uint8_t instance;
    uint16_t rank; // sender's
} dd_rpl_option;

// The source routing header (RFC 6554), its addresses by their short forms: all are under the
// mesh's prefix, CmprI = CmprE = 14.
typedef struct dd_source_route {
    uint8_t left; // segments left; with n == 0 there is no such header
    uint8_t n;
    uint16_t hops[DD_ROUTE_MAX]; // in the order of the header
} dd_source_route;

// The MPL option (RFC 7731, 6.1) with a 16-bit seed (S = 1: the seed's short address).
typedef struct dd_mpl_option {
    bool present, newest; // M: the largest sequence that the seed has sent
    uint16_t seed;
    uint8_t sequence;
} dd_mpl_option;

typedef struct dd_datagram {
    dd_ipv6 source, destination;
    uint8_t hop_limit;
    uint8_t protocol; // DD_UDP or DD_ICMPV6
    dd_rpl_option rpl;
    dd_mpl_option mpl;
    dd_source_route route;
    uint16_t source_port, destination_port; // UDP's
    uint16_t checksum;                      // UDP's; ICMPv6's stands in its octets
    // UDP: its payload. ICMPv6: from its type on.
    const uint8_t *payload;
    uint16_t payload_n;
} dd_datagram;

// Length of the headers ahead of `payload` as IPv6 has them, uncompressed, with the padding of the
// extension headers: what the sizes and offsets of 6LoWPAN fragments count (RFC 4944, 5.3).
uint16_t dd_datagram_header_n(const dd_datagram *datagram);

// Where it is bound for in the end: the destination, or the last address of its source route.
dd_ipv6 dd_datagram_final(const dd_datagram *datagram);

// The checksum over pseudo-header, header and payload (RFC 8200, 8.1; UDP's zero becomes 0xFFFF).
// With a source route, the destination is the last one. ICMPv6: its own checksum field counts as 0.
uint16_t dd_datagram_checksum(const dd_datagram *datagram);

// Whether a datagram that was read carries the right checksum.
bool dd_datagram_intact(const dd_datagram *datagram);
