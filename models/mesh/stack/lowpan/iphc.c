#include "models/mesh/stack/lowpan/iphc.h"

#include <string.h>

#include "models/mesh/stack/bytes.h"

// The base encoding (RFC 6282, 3.1.1): 011 TF NH HLIM, CID SAC SAM M DAC DAM, as a 16-bit number.
enum {
    IPHC = 0x6000,
    IPHC_MASK = 0xE000,
    TRAFFIC_AT = 11,
    TRAFFIC_ELIDED = 3 << TRAFFIC_AT,
    NEXT_COMPRESSED = 0x0400,
    HOP_LIMIT_AT = 8,
    CONTEXT_IDENTIFIER = 0x80,
    SOURCE_AT = 4, // SAC and SAM; with no M, DAC and DAM are of the same form, at 0
    MULTICAST = 0x08,
};

// An address's three bits, stateful or not and its mode. Multicast addresses have modes of their
// own.
enum {
    STATEFUL = 4,
    MODE = 3,
    WHOLE = 0,      // all 128 bits inline; stateful: the unspecified address
    IDENTIFIER = 1, // 64 bits inline
    SHORT = 2,      // 16 bits inline
    ELIDED = 3,
    GROUP_48 = 1, // ffXX::00XX:XXXX:XXXX
    GROUP_32 = 2, // ffXX::00XX:XXXX
    GROUP_8 = 3,  // ff02::00XX
};

// Next header compression (RFC 6282, 4): extension headers 1110 EID NH, UDP 11110 C P.
enum {
    EXTENSION = 0xE0,
    EXTENSION_MASK = 0xF0,
    HOP_BY_HOP = 0 << 1,
    ROUTING = 1 << 1,
    EXTENSION_NEXT_COMPRESSED = 1,
    UDP = 0xF0,
    UDP_MASK = 0xFC, // C is 0: the checksum is always there
    PORTS_MASK = 3,
};

enum {
    OPTION_PAD_1 = 0,
    OPTION_PAD_N = 1,
    OPTION_RPL = 0x63, // RFC 6553; 0x23 by RFC 9008, which tshark 4.0 does not dissect
    OPTION_MPL = 0x6D,
    OPTION_N = 6, // octets of either option, type and length included
    RPL_DOWN = 0x80,
    RPL_RANK_ERROR = 0x40,
    RPL_FORWARD_ERROR = 0x20,
    MPL_SEED_MASK = 0xC0,
    MPL_SEED_16 = 0x40,
    MPL_NEWEST = 0x20,
    MPL_VERSION = 0x10,
    ROUTE_TYPE = 3, // RFC 6554
    ROUTE_COMPRESSION = 0xEE,
    ROUTE_FIXED = 6, // octets of the routing header between its length and its addresses
};

static const uint8_t hop_limits[] = {0, 1, 64, 255};

// -- Writing: each function appends at `at`, where room has been seen to, and returns what follows.

static uint8_t *write_unicast(uint8_t *at, const dd_ipv6 *address, const dd_prefix *prefix,
                              uint16_t link_address, unsigned *bits) {
    uint64_t upper = dd_get_be64(address->octets), lower = dd_get_be64(address->octets + 8);
    if (upper == dd_get_be64(prefix->octets)) {
        *bits = STATEFUL;
    } else if (upper == DD_LINK_LOCAL) {
        *bits = 0;
    } else if (upper == 0 && lower == 0) {
        *bits = STATEFUL | WHOLE;
        return at;
    } else {
        *bits = WHOLE;
        memcpy(at, address, 16);
        return at + 16;
    }
    if ((lower & ~(uint64_t)0xFFFF) != DD_SHORT_IDENTIFIER) {
        *bits |= IDENTIFIER;
        memcpy(at, address->octets + 8, 8);
        return at + 8;
    }
    if ((uint16_t)lower == link_address) {
        *bits |= ELIDED;
        return at;
    }
    *bits |= SHORT;
    dd_put_be16(at, (uint16_t)lower);
    return at + 2;
}

static uint8_t *write_multicast(uint8_t *at, const dd_ipv6 *address, unsigned *bits) {
    const uint8_t *octets = address->octets;
    uint64_t upper = dd_get_be64(octets) << 16, lower = dd_get_be64(octets + 8);
    if (octets[1] == 2 && upper == 0 && lower <= 0xFF) {
        *bits = MULTICAST | GROUP_8;
        at[0] = (uint8_t)lower;
        return at + 1;
    }
    bool group_32 = upper == 0 && lower <= 0xFFFFFF;
    bool group_48 = upper == 0 && lower <= 0xFFFFFFFFFF;
    if (!group_48) {
        *bits = MULTICAST | WHOLE;
        memcpy(at, octets, 16);
        return at + 16;
    }
    unsigned n = group_32 ? 3 : 5;
    *bits = MULTICAST | (group_32 ? GROUP_32 : GROUP_48);
    *at++ = octets[1];
    memcpy(at, octets + 16 - n, n);
    return at + n;
}

