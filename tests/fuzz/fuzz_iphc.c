// A node given arbitrary octets as a frame's payload, after four that are the frame's addresses.
// What is read as a datagram lies within them and, written again, is the same datagram, in no more
// octets; its lengths and its checksum can be told.
#include <stdlib.h>
#include <string.h>

#include "models/mesh/stack/bytes.h"
#include "models/mesh/stack/lowpan/iphc.h"
#include "tests/fuzz/bytes.h"

static void must_be_same(const dd_datagram *a, const dd_datagram *b) {
    must(dd_ipv6_equal(&a->source, &b->source) && dd_ipv6_equal(&a->destination, &b->destination));
    must(a->hop_limit == b->hop_limit && a->protocol == b->protocol);
    must(a->rpl.present == b->rpl.present && a->mpl.present == b->mpl.present);
    if (a->rpl.present)
        must(a->rpl.down == b->rpl.down && a->rpl.rank_error == b->rpl.rank_error &&
             a->rpl.forward_error == b->rpl.forward_error && a->rpl.rank == b->rpl.rank &&
             a->rpl.instance == b->rpl.instance);
    if (a->mpl.present)
        must(a->mpl.newest == b->mpl.newest && a->mpl.seed == b->mpl.seed &&
             a->mpl.sequence == b->mpl.sequence);
    must(a->route.n == b->route.n && a->route.left == b->route.left);
    must(memcmp(a->route.hops, b->route.hops, a->route.n * sizeof a->route.hops[0]) == 0);
    must(a->source_port == b->source_port && a->destination_port == b->destination_port);
    must(a->checksum == b->checksum);
}

static void check(const dd_datagram *datagram, const uint8_t *octets, size_t n,
                  const dd_lowpan_link *link) {
    size_t header_n = n - datagram->payload_n;
    must(datagram->payload == octets + header_n);
    must(dd_datagram_header_n(datagram) >= 40);
    (void)dd_datagram_intact(datagram);
    for (size_t room = header_n; room <= DD_LOWPAN_HEADER_MAX; room = 2 * room + 1) {
        uint8_t *again = malloc(room);
        dd_datagram read;
        size_t again_n = dd_iphc_write(again, room, datagram, link);
        must(again_n > 0 && again_n <= header_n);
        must(dd_iphc_read(&read, again, again_n, link) && read.payload_n == 0);
        must_be_same(datagram, &read);
        must(dd_iphc_write(again, again_n - 1, datagram, link) == 0);
        free(again);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 4) return 0;
    const dd_lowpan_link link = {dd_get_be16(data),
                                 dd_get_be16(data + 2),
                                 {{0xFD, 0x42, 0xE4, 0xBF, 0x6F, 0x5D, 0x2B, 0xAD}}};
    const uint8_t *octets = data + 4;
    size_t n = size - 4;
    dd_fragment fragment;
    if (dd_fragment_read(&fragment, octets, n) && fragment.present) {
        uint8_t again[5];
        must(dd_fragment_write(again, &fragment) == fragment.header_n && fragment.header_n <= n);
        must(memcmp(again, octets, fragment.header_n) == 0);
        octets += fragment.header_n;
        n -= fragment.header_n;
    }
    dd_datagram datagram;
    if (dd_iphc_read(&datagram, octets, n, &link)) check(&datagram, octets, n, &link);
    return 0;
}
