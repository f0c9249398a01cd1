#include "models/mesh/stack/rpl/rpl_message.h"

#include "engine/base.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

static const dd_prefix prefix = {{0xFD, 0x42, 0xE4, 0xBF, 0x6F, 0x5D, 0x2B, 0xAD}};
static const dd_prefix other = {{0xFD, 0x42, 0xE4, 0xBF, 0x6F, 0x5D, 0x2B, 0xAE}};

static dd_rpl_message a_dio(void) {
    return (dd_rpl_message){
        DD_RPL_DIO,
        .dio = {.instance = 0,
                .version = 240,
                .rank = 0x0280,
                .grounded = true,
                .mode = 1,
                .preference = 3,
                .dtsn = 7,
                .dodag = dd_ipv6_global(&prefix, 0),
                .configuration = {true, 8, 12, 10, 0x0700, 256, 1, 30, 60},
                .has_prefix = true,
                .prefix = prefix,
                .router = 0x123},
    };
}

static dd_rpl_message a_dao(void) {
    return (dd_rpl_message){DD_RPL_DAO, .dao = {0, 241, true, 0x123, 0x45, 242, 30}};
}

static void expect_octets(const dd_rpl_message *message, const char *octets, uint8_t n) {
    uint8_t written[DD_RPL_MESSAGE_MAX];
    cr_assert(eq(u8, dd_rpl_write(written, message, &prefix), n));
    for (uint8_t i = 0; i < n; i++)
        cr_expect(eq(u8, written[i], (uint8_t)octets[i]), "octet %d", i);
}

// By hand from RFC 6550, 6.2 to 6.5 and 6.7.
Test(rpl_message, octets) {
    expect_octets(&(dd_rpl_message){.code = DD_RPL_DIS}, "\x9B\x00\x00\x00\x00\x00", 6);
    expect_octets(&(dd_rpl_message){DD_RPL_DAO_ACK, .ack = {1, 241, 2}},
                  "\x9B\x03\x00\x00\x01\x00\xF1\x02", 8);
    dd_rpl_message message = a_dao();
    expect_octets(&message,
                  "\x9B\x02\x00\x00\x00\x80\x00\xF1"
                  "\x05\x12\x00\x80\xFD\x42\xE4\xBF\x6F\x5D\x2B\xAD\x00\x00\x00\xFF\xFE\x00\x01\x23"
                  "\x06\x14\x00\x80\xF2\x1E"
                  "\xFD\x42\xE4\xBF\x6F\x5D\x2B\xAD\x00\x00\x00\xFF\xFE\x00\x00\x45",
                  50);
    message = a_dio();
    expect_octets(&message,
                  "\x9B\x01\x00\x00\x00\xF0\x02\x80\x8B\x07\x00\x00"
                  "\xFD\x42\xE4\xBF\x6F\x5D\x2B\xAD\x00\x00\x00\xFF\xFE\x00\x00\x00"
                  "\x04\x0E\x00\x08\x0C\x0A\x07\x00\x01\x00\x00\x01\x00\x1E\x00\x3C"
                  "\x08\x1E\x40\x60\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00"
                  "\xFD\x42\xE4\xBF\x6F\x5D\x2B\xAD\x00\x00\x00\xFF\xFE\x00\x01\x23",
                  76);
}

Test(rpl_message, dio_round) {
    uint8_t octets[DD_RPL_MESSAGE_MAX];
    dd_rpl_message message = a_dio(), read;
    cr_assert(dd_rpl_read(&read, octets, dd_rpl_write(octets, &message, &prefix), &other));
    cr_expect(eq(u8, read.code, DD_RPL_DIO));
    cr_expect(eq(u16, read.dio.rank, 0x0280));
    cr_expect(eq(u8, read.dio.version, 240));
    cr_expect(read.dio.grounded && read.dio.mode == 1 && read.dio.preference == 3);
    cr_expect(eq(u8, read.dio.dtsn, 7));
    cr_expect(dd_ipv6_equal(&read.dio.dodag, &message.dio.dodag));
    cr_expect(read.dio.configuration.present);
    cr_expect(eq(u16, read.dio.configuration.max_rank_increase, 0x0700));
    cr_expect(eq(u16, read.dio.configuration.lifetime_unit_s, 60));
    cr_expect(eq(int, memcmp(&read.dio.prefix, &prefix, sizeof prefix), 0));
    cr_expect(eq(u16, read.dio.router, 0x123));
    message.dio.configuration.present = message.dio.has_prefix = false;
    cr_assert(dd_rpl_read(&read, octets, dd_rpl_write(octets, &message, &prefix), &prefix));
    cr_expect(not(read.dio.configuration.present || read.dio.has_prefix));
}

Test(rpl_message, dao_round) {
    uint8_t octets[DD_RPL_MESSAGE_MAX + 16] = {0};
    dd_rpl_message message = a_dao(), read;
    uint8_t n = dd_rpl_write(octets, &message, &prefix);
    cr_assert(dd_rpl_read(&read, octets, n, &prefix));
    cr_expect(eq(u16, read.dao.target, 0x123));
    cr_expect(eq(u16, read.dao.parent, 0x45));
    cr_expect(eq(u8, read.dao.sequence, 241));
    cr_expect(eq(u8, read.dao.path_sequence, 242));
    cr_expect(eq(u8, read.dao.path_lifetime, 30));
    cr_expect(read.dao.ack_request);
    cr_expect(not(dd_rpl_read(&read, octets, n, &other))); // another mesh's
    // As others write it: with the DODAG's id, padded, and with an option that is not known.
    memmove(octets + 24, octets + 8, 42);
    octets[5] = 0xC0;
    memcpy(octets + 66, "\x00\x01\x02\x00\x00\x09\x01\x05", 8);
    cr_assert(dd_rpl_read(&read, octets, 74, &prefix));
    cr_expect(eq(u16, read.dao.parent, 0x45));
}