// What begins an extension header: its kind, the next header when that is not compressed, and the
// number of octets that follow.
static uint8_t *write_extension(uint8_t *at, unsigned kind, bool next_compressed, unsigned n) {
    *at++ = (uint8_t)(EXTENSION | kind | (next_compressed ? EXTENSION_NEXT_COMPRESSED : 0));
    if (!next_compressed) *at++ = DD_ICMPV6;
    *at++ = (uint8_t)n;
    return at;
}

// The padding that would fill up the header is elided (RFC 6282, 4.2).
static uint8_t *write_options(uint8_t *at, const dd_datagram *datagram, bool next_compressed) {
    const dd_rpl_option *rpl = &datagram->rpl;
    const dd_mpl_option *mpl = &datagram->mpl;
    unsigned n = (rpl->present ? OPTION_N : 0) + (mpl->present ? OPTION_N : 0);
    at = write_extension(at, HOP_BY_HOP, next_compressed, n);
    if (rpl->present) {
        at[0] = OPTION_RPL;
        at[1] = OPTION_N - 2;
        at[2] = (uint8_t)((rpl->down ? RPL_DOWN : 0) | (rpl->rank_error ? RPL_RANK_ERROR : 0) |
                          (rpl->forward_error ? RPL_FORWARD_ERROR : 0));
        at[3] = rpl->instance;
        dd_put_be16(at + 4, rpl->rank);
        at += OPTION_N;
    }
    if (mpl->present) {
        at[0] = OPTION_MPL;
        at[1] = OPTION_N - 2;
        at[2] = MPL_SEED_16 | (mpl->newest ? MPL_NEWEST : 0);
        at[3] = mpl->sequence;
        dd_put_be16(at + 4, mpl->seed);
        at += OPTION_N;
    }
    return at;
}

static unsigned route_pad(unsigned hop_n) {
    return (0u - 2 * hop_n) & 7;
}

static uint8_t *write_route(uint8_t *at, const dd_source_route *route, bool next_compressed) {
    unsigned pad = route_pad(route->n);
    at = write_extension(at, ROUTING, next_compressed, ROUTE_FIXED + 2u * route->n + pad);
    at[0] = ROUTE_TYPE;
    at[1] = route->left;
    at[2] = ROUTE_COMPRESSION;
    at[3] = (uint8_t)(pad << 4);
    dd_put_be16(at + 4, 0);
    at += ROUTE_FIXED;
    for (unsigned i = 0; i < route->n; i++, at += 2)
        dd_put_be16(at, route->hops[i]);
    memset(at, 0, pad);
    return at + pad;
}

static uint8_t *write_udp(uint8_t *at, const dd_datagram *datagram) {
    uint16_t source = datagram->source_port, destination = datagram->destination_port;
    uint8_t *encoding = at++;
    if (source >> 4 == 0xF0B && destination >> 4 == 0xF0B) {
        *encoding = UDP | 3;
        *at++ = (uint8_t)(source << 4 | (destination & 0xF));
    } else if (source >> 8 == 0xF0) {
        *encoding = UDP | 2;
        *at++ = (uint8_t)source;
        dd_put_be16(at, destination);
        at += 2;
    } else {
        bool low = destination >> 8 == 0xF0;
        *encoding = low ? UDP | 1 : UDP;
        dd_put_be16(at, source);
        at += 2;
        if (low) {
            *at++ = (uint8_t)destination;
        } else {
            dd_put_be16(at, destination);
            at += 2;
        }
    }
    dd_put_be16(at, datagram->checksum);
    return at + 2;
}

