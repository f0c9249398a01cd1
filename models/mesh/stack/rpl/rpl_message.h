// RPL's messages (RFC 6550, 6) as they stand in ICMPv6, type 155, with the options that our mesh
// uses: DODAG configuration, prefix information, RPL target and transit information; and the router
// advertisement that tells a newcomer, or a capture's reader, what context 0 is (RFC 6775, 4.2).
#pragma once

#include "models/mesh/stack/lowpan/datagram.h"

enum {
    DD_ICMP_RPL = 155,
    DD_ICMP_ROUTER_ADVERTISEMENT = 134,
    DD_RPL_DIS = 0,
    DD_RPL_DIO = 1,
    DD_RPL_DAO = 2,
    DD_RPL_DAO_ACK = 3,
    DD_RPL_INFINITE_RANK = 0xFFFF,
};

typedef struct dd_rpl_configuration { // RFC 6550, 6.7.6
    bool present;
    uint8_t interval_doublings, interval_min, redundancy;         // Trickle's
    uint16_t max_rank_increase, min_hop_rank_increase, objective; // objective: 1 MRHOF
    uint8_t lifetime;                                             // of routes, in lifetime units
    uint16_t lifetime_unit_s;
} dd_rpl_configuration;

typedef struct dd_rpl_dio {
    uint8_t instance, version;
    uint16_t rank;
    bool grounded;
    uint8_t mode;       // 1: non-storing
    uint8_t preference; // 0..7
    uint8_t dtsn;
    dd_ipv6 dodag;
    dd_rpl_configuration configuration;
    // Prefix information, flags A and R: the mesh's /64, and within it the sender's own address,
    // which its children name as their parent in DAOs.
    bool has_prefix;
    dd_prefix prefix;
    uint16_t router; // short address of the sender
} dd_rpl_dio;

typedef struct dd_rpl_dao {
    uint8_t instance, sequence;
    bool ack_request;
    uint16_t target; // short address under the prefix: the node itself
    uint16_t parent; // likewise (transit information; non-storing: the parent is always there)
    uint8_t path_sequence, path_lifetime; // lifetime in lifetime units; 0: a No-Path
} dd_rpl_dao;

typedef struct dd_rpl_dao_ack {
    uint8_t instance, sequence, status;
} dd_rpl_dao_ack;

typedef struct dd_rpl_message {
    uint8_t code; // DD_RPL_...
    union {
        dd_rpl_dio dio;
        dd_rpl_dao dao;
        dd_rpl_dao_ack ack;
    };
} dd_rpl_message;

enum { DD_RPL_MESSAGE_MAX = 120 };

// Writes an ICMPv6 message, type and code first, checksum zero (dd_datagram_checksum says what goes
// into octets[2..3], big-endian); returns its length. DAOs name target and parent under `prefix`.
uint8_t dd_rpl_write(uint8_t octets[static DD_RPL_MESSAGE_MAX], const dd_rpl_message *message,
                     const dd_prefix *prefix);

// Reads an ICMPv6 message whose checksum is right. Options that are not known are passed over.
// False: malformed, no RPL message, or a form that is not spoken here: secured, a DAO of several
// targets or of addresses that are not formed from short ones under `prefix`, a prefix that is no
// /64.
bool dd_rpl_read(dd_rpl_message *message, const uint8_t *octets, size_t n, const dd_prefix *prefix);

// A router advertisement with the 6LoWPAN context option for context 0 (RFC 6775, 4.2) and an
// authoritative border router option (4.3): how a capture, and a newcomer, learn the context.
// Checksum zero, as above; returns its length. It goes out with hop limit 255 from a link-local
// address (RFC 4861, 4.2), and never with context 0 in its own headers.
uint8_t dd_icmp_advertisement(uint8_t octets[static DD_RPL_MESSAGE_MAX], const dd_prefix *prefix,
                              const dd_ipv6 *root);
// False: no such message, or without a context 0 of 64 bits for compression.
bool dd_icmp_advertisement_read(const uint8_t *octets, size_t n, dd_prefix *prefix);