Test(rpl_message, short_ones) {
    uint8_t octets[DD_RPL_MESSAGE_MAX] = {0};
    dd_rpl_message message = {DD_RPL_DAO_ACK, .ack = {1, 241, 2}}, read;
    cr_assert(dd_rpl_read(&read, octets, dd_rpl_write(octets, &message, &prefix), &prefix));
    cr_expect(read.code == DD_RPL_DAO_ACK && read.ack.instance == 1);
    cr_expect(read.ack.sequence == 241 && read.ack.status == 2);
    octets[5] = 0x80; // with the DODAG's id
    cr_expect(not(dd_rpl_read(&read, octets, 8, &prefix)));
    cr_expect(dd_rpl_read(&read, octets, 24, &prefix));
    message.code = DD_RPL_DIS;
    cr_assert(dd_rpl_read(&read, octets, dd_rpl_write(octets, &message, &prefix), &prefix));
    cr_expect(eq(u8, read.code, DD_RPL_DIS));
    // With an option that is not known, empty.
    memcpy(octets + 6, "\x63\x00", 2);
    cr_expect(dd_rpl_read(&read, octets, 8, &prefix));
}

// Every truncation of every message is refused; of a DIO, but for where an option ends.
Test(rpl_message, truncated) {
    const dd_rpl_message messages[] = {
        a_dio(), a_dao(), {.code = DD_RPL_DIS}, {DD_RPL_DAO_ACK, .ack = {1, 2, 3}}};
    for (size_t i = 0; i < DD_COUNT(messages); i++) {
        uint8_t octets[DD_RPL_MESSAGE_MAX];
        dd_rpl_message read;
        uint8_t n = dd_rpl_write(octets, &messages[i], &prefix);
        for (uint8_t cut = 0; cut < n; cut++) {
            uint8_t *tight = malloc(cut ? cut : 1);
            memcpy(tight, octets, cut);
            bool whole = messages[i].code == DD_RPL_DIO && (cut == 28 || cut == 44);
            cr_expect(eq(int, dd_rpl_read(&read, tight, cut, &prefix), whole), "%d cut to %d",
                      messages[i].code, cut);
            free(tight);
        }
    }
}

// One octet made another.
Test(rpl_message, refused) {
    static const struct {
        const char *why;
        bool dao;
        uint8_t at, value;
    } rows[] = {
        {"no RPL", false, 0, 154},
        {"secured", false, 1, 0x81},
        {"unknown code", false, 1, 9},
        {"configuration's length", false, 29, 13},
        {"prefix of 48 bits", false, 46, 48},
        {"prefix without an address", false, 47, 0x40},
        {"router's identifier", false, 72, 1},
        {"target of 64 bits", true, 11, 64},
        {"target elsewhere", true, 12, 0x20},
        {"parent elsewhere", true, 34, 0x20},
        {"no target", true, 8, 1},
        {"no transit", true, 28, 1},
        {"transit of two parents' length", true, 29, 36},
    };
    for (size_t i = 0; i < DD_COUNT(rows); i++) {
        uint8_t octets[DD_RPL_MESSAGE_MAX];
        dd_rpl_message message = rows[i].dao ? a_dao() : a_dio(), read;
        uint8_t n = dd_rpl_write(octets, &message, &prefix);
        octets[rows[i].at] = rows[i].value;
        cr_expect(not(dd_rpl_read(&read, octets, n, &prefix)), "%s", rows[i].why);
    }
}

// By hand from RFC 4861, 4.2, and RFC 6775, 4.2 and 4.3.
Test(rpl_message, advertisement) {
    static const uint8_t expected[] =
        "\x86\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
        "\x22\x02\x40\x10\x00\x00\xFF\xFF\xFD\x42\xE4\xBF\x6F\x5D\x2B\xAD"
        "\x23\x03\x00\x01\x00\x00\xFF\xFF"
        "\xFD\x42\xE4\xBF\x6F\x5D\x2B\xAD\x00\x00\x00\xFF\xFE\x00\x00\x00";
    uint8_t octets[DD_RPL_MESSAGE_MAX];
    dd_ipv6 root = dd_ipv6_global(&prefix, 0);
    dd_prefix read = {{0}};
    uint8_t n = dd_icmp_advertisement(octets, &prefix, &root);
    cr_assert(eq(u8, n, sizeof expected - 1));
    cr_expect(eq(int, memcmp(octets, expected, n), 0));
    cr_assert(dd_icmp_advertisement_read(octets, n, &read));
    cr_expect(eq(int, memcmp(&read, &prefix, sizeof prefix), 0));
    for (uint8_t cut = 0; cut < n; cut++)
        cr_expect(eq(int, dd_icmp_advertisement_read(octets, cut, &read), cut == 32), "%d", cut);
    static const uint8_t changes[][2] = {{0, 133}, {1, 1}, {17, 0}, {18, 48}, {19, 0}, {19, 0x11}};
    for (size_t i = 0; i < DD_COUNT(changes); i++) {
        uint8_t was = octets[changes[i][0]];
        octets[changes[i][0]] = changes[i][1];
        cr_expect(not(dd_icmp_advertisement_read(octets, n, &read)), "change %zu", i);
        octets[changes[i][0]] = was;
    }
}