static uint8_t *write_headers(uint8_t *to, const dd_datagram *datagram,
                              const dd_lowpan_link *link) {
    bool options = datagram->rpl.present || datagram->mpl.present, route = datagram->route.n > 0;
    bool udp = datagram->protocol == DD_UDP;
    unsigned base = IPHC | TRAFFIC_ELIDED, source, destination, hop_limit = 3;
    uint8_t *at = to + 2;
    if (options || route || udp)
        base |= NEXT_COMPRESSED;
    else
        *at++ = DD_ICMPV6;
    while (hop_limit && datagram->hop_limit != hop_limits[hop_limit])
        hop_limit--;
    if (!hop_limit) *at++ = datagram->hop_limit;
    at = write_unicast(at, &datagram->source, &link->prefix, link->source, &source);
    if (dd_ipv6_multicast(&datagram->destination))
        at = write_multicast(at, &datagram->destination, &destination);
    else
        at = write_unicast(at, &datagram->destination, &link->prefix, link->destination,
                           &destination);
    base |= hop_limit << HOP_LIMIT_AT | source << SOURCE_AT | destination;
    dd_put_be16(to, (uint16_t)base);
    if (options) at = write_options(at, datagram, route || udp);
    if (route) at = write_route(at, &datagram->route, udp);
    return udp ? write_udp(at, datagram) : at;
}

uint8_t dd_iphc_write(uint8_t *octets, size_t room, const dd_datagram *datagram,
                      const dd_lowpan_link *link) {
    const dd_source_route *route = &datagram->route;
    if (route->n > DD_ROUTE_MAX || route->left > route->n) return 0;
    // Straight into place when even the longest form of such headers fits.
    size_t longest = DD_LOWPAN_HEADER_MAX - 2 * DD_ROUTE_MAX + 2u * route->n + route_pad(route->n);
    uint8_t aside[DD_LOWPAN_HEADER_MAX];
    uint8_t *to = longest <= room ? octets : aside;
    size_t n = (size_t)(write_headers(to, datagram, link) - to);
    if (n > room) return 0;
    if (to == aside) memcpy(octets, aside, n);
    return (uint8_t)n;
}

// -- Reading: each function takes octets off the front and is false where there are too few.

typedef struct octets_left {
    const uint8_t *at, *end;
} octets_left;

static bool take(octets_left *left, size_t n, const uint8_t **taken) {
    if ((size_t)(left->end - left->at) < n) return false;
    *taken = left->at;
    left->at += n;
    return true;
}

static bool read_unicast(octets_left *left, unsigned bits, dd_ipv6 *address,
                         const dd_prefix *prefix, uint16_t link_address) {
    static const uint8_t inline_n[] = {[WHOLE] = 16, [IDENTIFIER] = 8, [SHORT] = 2, [ELIDED] = 0};
    const uint8_t *from;
    unsigned mode = bits & MODE;
    bool unspecified = bits == (STATEFUL | WHOLE);
    if (!take(left, unspecified ? 0 : inline_n[mode], &from)) return false;
    if (mode == WHOLE) {
        if (unspecified)
            memset(address, 0, 16);
        else
            memcpy(address, from, 16);
        return !dd_ipv6_multicast(address);
    }
    dd_put_be64(address->octets, bits & STATEFUL ? dd_get_be64(prefix->octets) : DD_LINK_LOCAL);
    uint16_t shrt = mode == SHORT ? dd_get_be16(from) : link_address;
    uint64_t lower = mode == IDENTIFIER ? dd_get_be64(from) : DD_SHORT_IDENTIFIER | shrt;
    dd_put_be64(address->octets + 8, lower);
    return true;
}

static bool read_multicast(octets_left *left, unsigned bits, dd_ipv6 *address) {
    static const uint8_t inline_n[] = {[WHOLE] = 16, [GROUP_48] = 6, [GROUP_32] = 4, [GROUP_8] = 1};
    unsigned mode = bits & MODE, n = inline_n[mode];
    const uint8_t *from;
    if (bits & STATEFUL || !take(left, n, &from)) return false;
    if (mode == WHOLE) {
        memcpy(address, from, 16);
        return dd_ipv6_multicast(address);
    }
    *address = (dd_ipv6){{0xFF, 2}};
    if (mode != GROUP_8) {
        address->octets[1] = *from++;
        n--;
    }
    memcpy(address->octets + 16 - n, from, n);
    return true;
}

// Nothing is sent to the unspecified address (RFC 4291, 2.5.2), however it is written.
static bool read_addresses(octets_left *left, unsigned base, dd_datagram *datagram,
                           const dd_lowpan_link *link) {
    static const dd_ipv6 unspecified;
    unsigned source = base >> SOURCE_AT & (STATEFUL | MODE);
    unsigned destination = base & (STATEFUL | MODE);
    dd_ipv6 *to = &datagram->destination;
    if (!read_unicast(left, source, &datagram->source, &link->prefix, link->source)) return false;
    if (base & MULTICAST) return read_multicast(left, destination, to);
    return read_unicast(left, destination, to, &link->prefix, link->destination) &&
           !dd_ipv6_equal(to, &unspecified);
}

