// Link security: by the standards' own examples, by what must be refused, and by tshark, which
// decrypts what was sent.
#define _POSIX_C_SOURCE 200809L // mkstemp, popen

#include "engine/base.h"
#include "models/mesh/stack/bytes.h"
#include "models/mesh/stack/lowpan/iphc.h"
#include "models/mesh/survey/cipher.h"
#include "tests/dissector.h"

#include <criterion/new/assert.h>

enum { PAN = 0x2BAD };

// 802.15.4, annex C, and RFC 3610, 8, count from here.
static const uint8_t key[DD_CIPHER_KEY] = {0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7,
                                           0xC8, 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF};
static dd_cipher *cipher;
static dd_security_port port;

static void open_cipher(void) {
    cipher = dd_cipher_open(key);
    port = dd_cipher_port(cipher);
}

static void close_cipher(void) {
    dd_cipher_close(cipher);
}

TestSuite(security, .init = open_cipher, .fini = close_cipher);

typedef struct example {
    const char *nonce, *header, *clear, *sealed;
    uint8_t header_n, n, mic_n, known_n; // octets of `sealed` that are told
} example;

static void expect_example(const example *e) {
    uint8_t sealed[64], clear[64];
    dd_ccm ccm = {.header = (const uint8_t *)e->header,
                  .from = (const uint8_t *)e->clear,
                  .to = sealed,
                  .header_n = e->header_n,
                  .n = e->n,
                  .mic_n = e->mic_n};
    memcpy(ccm.nonce, e->nonce, DD_NONCE);
    port.encrypt(port.context, &ccm);
    cr_expect(eq(int, memcmp(sealed, e->sealed, e->known_n), 0));
    ccm.from = sealed;
    ccm.to = clear;
    cr_expect(port.decrypt(port.context, &ccm));
    cr_expect(eq(int, memcmp(clear, e->clear, e->n), 0));
    sealed[e->n] ^= 1;
    cr_expect(not(port.decrypt(port.context, &ccm)));
}

// RFC 3610, 8, packet vector 1.
Test(security, rfc_3610) {
    expect_example(&(example){
        .nonce = "\x00\x00\x00\x03\x02\x01\x00\xA0\xA1\xA2\xA3\xA4\xA5",
        .header = "\x00\x01\x02\x03\x04\x05\x06\x07",
        .header_n = 8,
        .clear = "\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B"
                 "\x1C\x1D\x1E",
        .n = 23,
        .sealed = "\x58\x8C\x97\x9A\x61\xC6\x63\xD2\xF0\x66\xD0\xC2\xC0\xF9\x89\x80\x6D\x5F\x6B\x61"
                  "\xDA\xC3\x84\x17\xE8\xD1\x2C\xFD\xF9\x26\xE0",
        .mic_n = 8,
        .known_n = 31});
}

// IEEE 802.15.4, C.2.3: a MAC command secured at level 6.
Test(security, annex_c_command) {
    expect_example(&(example){
        .nonce = "\xAC\xDE\x48\x00\x00\x00\x00\x01\x00\x00\x00\x05\x06",
        .header = "\x2B\xDC\x84\x21\x43\x02\x00\x00\x00\x00\x48\xDE\xAC\xFF\xFF\x01\x00\x00\x00\x00"
                  "\x48\xDE\xAC\x06\x05\x00\x00\x00\x01",
        .header_n = 29,
        .clear = "\xCE",
        .n = 1,
        .sealed = "\xD8\x4F\xDE\x52\x90\x61\xF9\xC6\xF1",
        .mic_n = 8,
        .known_n = 9});
}

// C.2.2: a data frame encrypted at level 4, which has no MIC; only the ciphertext is compared.
Test(security, annex_c_data) {
    expect_example(&(example){
        .nonce = "\xAC\xDE\x48\x00\x00\x00\x00\x01\x00\x00\x00\x05\x04",
        .header = "\x69\xDC\x84\x21\x43\x02\x00\x00\x00\x00\x48\xDE\xAC\x01\x00\x00\x00\x00\x48\xDE"
                  "\xAC\x04\x05\x00\x00\x00",
        .header_n = 26,
        .clear = "\x61\x62\x63\x64",
        .n = 4,
        .sealed = "\xD4\x3E\x02\x2B",
        .mic_n = 4,
        .known_n = 4});
}

// A whole secured frame from node `source`, holding a text; returns its octets.
static uint8_t send_text(dd_security *own, uint16_t source, const char *text,
                         uint8_t octets[static DD_FRAME_MAX]) {
    uint8_t n = (uint8_t)strlen(text);
    uint8_t at = dd_frame_open(
        octets, &(dd_frame){.secured = true, .pan = PAN, .destination = 1, .source = source});
    memcpy(octets + at + DD_SECURITY_HEADER, text, n);
    uint8_t sealed = dd_security_seal(own, &port, octets, at, n);
    return sealed ? dd_frame_close(octets, sealed) : 0;
}

