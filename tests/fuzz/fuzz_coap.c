// Arbitrary octets as a CoAP message. What is read as one lies within them, and what of it we write
// is read as the same again.
#include <string.h>

#include "models/mesh/stack/coap/coap.h"
#include "tests/fuzz/bytes.h"

static void check_within(const void *octets, size_t n, const uint8_t *data, size_t size) {
    const uint8_t *at = octets;
    must(n == 0 || (at >= data && n <= size && (size_t)(at - data) <= size - n));
}

static bool same_block(dd_coap_block a, dd_coap_block b) {
    return a.present == b.present && a.more == b.more && a.exponent == b.exponent &&
           a.number == b.number;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t octets[1 << 17];
    dd_coap message, again;
    if (!dd_coap_read(&message, data, size)) return 0;
    must(message.type <= DD_COAP_RST && message.token_n <= DD_COAP_TOKEN_MAX);
    must(message.path_n <= DD_COAP_PATH_MAX + 1);
    check_within(message.payload, message.payload_n, data, size);
    for (int i = 0; i < message.path_n && i < DD_COAP_PATH_MAX; i++)
        check_within(message.path[i].octets, message.path[i].n, data, size);
    if (message.path_n > DD_COAP_PATH_MAX) message.path_n = DD_COAP_PATH_MAX;
    uint16_t n = dd_coap_write(octets, sizeof octets, &message);
    must(n > 0 && n <= size && dd_coap_read(&again, octets, n));
    must(again.code == message.code && again.id == message.id && again.path_n == message.path_n);
    must(again.content_format == message.content_format && again.accept == message.accept);
    must(same_block(again.block1, message.block1) && same_block(again.block2, message.block2));
    must(again.size1 == message.size1 && again.no_response == message.no_response);
    must(again.payload_n == message.payload_n && again.critical == 0);
    must(message.payload_n == 0 || memcmp(again.payload, message.payload, again.payload_n) == 0);
    return 0;
}
