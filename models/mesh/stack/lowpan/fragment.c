#include "models/mesh/stack/lowpan/fragment.h"

#include <string.h>

enum { FIRST_N = 4, LATER_N = 5 }; // octets of fragments' headers (RFC 4944, 5.3)

void dd_reassembly_end(dd_reassembly *reassembly, const dd_net_port *port) {
    port->give(port->context, reassembly->buffer);
    *reassembly = (dd_reassembly){0};
}

static dd_reassembly *find(dd_reassembly all[DD_REASSEMBLIES], uint16_t source, uint16_t tag) {
    for (int i = 0; i < DD_REASSEMBLIES; i++)
        if (all[i].buffer && all[i].source == source && all[i].tag == tag) return &all[i];
    return NULL;
}

static dd_reassembly *begin(dd_reassembly all[DD_REASSEMBLIES], const dd_net_port *port,
                            uint16_t source, const dd_fragment *fragment) {
    dd_reassembly *one = find(all, source, fragment->tag);
    for (int i = 0; i < DD_REASSEMBLIES && !one; i++)
        if (!all[i].buffer) one = &all[i];
    if (!one) return NULL;
    uint32_t buffer = one->buffer ? one->buffer : port->take(port->context);
    if (!buffer) return NULL;
    *one = (dd_reassembly){
        .buffer = buffer, .source = source, .tag = fragment->tag, .size = fragment->size};
    return one;
}

dd_reassembled dd_reassembly_take(dd_reassembly all[DD_REASSEMBLIES], int64_t now_us,
                                  const dd_net_port *port, const dd_lowpan_link *link,
                                  const dd_fragment *fragment, const uint8_t *octets, uint8_t n,
                                  dd_reassembly **which) {
    dd_reassembly *one;
    uint32_t have = fragment->offset + (uint32_t)n;
    if (fragment->offset == 0) {
        dd_datagram datagram;
        if (!dd_iphc_read(&datagram, octets, n, link)) return DD_REASSEMBLED_REFUSED;
        have = dd_datagram_header_n(&datagram) + (uint32_t)datagram.payload_n;
        if (have > fragment->size) return DD_REASSEMBLED_REFUSED;
        one = begin(all, port, link->source, fragment);
        if (!one) return DD_REASSEMBLED_NO_ROOM;
    } else {
        one = find(all, link->source, fragment->tag);
        if (!one) return DD_REASSEMBLED_REFUSED;
        if (fragment->offset != one->have || fragment->size != one->size || have > one->size ||
            one->n + n > DD_NET_BUFFER) {
            dd_reassembly_end(one, port);
            return DD_REASSEMBLED_REFUSED;
        }
    }
    memcpy(port->at(port->context, one->buffer) + one->n, octets, n);
    one->n = (uint16_t)(one->n + n);
    one->have = (uint16_t)have;
    one->until_us = now_us + (int64_t)port->figures->reassembly_ms * 1000;
    *which = one;
    return one->have == one->size ? DD_REASSEMBLED_WHOLE : DD_REASSEMBLED_MORE;
}

uint8_t dd_fragmented_next(dd_fragmented *fragmented, const dd_net_port *port, uint8_t room,
                           uint8_t *octets) {
    fragmented->at = (uint16_t)(fragmented->at + fragmented->next_n);
    unsigned left = fragmented->n - (unsigned)fragmented->at;
    unsigned elided = fragmented->size - (unsigned)fragmented->n; // what compression has saved
    if (!left) return 0;
    bool first = fragmented->at == 0;
    // Up to a multiple of eight octets of the datagram uncompressed.
    unsigned shift = first ? elided : 0, most = room - (first ? FIRST_N : LATER_N) + shift;
    if (left + shift > most) left = (most & ~7u) - shift;
    dd_fragment header = {.size = fragmented->size,
                          .tag = fragmented->tag,
                          .offset = first ? 0 : (uint16_t)(fragmented->at + elided)};
    uint8_t header_n = dd_fragment_write(octets, &header);
    memcpy(octets + header_n, port->at(port->context, fragmented->buffer) + fragmented->at, left);
    fragmented->next_n = (uint16_t)left;
    return (uint8_t)(header_n + left);
}

void dd_fragmented_end(dd_fragmented *fragmented, const dd_net_port *port) {
    port->give(port->context, fragmented->buffer);
    *fragmented = (dd_fragmented){0};
}
