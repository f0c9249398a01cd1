#include "models/mesh/stack/lowpan/datagram.h"

#include <string.h>

#include "models/mesh/stack/bytes.h"

enum { IPV6_HEADER = 40, UDP_HEADER = 8, ICMPV6_CHECKSUM_AT = 2, ICMPV6_HEADER = 4 };

const dd_ipv6 dd_ipv6_all_nodes = {{0xFF, 2, [15] = 1}};
const dd_ipv6 dd_ipv6_all_rpl = {{0xFF, 2, [15] = 0x1A}};
const dd_ipv6 dd_ipv6_all_forwarders = {{0xFF, 3, [15] = 0xFC}};
const dd_ipv6 dd_ipv6_all_coap = {{0xFF, 3, [15] = 0xFD}};

dd_ipv6 dd_ipv6_link_local(uint16_t shrt) {
    dd_ipv6 address;
    dd_put_be64(address.octets, DD_LINK_LOCAL);
    dd_put_be64(address.octets + 8, DD_SHORT_IDENTIFIER | shrt);
    return address;
}

dd_ipv6 dd_ipv6_global(const dd_prefix *prefix, uint16_t shrt) {
    dd_ipv6 address;
    memcpy(address.octets, prefix->octets, sizeof prefix->octets);
    dd_put_be64(address.octets + 8, DD_SHORT_IDENTIFIER | shrt);
    return address;
}

bool dd_ipv6_multicast(const dd_ipv6 *address) {
    return address->octets[0] == 0xFF;
}

bool dd_ipv6_equal(const dd_ipv6 *a, const dd_ipv6 *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

bool dd_ipv6_short(const dd_ipv6 *address, const dd_prefix *prefix, uint16_t *shrt) {
    uint64_t upper = dd_get_be64(address->octets), lower = dd_get_be64(address->octets + 8);
    *shrt = (uint16_t)lower;
    return (lower & ~(uint64_t)0xFFFF) == DD_SHORT_IDENTIFIER &&
           (upper == DD_LINK_LOCAL || upper == dd_get_be64(prefix->octets));
}

static unsigned whole_eights(unsigned n) {
    return (n + 7) & ~7u;
}

uint16_t dd_datagram_header_n(const dd_datagram *datagram) {
    unsigned options = (datagram->rpl.present ? 6 : 0) + (datagram->mpl.present ? 6 : 0);
    unsigned n = IPV6_HEADER + (datagram->protocol == DD_UDP ? UDP_HEADER : 0);
    if (options) n += whole_eights(2 + options);
    if (datagram->route.n) n += whole_eights(8 + 2u * datagram->route.n);
    return (uint16_t)n;
}

dd_ipv6 dd_datagram_final(const dd_datagram *datagram) {
    dd_ipv6 last = datagram->destination;
    const dd_source_route *route = &datagram->route;
    if (route->n && route->left) dd_put_be16(last.octets + 14, route->hops[route->n - 1]);
    return last;
}

// Adds octets as 16-bit words, least significant octet first: the ones' complement sum is the same
// in either order of octets, but for their being swapped (RFC 1071, 2).
static uint64_t sum_words(uint64_t sum, const uint8_t *octets, size_t n) {
    for (; n >= 8; octets += 8, n -= 8) {
        uint64_t eight = dd_get_le64(octets);
        sum += (eight & 0xFFFFFFFF) + (eight >> 32);
    }
    for (; n >= 2; octets += 2, n -= 2)
        sum += dd_get_le16(octets);
    return n ? sum + *octets : sum;
}

static uint16_t fold(uint64_t sum) {
    sum = (sum & 0xFFFFFFFF) + (sum >> 32);
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)((sum & 0xFFFF) + (sum >> 16));
}

uint16_t dd_datagram_checksum(const dd_datagram *datagram) {
    const dd_ipv6 last = dd_datagram_final(datagram);
    uint64_t words = sum_words(0, datagram->payload, datagram->payload_n);
    words = sum_words(words, datagram->source.octets, 16);
    uint16_t swapped = fold(sum_words(words, last.octets, 16));
    uint32_t sum = (uint32_t)(uint16_t)(swapped << 8 | swapped >> 8) + datagram->protocol;
    if (datagram->protocol == DD_UDP) {
        uint32_t length = datagram->payload_n + (uint32_t)UDP_HEADER;
        sum += 2 * length + datagram->source_port + datagram->destination_port;
        uint16_t checksum = (uint16_t)~fold(sum);
        return checksum ? checksum : 0xFFFF;
    }
    sum += datagram->payload_n;
    if (datagram->payload_n >= ICMPV6_HEADER)
        sum += (uint16_t)~dd_get_be16(datagram->payload + ICMPV6_CHECKSUM_AT);
    return (uint16_t)~fold(sum);
}

bool dd_datagram_intact(const dd_datagram *datagram) {
    if (datagram->protocol == DD_UDP) return datagram->checksum == dd_datagram_checksum(datagram);
    return datagram->payload_n >= ICMPV6_HEADER &&
           dd_get_be16(datagram->payload + ICMPV6_CHECKSUM_AT) == dd_datagram_checksum(datagram);
}
