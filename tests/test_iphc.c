#include "models/mesh/stack/lowpan/iphc.h"

#include "engine/base.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

static const dd_lowpan_link link = {5, 9, {{0xFD, 0x42, 0xE4, 0xBF, 0x6F, 0x5D, 0x2B, 0xAD}}};

// A report on its way up, with nothing in it.
static dd_datagram report(void) {
    return (dd_datagram){.source = dd_ipv6_global(&link.prefix, 5),
                         .destination = dd_ipv6_global(&link.prefix, 9),
                         .hop_limit = 64,
                         .protocol = DD_UDP,
                         .source_port = DD_COAP_PORT,
                         .destination_port = DD_COAP_PORT,
                         .checksum = 0xBEEF};
}

static void expect_octets(const dd_datagram *datagram, const char *octets, uint8_t n) {
    uint8_t written[DD_LOWPAN_HEADER_MAX];
    uint8_t written_n = dd_iphc_write(written, sizeof written, datagram, &link);
    cr_assert(eq(u8, written_n, n));
    for (uint8_t i = 0; i < n; i++)
        cr_expect(eq(u8, written[i], (uint8_t)octets[i]), "octet %d", i);
}

// By hand from RFC 6282, 3.1.1 and 4.3.
Test(iphc, octets_of_the_shortest) {
    dd_datagram datagram = report();
    expect_octets(&datagram, "\x7E\x77\xF0\x16\x33\x16\x33\xBE\xEF", 9);
    datagram.source_port = 0xF0B1;
    datagram.destination_port = 0xF0B2;
    expect_octets(&datagram, "\x7E\x77\xF3\x12\xBE\xEF", 6);
    datagram.source = dd_ipv6_link_local(5);
    datagram.destination = dd_ipv6_link_local(9);
    datagram.hop_limit = 255;
    expect_octets(&datagram, "\x7F\x33\xF3\x12\xBE\xEF", 6);
}

// "Seven octets over several hops": base 2, hop limit 1, addresses 2 and 2 (RFC 6282, 1).
Test(iphc, octets_between) {
    dd_datagram datagram = report();
    datagram.source = dd_ipv6_global(&link.prefix, 0x123);
    datagram.destination = dd_ipv6_global(&link.prefix, 0);
    datagram.hop_limit = 61;
    expect_octets(&datagram, "\x7C\x66\x3D\x01\x23\x00\x00\xF0\x16\x33\x16\x33\xBE\xEF", 14);
    datagram.protocol = DD_ICMPV6;
    expect_octets(&datagram, "\x78\x66\x3A\x3D\x01\x23\x00\x00", 8);
}

// RFC 6553 and RFC 6554 within RFC 6282, 4.2.
Test(iphc, octets_of_extension_headers) {
    dd_datagram datagram = report();
    datagram.rpl = (dd_rpl_option){true, true, false, true, 0x1E, 0x0480};
    datagram.route = (dd_source_route){1, 2, {7, 0x203}};
    expect_octets(&datagram,
                  "\x7E\x77"
                  "\xE1\x06\x63\x04\xA0\x1E\x04\x80"
                  "\xE3\x0E\x03\x01\xEE\x40\x00\x00\x00\x07\x02\x03\x00\x00\x00\x00"
                  "\xF0\x16\x33\x16\x33\xBE\xEF",
                  33);
    datagram.protocol = DD_ICMPV6;
    datagram.route.n = datagram.route.left = 0;
    expect_octets(&datagram, "\x7E\x77\xE0\x3A\x06\x63\x04\xA0\x1E\x04\x80", 11);
}

