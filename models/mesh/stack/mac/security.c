#include "models/mesh/stack/mac/security.h"

#include "models/mesh/stack/bytes.h"

enum {
    ENC_MIC_32 = 5,
    KEY_BY_INDEX = 1 << 3,
    CONTROL = ENC_MIC_32 | KEY_BY_INDEX, // security control (9.4.1)
    CONTROL_MASK = 0x1F,                 // the rest is reserved in frames of version 1
};

static const uint32_t last_counter = 0xFFFFFFFF; // never sent

uint64_t dd_extended_address(uint16_t pan, uint16_t shrt) {
    return UINT64_C(0x02444F4D00000000) | (uint64_t)pan << 16 | shrt;
}

// The nonce is in the order of the Internet, other than all else in a frame (9.3.3.2).
static void write_nonce(uint8_t nonce[static DD_NONCE], uint64_t sender, uint32_t counter) {
    dd_put_be64(nonce, sender);
    dd_put_be32(nonce + 8, counter);
    nonce[12] = ENC_MIC_32;
}

uint8_t dd_security_seal(dd_security *own, const dd_security_port *port, uint8_t *octets,
                         uint8_t header_n, uint8_t n) {
    if (own->counter == last_counter) return 0;
    uint8_t *auxiliary = octets + header_n, *payload = auxiliary + DD_SECURITY_HEADER;
    auxiliary[0] = CONTROL;
    dd_put_le32(auxiliary + 1, own->counter);
    auxiliary[5] = own->key_index;
    dd_ccm ccm = {.header = octets,
                  .from = payload,
                  .to = payload,
                  .header_n = (uint8_t)(header_n + DD_SECURITY_HEADER),
                  .n = n,
                  .mic_n = DD_SECURITY_MIC};
    write_nonce(ccm.nonce, own->address, own->counter++);
    port->encrypt(port->context, &ccm);
    return (uint8_t)(header_n + n + DD_SECURITY_OCTETS);
}

dd_security_status dd_security_open(uint8_t key_index, const dd_security_port *port,
                                    const uint8_t *octets, const dd_frame *frame, uint64_t sender,
                                    uint32_t *least, uint8_t *clear) {
    const uint8_t *auxiliary = octets + frame->payload_at;
    if (!frame->secured || frame->payload_n < DD_SECURITY_OCTETS ||
        (auxiliary[0] & CONTROL_MASK) != CONTROL)
        return DD_SECURITY_IMPROPER_LEVEL;
    if (auxiliary[5] != key_index) return DD_SECURITY_UNAVAILABLE_KEY;
    uint32_t counter = dd_get_le32(auxiliary + 1);
    if (counter < *least || counter == last_counter) return DD_SECURITY_COUNTER_ERROR;
    dd_ccm ccm = {.header = octets,
                  .from = auxiliary + DD_SECURITY_HEADER,
                  .to = clear,
                  .header_n = (uint8_t)(frame->payload_at + DD_SECURITY_HEADER),
                  .n = (uint8_t)(frame->payload_n - DD_SECURITY_OCTETS),
                  .mic_n = DD_SECURITY_MIC};
    write_nonce(ccm.nonce, sender, counter);
    if (!port->decrypt(port->context, &ccm)) return DD_SECURITY_ERROR;
    *least = counter + 1;
    return DD_SECURITY_SUCCESS;
}