static bool read_rpl_option(const uint8_t *at, dd_rpl_option *rpl) {
    if (rpl->present || at[1] != OPTION_N - 2) return false;
    *rpl = (dd_rpl_option){.present = true,
                           .down = at[2] & RPL_DOWN,
                           .rank_error = at[2] & RPL_RANK_ERROR,
                           .forward_error = at[2] & RPL_FORWARD_ERROR,
                           .instance = at[3],
                           .rank = dd_get_be16(at + 4)};
    return true;
}

static bool read_mpl_option(const uint8_t *at, dd_mpl_option *mpl) {
    bool fits = at[1] == OPTION_N - 2 && (at[2] & MPL_SEED_MASK) == MPL_SEED_16;
    if (mpl->present || !fits || at[2] & MPL_VERSION) return false;
    *mpl = (dd_mpl_option){.present = true,
                           .newest = at[2] & MPL_NEWEST,
                           .sequence = at[3],
                           .seed = dd_get_be16(at + 4)};
    return true;
}

// The hop-by-hop header's n octets after its length: one of each option at most, then padding,
// which may have been elided. Any other length would be another length uncompressed.
static bool read_options(const uint8_t *at, size_t n, dd_datagram *datagram) {
    size_t known = 0, done = 0;
    while (done < n) {
        const uint8_t *option = at + done;
        size_t left = n - done;
        if (option[0] == OPTION_PAD_1) {
            done++;
            continue;
        }
        if (left < 2 || left - 2 < option[1]) return false;
        bool rpl = option[0] == OPTION_RPL, mpl = option[0] == OPTION_MPL;
        if (rpl && !read_rpl_option(option, &datagram->rpl)) return false;
        if (mpl && !read_mpl_option(option, &datagram->mpl)) return false;
        if (!rpl && !mpl && option[0] != OPTION_PAD_N) return false;
        if (rpl || mpl) known += OPTION_N;
        done += 2u + option[1];
    }
    return known && (n == known || n + 2 == ((known + 2 + 7) & ~(size_t)7));
}

// The routing header's n octets after its length. Its addresses share the destination's prefix, and
// what has been formed from short addresses stays so only when the destination is.
static bool read_route(const uint8_t *at, size_t n, dd_datagram *datagram,
                       const dd_lowpan_link *link) {
    dd_source_route *route = &datagram->route;
    uint16_t shrt;
    if (n < ROUTE_FIXED || at[0] != ROUTE_TYPE || at[2] != ROUTE_COMPRESSION) return false;
    size_t pad = at[3] >> 4, room = n - ROUTE_FIXED;
    size_t hop_n = (room - pad) / 2;
    if (pad >= room || hop_n > DD_ROUTE_MAX || at[1] > hop_n) return false;
    if (pad != route_pad((unsigned)hop_n) || room != 2 * hop_n + pad) return false;
    if (dd_get_be64(datagram->destination.octets) != dd_get_be64(link->prefix.octets) ||
        !dd_ipv6_short(&datagram->destination, &link->prefix, &shrt))
        return false;
    route->left = at[1];
    route->n = (uint8_t)hop_n;
    for (size_t i = 0; i < hop_n; i++)
        route->hops[i] = dd_get_be16(at + ROUTE_FIXED + 2 * i);
    return true;
}

static bool read_udp(octets_left *left, unsigned ports, dd_datagram *datagram) {
    static const uint8_t inline_n[] = {4, 3, 3, 1};
    const uint8_t *at;
    if (!take(left, inline_n[ports] + 2u, &at)) return false;
    switch (ports) {
    case 0:
    case 1:
        datagram->source_port = dd_get_be16(at);
        datagram->destination_port = ports ? 0xF000 | at[2] : dd_get_be16(at + 2);
        break;
    case 2:
        datagram->source_port = 0xF000 | at[0];
        datagram->destination_port = dd_get_be16(at + 1);
        break;
    default:
        datagram->source_port = 0xF0B0 | at[0] >> 4;
        datagram->destination_port = 0xF0B0 | (at[0] & 0xF);
    }
    datagram->protocol = DD_UDP;
    datagram->checksum = dd_get_be16(left->at - 2);
    return true;
}