// RFC 6282, 3.1.1 (M = 1) and RFC 7731, 6.1.
Test(iphc, octets_of_groups) {
    dd_datagram datagram = report();
    datagram.protocol = DD_ICMPV6;
    datagram.destination = dd_ipv6_all_rpl;
    expect_octets(&datagram, "\x7A\x7B\x3A\x1A", 4);
    datagram.destination.octets[15] = 0xFF;
    expect_octets(&datagram, "\x7A\x7B\x3A\xFF", 4);
    datagram.destination = dd_ipv6_all_rpl;
    datagram.source = (dd_ipv6){{0x20, 1}};
    expect_octets(&datagram, "\x7A\x0B\x3A\x20\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x1A", 20);
    datagram.source = (dd_ipv6){{0}}; // from the unspecified address
    expect_octets(&datagram, "\x7A\x4B\x3A\x1A", 4);
    datagram.source = dd_ipv6_global(&link.prefix, 5);
    datagram.destination = (dd_ipv6){{0xFF, 5, [11] = 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}};
    expect_octets(&datagram, "\x7A\x79\x3A\x05\xFF\xFF\xFF\xFF\xFF", 9);
    datagram.destination = dd_ipv6_all_coap;
    datagram.mpl = (dd_mpl_option){true, true, 0x102, 0x33};
    expect_octets(&datagram,
                  "\x7E\x7A\x03\x00\x00\xFD"
                  "\xE0\x3A\x06\x6D\x04\x60\x33\x01\x02",
                  15);
}

// 25 hops: the first is the destination, the other 24 stand in the header.
Test(iphc, longest_route) {
    dd_datagram datagram = report(), read;
    uint8_t octets[DD_LOWPAN_HEADER_MAX];
    datagram.route.left = datagram.route.n = 24;
    for (uint16_t i = 0; i < 24; i++)
        datagram.route.hops[i] = (uint16_t)(100 + i);
    // Of a frame of 127 octets, 11 are the MAC's; 51 are left for CoAP.
    cr_expect(eq(u8, dd_iphc_write(octets, 116, &datagram, &link), 65));
    datagram.route.left = datagram.route.n = DD_ROUTE_MAX;
    uint8_t n = dd_iphc_write(octets, sizeof octets, &datagram, &link);
    cr_assert(dd_iphc_read(&read, octets, n, &link));
    cr_expect(eq(u8, read.route.n, DD_ROUTE_MAX));
    datagram.route.n++;
    cr_expect(eq(u8, dd_iphc_write(octets, sizeof octets, &datagram, &link), 0));
    datagram.route = (dd_source_route){3, 2, {1, 2}};
    cr_expect(eq(u8, dd_iphc_write(octets, sizeof octets, &datagram, &link), 0));
}

// Nothing is written beyond the room there is, and what fills it exactly fits.
Test(iphc, room) {
    dd_datagram datagram = report();
    datagram.rpl.present = datagram.mpl.present = true;
    datagram.source.octets[0] = datagram.destination.octets[0] = 0x20;
    uint8_t octets[DD_LOWPAN_HEADER_MAX];
    uint8_t n = dd_iphc_write(octets, sizeof octets, &datagram, &link);
    cr_assert(eq(u8, n, 2 + 32 + 14 + 7));
    for (size_t room = 0; room <= n; room++) {
        uint8_t *tight = malloc(room + 1);
        tight[room] = 0xA5;
        cr_expect(eq(u8, dd_iphc_write(tight, room, &datagram, &link), room == n ? n : 0));
        cr_expect(eq(u8, tight[room], 0xA5));
        free(tight);
    }
}

typedef struct refusal {
    const char *why, *octets;
    uint8_t n;
} refusal;

