// A node given arbitrary octets as an ICMPv6 message. What is read, written and read again, is
// written in the same octets.
#include <string.h>

#include "models/mesh/stack/rpl/rpl_message.h"
#include "tests/fuzz/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const dd_prefix mesh = {{0xFD, 0x42, 0xE4, 0xBF, 0x6F, 0x5D, 0x2B, 0xAD}};
    uint8_t first[DD_RPL_MESSAGE_MAX], second[DD_RPL_MESSAGE_MAX];
    dd_rpl_message message;
    if (dd_rpl_read(&message, data, size, &mesh)) {
        uint8_t n = dd_rpl_write(first, &message, &mesh);
        must(n <= size && dd_rpl_read(&message, first, n, &mesh));
        must(dd_rpl_write(second, &message, &mesh) == n && memcmp(first, second, n) == 0);
    }
    dd_prefix prefix, again;
    if (dd_icmp_advertisement_read(data, size, &prefix)) {
        dd_ipv6 root = dd_ipv6_global(&prefix, 0);
        uint8_t n = dd_icmp_advertisement(first, &prefix, &root);
        must(dd_icmp_advertisement_read(first, n, &again));
        must(memcmp(&prefix, &again, sizeof prefix) == 0);
    }
    return 0;
}