static dd_security a_sender(uint16_t source) {
    return (dd_security){dd_extended_address(PAN, source), 7, 1};
}

static dd_security_status receive(const uint8_t *octets, uint8_t n, uint32_t *least,
                                  uint8_t *clear) {
    dd_frame frame;
    cr_assert(dd_frame_read(&frame, octets, n));
    return dd_security_open(1, &port, octets, &frame, dd_extended_address(PAN, frame.source), least,
                            clear);
}

Test(security, there_and_back) {
    uint8_t octets[DD_FRAME_MAX], clear[DD_FRAME_MAX];
    uint32_t least = 0;
    dd_security own = a_sender(5);
    uint8_t n = send_text(&own, 5, "level 700", octets);
    cr_expect(eq(u8, n, DD_FRAME_HEADER + 9 + DD_SECURITY_OCTETS + DD_FCS));
    cr_expect(eq(u32, own.counter, 8));
    // Version 1, secured; level 5, key identifier mode 1; counter 7; key 1 (7.2.2, 9.4).
    cr_expect(eq(u16, dd_get_le16(octets), 0x9849));
    cr_expect(eq(int, memcmp(octets + DD_FRAME_HEADER, "\x0D\x07\x00\x00\x00\x01", 6), 0));
    cr_expect(not(eq(int, memcmp(octets + DD_FRAME_HEADER + 6, "level 700", 9), 0)));
    cr_assert(eq(int, receive(octets, n, &least, clear), DD_SECURITY_SUCCESS));
    cr_expect(eq(int, memcmp(clear, "level 700", 9), 0));
    cr_expect(eq(u32, least, 8));
    cr_assert(send_text(&own, 5, "", octets) == DD_FRAME_HEADER + DD_SECURITY_OCTETS + DD_FCS);
}

Test(security, replays) {
    uint8_t first[DD_FRAME_MAX], second[DD_FRAME_MAX], clear[DD_FRAME_MAX];
    uint32_t least = 7;
    dd_security own = a_sender(5);
    uint8_t n = send_text(&own, 5, "on", first);
    cr_expect(eq(int, receive(first, n, &least, clear), DD_SECURITY_SUCCESS));
    least = 7;
    send_text(&own, 5, "no", second);
    cr_expect(eq(int, receive(second, n, &least, clear), DD_SECURITY_SUCCESS));
    cr_expect(eq(int, receive(second, n, &least, clear), DD_SECURITY_COUNTER_ERROR));
    cr_expect(eq(int, receive(first, n, &least, clear), DD_SECURITY_COUNTER_ERROR));
    // A node that went on from a stored counter is heard, one that forgot it is not.
    own.counter = 1000;
    send_text(&own, 5, "on", first);
    cr_expect(eq(int, receive(first, n, &least, clear), DD_SECURITY_SUCCESS));
    own.counter = 0;
    send_text(&own, 5, "on", first);
    cr_expect(eq(int, receive(first, n, &least, clear), DD_SECURITY_COUNTER_ERROR));
    cr_expect(eq(u32, least, 1001));
    // The last counter is never sent, nor taken.
    own.counter = 0xFFFFFFFE;
    cr_expect(send_text(&own, 5, "on", first) == n);
    cr_expect(eq(int, receive(first, n, &least, clear), DD_SECURITY_SUCCESS));
    cr_expect(eq(u8, send_text(&own, 5, "on", first), 0));
    dd_put_le32(first + DD_FRAME_HEADER + 1, 0xFFFFFFFF);
    dd_frame_close(first, n - DD_FCS);
    cr_expect(eq(int, receive(first, n, &least, clear), DD_SECURITY_COUNTER_ERROR));
}