// Odd forms, each one step away from one that is read.
Test(iphc, refused) {
    static const refusal refusals[] = {
        {"another dispatch", "\x41\x60\x00", 3},
        {"context 1 of the source", "\x7A\xF7\x10\x3A", 4},
        {"context 1 of the destination", "\x7A\xF7\x01\x3A", 4},
        {"stateful group", "\x7A\x7C\x3A\x01\x02\x03\x04\x05\x06", 9},
        {"unspecified destination", "\x7A\x74\x3A", 3},
        {"a group as source",
         "\x7A\x07\x3A\xFF\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", 19},
        {"TCP", "\x7A\x77\x06", 3},
        {"UDP's checksum elided", "\x7E\x77\xF7\x12\x00\x00\x00", 7},
        {"mobility header", "\x7E\x77\xE9\x02\x01\x00\xF3\x12\xBE\xEF", 10},
        {"IPv6 in IPv6", "\x7E\x77\xEE\x7E\x77\xF3\x12\xBE\xEF", 9},
        {"no options", "\x7E\x77\xE1\x00\xF3\x12\xBE\xEF", 8},
        {"options after the route",
         "\x7E\x77\xE3\x0E\x03\x01\xEE\x40\x00\x00\x00\x07\x02\x03\x00\x00\x00\x00"
         "\xE1\x06\x63\x04\xA0\x1E\x04\x80\xF3\x12\xBE\xEF",
         30},
        {"options twice",
         "\x7E\x77\xE1\x06\x63\x04\xA0\x1E\x04\x80\xE1\x06\x6D\x04\x40\x33\x01\x02"
         "\xF3\x12\xBE\xEF",
         22},
        {"padding longer than its header",
         "\x7E\x77\xE1\x0E\x63\x04\xA0\x1E\x04\x80\x6D\x04\x40\x33\x01\x02\x01\x01\xF3\x12"
         "\xBE\xEF",
         22},
        {"an option without a length",
         "\x7E\x77\xE1\x07\x63\x04\xA0\x1E\x04\x80\x01\xF3\x12\xBE\xEF", 15},
        {"the RPL option twice",
         "\x7E\x77\xE1\x0C\x63\x04\xA0\x1E\x04\x80\x63\x04\xA0\x1E\x04\x80\xF3\x12\xBE\xEF", 20},
        {"the MPL option twice",
         "\x7E\x77\xE1\x0C\x6D\x04\x40\x33\x01\x02\x6D\x04\x40\x33\x01\x02\xF3\x12\xBE\xEF", 20},
        {"RPL option of another length",
         "\x7E\x77\xE1\x08\x63\x06\xA0\x1E\x04\x80\x00\x00\xF3\x12\xBE\xEF", 16},
        {"MPL of another version",
         "\x7E\x7A\x03\x00\x00\xFC\xE1\x06\x6D\x04\x50\x33\x01\x02\xF3\x12\xBE\xEF", 18},
        {"MPL seed of 64 bits",
         "\x7E\x77\xE1\x0C\x6D\x0A\x80\x33\x01\x02\x03\x04\x05\x06\x07\x08\xF3\x12\xBE\xEF", 20},
        {"unknown option", "\x7E\x77\xE1\x06\x3E\x04\xA0\x1E\x04\x80\xF3\x12\xBE\xEF", 14},
        {"padding beyond the header's end",
         "\x7E\x77\xE1\x0E\x63\x04\xA0\x1E\x04\x80\x01\x06\x00\x00\x00\x00\x00\x01\xF3\x12\xBE\xEF",
         22},
        {"route of type 4",
         "\x7E\x77\xE3\x0E\x04\x01\xEE\x40\x00\x00\x00\x07\x02\x03\x00\x00\x00\x00\xF3\x12\xBE\xEF",
         22},
        {"addresses of 4 octets",
         "\x7E\x77\xE3\x0E\x03\x01\xCC\x00\x00\x00\x00\x07\x02\x03\x00\x00\x00\x00\xF3\x12\xBE\xEF",
         22},
        {"more segments left than there are",
         "\x7E\x77\xE3\x0E\x03\x03\xEE\x40\x00\x00\x00\x07\x02\x03\x00\x00\x00\x00\xF3\x12\xBE\xEF",
         22},
        {"no address in the route", "\x7E\x77\xE3\x06\x03\x00\xEE\x00\x00\x00\xF3\x12\xBE\xEF", 14},
        {"route to a link-local destination",
         "\x7E\x73\xE3\x0E\x03\x01\xEE\x40\x00\x00\x00\x07\x02\x03\x00\x00\x00\x00\xF3\x12\xBE\xEF",
         22},
    };
    dd_datagram datagram;
    for (size_t i = 0; i < DD_COUNT(refusals); i++) {
        const refusal *r = &refusals[i];
        cr_expect(not(dd_iphc_read(&datagram, (const uint8_t *)r->octets, r->n, &link)), "%s",
                  r->why);
    }
}