// Compressed next headers: hop-by-hop options, routing, UDP, in this order, each once at most.
static bool read_next(octets_left *left, dd_datagram *datagram, const dd_lowpan_link *link) {
    int order = 0;
    for (bool more = true; more;) {
        const uint8_t *at, *body;
        if (!take(left, 1, &at)) return false;
        unsigned encoding = *at;
        if ((encoding & UDP_MASK) == UDP) return read_udp(left, encoding & PORTS_MASK, datagram);
        if ((encoding & EXTENSION_MASK) != EXTENSION) return false;
        more = encoding & EXTENSION_NEXT_COMPRESSED;
        if (!more && (!take(left, 1, &at) || *at != DD_ICMPV6)) return false;
        if (!take(left, 1, &at) || !take(left, *at, &body)) return false;
        unsigned kind = encoding & ~(unsigned)(EXTENSION_MASK | EXTENSION_NEXT_COMPRESSED);
        if (kind == HOP_BY_HOP && order < 1) {
            if (!read_options(body, *at, datagram)) return false;
            order = 1;
        } else if (kind == ROUTING && order < 2) {
            if (!read_route(body, *at, datagram, link)) return false;
            order = 2;
        } else {
            return false;
        }
    }
    return true;
}

// What stands between the base encoding and the addresses: traffic class and flow label, which are
// passed over, the next header (ICMPv6 when it is not compressed) and the hop limit.
static bool read_base(octets_left *left, unsigned base, dd_datagram *datagram) {
    static const uint8_t traffic_n[] = {4, 3, 1, 0};
    const uint8_t *at;
    if (!take(left, traffic_n[base >> TRAFFIC_AT & 3], &at)) return false;
    if (!(base & NEXT_COMPRESSED) && (!take(left, 1, &at) || *at != DD_ICMPV6)) return false;
    unsigned hop_limit = base >> HOP_LIMIT_AT & 3;
    if (hop_limit == 0 && !take(left, 1, &at)) return false;
    datagram->hop_limit = hop_limit ? hop_limits[hop_limit] : *at;
    return true;
}

bool dd_iphc_read(dd_datagram *datagram, const uint8_t *octets, size_t n,
                  const dd_lowpan_link *link) {
    octets_left left = {octets, octets + n};
    const uint8_t *at, *contexts;
    if (n > UINT16_MAX || !take(&left, 2, &at)) return false;
    unsigned base = dd_get_be16(at);
    if ((base & IPHC_MASK) != IPHC) return false;
    if (base & CONTEXT_IDENTIFIER) {
        if (!take(&left, 1, &contexts)) return false;
        if (base >> SOURCE_AT & STATEFUL && *contexts >> 4) return false;
        if (base & STATEFUL && *contexts & 0xF) return false;
    }
    datagram->rpl.present = datagram->mpl.present = false;
    datagram->route.n = datagram->route.left = 0;
    datagram->protocol = DD_ICMPV6;
    datagram->source_port = datagram->destination_port = datagram->checksum = 0;
    if (!read_base(&left, base, datagram) || !read_addresses(&left, base, datagram, link))
        return false;
    if (base & NEXT_COMPRESSED && !read_next(&left, datagram, link)) return false;
    datagram->payload = left.at;
    datagram->payload_n = (uint16_t)(left.end - left.at);
    return true;
}

// -- Fragments (RFC 4944, 5.3): dispatch 11000 or 11100, size, tag; later ones: offset in eights.

enum { FIRST = 0xC000, LATER = 0xE000, FRAGMENT_MASK = 0xF800, FIRST_N = 4, LATER_N = 5 };

bool dd_fragment_read(dd_fragment *fragment, const uint8_t *octets, size_t n) {
    *fragment = (dd_fragment){0};
    if (n == 0) return false;
    unsigned dispatch = (unsigned)octets[0] << 8 & FRAGMENT_MASK;
    if (dispatch != FIRST && dispatch != LATER) return true;
    uint8_t header_n = dispatch == FIRST ? FIRST_N : LATER_N;
    if (n < header_n) return false;
    *fragment = (dd_fragment){
        .present = true,
        .header_n = header_n,
        .size = dd_get_be16(octets) & (uint16_t)~FRAGMENT_MASK,
        .tag = dd_get_be16(octets + 2),
        .offset = dispatch == LATER ? (uint16_t)(8 * octets[4]) : 0,
    };
    return dispatch == FIRST || (fragment->offset > 0 && fragment->offset < fragment->size);
}

uint8_t dd_fragment_write(uint8_t *octets, const dd_fragment *fragment) {
    bool first = fragment->offset == 0;
    dd_put_be16(octets, (uint16_t)((first ? FIRST : LATER) | fragment->size));
    dd_put_be16(octets + 2, fragment->tag);
    if (!first) octets[4] = (uint8_t)(fragment->offset / 8);
    return first ? FIRST_N : LATER_N;
}