// Each bit of a frame wrong, with the right FCS: no frame opens, and no counter rises.
Test(security, forged) {
    uint8_t octets[DD_FRAME_MAX], clear[DD_FRAME_MAX];
    uint32_t least = 0;
    dd_security own = a_sender(5);
    uint8_t n = send_text(&own, 5, "level 700", octets);
    int errors[DD_SECURITY_ERROR + 1] = {0}, unread = 0;
    for (int bit = 0; bit < 8 * (n - DD_FCS); bit++) {
        dd_frame frame;
        octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
        dd_frame_close(octets, n - DD_FCS);
        if (dd_frame_read(&frame, octets, n))
            errors[receive(octets, n, &least, clear)]++;
        else
            unread++;
        octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    cr_expect(eq(int, errors[DD_SECURITY_SUCCESS], 0));
    cr_expect(eq(u32, least, 0));
    // Of the frame control, pending and acknowledgement request can be read, and are authenticated;
    // without its security bit, it is an unsecured frame of version 1.
    cr_expect(eq(int, unread, 13));
    cr_expect(eq(int, errors[DD_SECURITY_IMPROPER_LEVEL], 5 + 1)); // level, key identifier mode
    cr_expect(eq(int, errors[DD_SECURITY_UNAVAILABLE_KEY], 8));
    cr_expect(eq(int, errors[DD_SECURITY_ERROR], 8 * (n - DD_FCS) - 13 - 6 - 8));
}

Test(security, not_secured) {
    uint8_t octets[DD_FRAME_MAX], clear[DD_FRAME_MAX];
    uint32_t least = 0;
    uint8_t at = dd_frame_open(octets, &(dd_frame){.pan = PAN, .destination = 1, .source = 5});
    memset(octets + at, 0x0D, 30);
    uint8_t n = dd_frame_close(octets, (uint8_t)(at + 30));
    cr_expect(eq(int, receive(octets, n, &least, clear), DD_SECURITY_IMPROPER_LEVEL));
    // Secured, and too short to be.
    dd_frame_open(octets, &(dd_frame){.secured = true, .pan = PAN, .destination = 1, .source = 5});
    n = dd_frame_close(octets, (uint8_t)(at + DD_SECURITY_OCTETS - 1));
    cr_expect(eq(int, receive(octets, n, &least, clear), DD_SECURITY_IMPROPER_LEVEL));
}

// With another key than the sender's, or taken for another's.
Test(security, strangers) {
    uint8_t octets[DD_FRAME_MAX], clear[DD_FRAME_MAX];
    uint32_t least = 0;
    dd_security own = a_sender(5);
    uint8_t n = send_text(&own, 5, "on", octets);
    dd_frame frame;
    cr_assert(dd_frame_read(&frame, octets, n));
    uint64_t other = dd_extended_address(PAN, 6);
    cr_expect(eq(int, dd_security_open(1, &port, octets, &frame, other, &least, clear),
                 DD_SECURITY_ERROR));
    dd_cipher *wrong = dd_cipher_open((const uint8_t[DD_CIPHER_KEY]){1});
    dd_security_port wrong_port = dd_cipher_port(wrong);
    cr_expect(eq(int, dd_security_open(1, &wrong_port, octets, &frame, own.address, &least, clear),
                 DD_SECURITY_ERROR));
    dd_cipher_close(wrong);
}

// A report sealed, as tshark decrypts it when it is given the key and the extended addresses.
Test(security, dissected) {
    static const char *const fields[] = {
        "_ws.malformed", "_ws.expert.message",         "wpan.fcs_ok",
        "wpan.src16",    "wpan.aux_sec.sec_level",     "wpan.aux_sec.key_id_mode",
        "ipv6.src",      "wpan.aux_sec.frame_counter", "wpan.aux_sec.key_index",
        "ipv6.dst",      "udp.checksum.status",        "udp.payload",
    };
    static const char options[] =
        "-o udp.check_checksum:TRUE -d udp.port==1-65535,data"
        " -o 'uat:ieee802154_keys:\"c0c1c2c3c4c5c6c7c8c9cacbcccdcecf\",\"1\",\"No hash\"'"
        " -o 'uat:802154_addresses:\"0005\",\"2bad\",02444f4d2bad0005'"
        " -o 'uat:802154_addresses:\"0006\",\"2bad\",02444f4d2bad0006'";
    const dd_prefix prefix = {{0xFD, 0x42, [7] = 0xAD}};
    dd_dissector dissector = dd_dissector_open();
    for (uint16_t source = 5; source <= 6; source++) {
        dd_security own = a_sender(source);
        uint8_t octets[DD_FRAME_MAX];
        dd_datagram datagram = {.source = dd_ipv6_link_local(source),
                                .destination = dd_ipv6_link_local(1),
                                .hop_limit = 64,
                                .protocol = DD_UDP,
                                .source_port = DD_COAP_PORT,
                                .destination_port = DD_COAP_PORT,
                                .payload = (const uint8_t *)"lamp",
                                .payload_n = 4};
        datagram.checksum = dd_datagram_checksum(&datagram);
        uint8_t at = dd_frame_open(
            octets, &(dd_frame){.secured = true, .pan = PAN, .destination = 1, .source = source});
        uint8_t *payload = octets + at + DD_SECURITY_HEADER;
        uint8_t n = dd_iphc_write(payload, 60, &datagram, &(dd_lowpan_link){source, 1, prefix});
        memcpy(payload + n, datagram.payload, datagram.payload_n);
        n = dd_security_seal(&own, &port, octets, at, (uint8_t)(n + datagram.payload_n));
        dd_dissector_add(&dissector, octets, dd_frame_close(octets, n));
    }
    char lines[2][DD_DISSECTED_MAX];
    dd_dissector_close(&dissector, options, fields, DD_COUNT(fields), lines);
    cr_expect(eq(str, lines[0],
                 "- - 1 0x0005 0x05 0x01 fe80::ff:fe00:5 7 0x01 fe80::ff:fe00:1 1 6c616d70"));
    cr_expect(eq(str, lines[1],
                 "- - 1 0x0006 0x05 0x01 fe80::ff:fe00:6 7 0x01 fe80::ff:fe00:1 1 6c616d70"));
}