// Forms that others write and we do not.
Test(iphc, read_though_never_written) {
    dd_datagram datagram;
    // Traffic class and flow label, context identifiers of 0, padding that might be elided.
    static const uint8_t octets[] =
        "\x66\xF7\x00\x12\x34\x56\x78\xE1\x0E\x63\x04\xA0\x1E\x04\x80\x6D\x04\x40\x07\x00\x01"
        "\x01\x00\xF3\x12\xBE\xEF.";
    cr_assert(dd_iphc_read(&datagram, octets, sizeof octets - 1, &link));
    cr_expect(eq(u16, datagram.rpl.rank, 0x480));
    cr_expect(eq(u16, datagram.mpl.seed, 1));
    cr_expect(eq(u8, datagram.hop_limit, 64));
    cr_expect(eq(u16, dd_datagram_header_n(&datagram), 40 + 16 + 8));
    cr_expect(eq(u16, datagram.payload_n, 1));
    cr_expect(eq(chr, *(const char *)datagram.payload, '.'));
    // From the unspecified address, as before a node has one.
    cr_assert(dd_iphc_read(&datagram, (const uint8_t *)"\x7B\x4B\x3A\x02", 4, &link));
    cr_expect(dd_ipv6_equal(&datagram.source, &(dd_ipv6){{0}}));
}

// Traffic class and flow label of each form are passed over (RFC 6282, 3.1.1).
Test(iphc, traffic_class_and_flow_label) {
    static const char *const octets[] = {"\x62\x33\x01\x02\x03\x04\x3A.",
                                         "\x6A\x33\x01\x02\x03\x3A.", "\x72\x33\x01\x3A.",
                                         "\x7A\x33\x3A."};
    dd_datagram datagram;
    for (size_t i = 0; i < DD_COUNT(octets); i++) {
        size_t n = strlen(octets[i]);
        cr_assert(dd_iphc_read(&datagram, (const uint8_t *)octets[i], n, &link), "form %zu", i);
        cr_expect(eq(u16, datagram.payload_n, 1), "form %zu", i);
        cr_expect(eq(u8, datagram.hop_limit, 64), "form %zu", i);
    }
}

// As if they had never been compressed (RFC 8200; 6553; 6554; 7731).
Test(iphc, lengths_uncompressed) {
    dd_datagram datagram = report();
    cr_expect(eq(u16, dd_datagram_header_n(&datagram), 48));
    datagram.rpl.present = true;
    cr_expect(eq(u16, dd_datagram_header_n(&datagram), 56));
    datagram.mpl.present = true; // 2 + 6 + 6 and padding of 2
    cr_expect(eq(u16, dd_datagram_header_n(&datagram), 64));
    datagram.route.n = 3; // 8 + 6 and padding of 2
    cr_expect(eq(u16, dd_datagram_header_n(&datagram), 80));
    datagram.route.n = 5;
    cr_expect(eq(u16, dd_datagram_header_n(&datagram), 88));
    datagram.protocol = DD_ICMPV6;
    cr_expect(eq(u16, dd_datagram_header_n(&datagram), 80));
}

static void expect_refused_when_cut(const dd_datagram *datagram) {
    dd_datagram read;
    uint8_t octets[DD_LOWPAN_HEADER_MAX];
    uint8_t n = dd_iphc_write(octets, sizeof octets, datagram, &link);
    for (uint8_t cut = 0; cut < n; cut++) {
        uint8_t *tight = malloc(cut ? cut : 1);
        memcpy(tight, octets, cut);
        cr_expect(not(dd_iphc_read(&read, tight, cut, &link)), "cut to %d", cut);
        free(tight);
    }
    cr_expect(dd_iphc_read(&read, octets, n, &link));
}

// Every truncation of headers is refused, down to nothing.
Test(iphc, truncated) {
    dd_datagram datagram = report();
    datagram.rpl.present = true;
    datagram.route = (dd_source_route){1, 2, {7, 8}};
    expect_refused_when_cut(&datagram);
    datagram = report();
    datagram.protocol = DD_ICMPV6;
    datagram.hop_limit = 63;
    expect_refused_when_cut(&datagram);
}

// What a forwarder does: read, change, write; the checksum still holds at the end.
Test(iphc, forwarded) {
    dd_datagram datagram = report(), read;
    uint8_t octets[116], payload[] = "on";
    datagram.route = (dd_source_route){2, 2, {20, 30}};
    datagram.payload = payload;
    datagram.payload_n = sizeof payload;
    datagram.checksum = dd_datagram_checksum(&datagram);
    const uint16_t ways[] = {5, 9, 20, 30};
    for (int hop = 0; hop < 3; hop++) {
        dd_lowpan_link here = {ways[hop], ways[hop + 1], link.prefix};
        uint8_t n = dd_iphc_write(octets, sizeof octets, &datagram, &here);
        memcpy(octets + n, payload, sizeof payload);
        cr_assert(dd_iphc_read(&read, octets, n + sizeof payload, &here));
        cr_expect(dd_datagram_intact(&read));
        dd_ipv6 final = dd_ipv6_global(&link.prefix, 30), was = read.destination;
        dd_ipv6 mine_now = dd_ipv6_global(&link.prefix, ways[hop + 1]);
        cr_expect(dd_ipv6_equal(&was, &mine_now));
        dd_ipv6 told = dd_datagram_final(&read);
        cr_expect(dd_ipv6_equal(&told, &final));
        datagram = read;
        datagram.payload = payload;
        if (!read.route.left) break;
        uint16_t *next = &datagram.route.hops[read.route.n - read.route.left], mine;
        cr_assert(dd_ipv6_short(&was, &link.prefix, &mine));
        datagram.destination = dd_ipv6_global(&link.prefix, *next);
        *next = mine;
        datagram.route.left--;
        datagram.hop_limit--;
    }
    cr_expect(eq(u8, read.route.left, 0));
}

Test(iphc, fragments) {
    uint8_t octets[5];
    dd_fragment read;
    const dd_fragment first = {.size = 0x2A5, .tag = 0xBEEF};
    cr_expect(eq(u8, dd_fragment_write(octets, &first), 4));
    cr_expect(eq(int, memcmp(octets, "\xC2\xA5\xBE\xEF", 4), 0));
    cr_assert(dd_fragment_read(&read, octets, 4));
    cr_expect(read.present && read.header_n == 4 && read.offset == 0);
    const dd_fragment later = {.size = 0x2A5, .tag = 0xBEEF, .offset = 0x2A0};
    cr_expect(eq(u8, dd_fragment_write(octets, &later), 5));
    cr_expect(eq(int, memcmp(octets, "\xE2\xA5\xBE\xEF\x54", 5), 0));
    cr_assert(dd_fragment_read(&read, octets, 5));
    cr_expect(read.present && read.header_n == 5);
    cr_expect(eq(u16, read.size, 0x2A5));
    cr_expect(eq(u16, read.tag, 0xBEEF));
    cr_expect(eq(u16, read.offset, 0x2A0));
    cr_expect(not(dd_fragment_read(&read, octets, 4)));
    cr_expect(not(dd_fragment_read(&read, octets, 0)));
    octets[4] = 0x55; // beyond the end
    cr_expect(not(dd_fragment_read(&read, octets, 5)));
    octets[4] = 0; // a later one at the start
    cr_expect(not(dd_fragment_read(&read, octets, 5)));
    cr_expect(dd_fragment_read(&read, (const uint8_t *)"\x7A", 1) && !read.present);
}

// The example of RFC 1071, 3, as the only words that are not zero: its sum is 0xDDF2.
Test(iphc, checksum_of_the_rfc) {
    dd_datagram datagram = {.protocol = DD_ICMPV6, .payload = (const uint8_t *)"", .payload_n = 0};
    memcpy(datagram.source.octets, "\x00\x01\xF2\x03\xF4\xF5\xF6\xF7", 8);
    cr_expect(eq(u16, dd_datagram_checksum(&datagram), (uint16_t) ~(0xDDF2 + DD_ICMPV6)));
    // UDP's zero is sent as all ones.
    datagram.protocol = DD_UDP;
    datagram.source_port = (uint16_t) ~(0xDDF2 + DD_UDP + 2 * 8);
    cr_expect(eq(u16, dd_datagram_checksum(&datagram), 0xFFFF));
}
