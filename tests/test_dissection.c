// What the stack puts on the air, as tshark reads it: no frame malformed, every checksum right, and
// each field what was encoded.
#define _POSIX_C_SOURCE 200809L // mkstemp, popen
#include "engine/random.h"
#include "models/mesh/stack/bytes.h"
#include "models/mesh/stack/lowpan/iphc.h"
#include "models/mesh/stack/mac/frame.h"
#include "models/mesh/stack/rpl/rpl_message.h"
#include "tests/dissector.h"

#include <arpa/inet.h>
#include <criterion/new/assert.h>

enum { PAN = 0x2BAD, FRAMES_MAX = 400 };

static const dd_prefix prefix = {{0xFD, 0x42, 0xE4, 0xBF, 0x6F, 0x5D, 0x2B, 0xAD}};
static char lines[FRAMES_MAX][DD_DISSECTED_MAX];
static char expected[FRAMES_MAX][DD_DISSECTED_MAX];

// Our payloads here are any octets.
static const char no_coap[] = "-o udp.check_checksum:TRUE -d udp.port==1-65535,data";

static const char *text_of(const dd_ipv6 *address) {
    static char texts[4][INET6_ADDRSTRLEN];
    static int next;
    char *text = texts[next++ & 3];
    return inet_ntop(AF_INET6, address->octets, text, INET6_ADDRSTRLEN);
}

// What is read from a frame is what was written: it is written again in the same way.
static void expect_round(const uint8_t *octets, uint8_t n, const dd_datagram *datagram) {
    dd_frame frame;
    dd_datagram read;
    uint8_t again[DD_FRAME_MAX];
    cr_assert(dd_frame_read(&frame, octets, n));
    dd_lowpan_link link = {frame.source, frame.destination, prefix};
    cr_assert(dd_iphc_read(&read, octets + frame.payload_at, frame.payload_n, &link));
    cr_expect(dd_datagram_intact(&read));
    cr_expect(eq(u16, dd_datagram_header_n(&read), dd_datagram_header_n(datagram)));
    cr_assert(eq(u16, read.payload_n, datagram->payload_n));
    uint8_t at = dd_frame_open(again, &frame);
    at += dd_iphc_write(again + at, DD_FRAME_MAX - at, &read, &link);
    memcpy(again + at, read.payload, read.payload_n);
    cr_assert(eq(u8, dd_frame_close(again, (uint8_t)(at + read.payload_n)), n));
    cr_expect(eq(int, memcmp(again, octets, n), 0));
}

// A datagram as a frame of this link, with its checksum; it must fit.
static void add(dd_dissector *dissector, dd_datagram *datagram, uint16_t source,
                uint16_t destination) {
    uint8_t octets[DD_FRAME_MAX], upper[DD_DATAGRAM_MAX];
    memcpy(upper, datagram->payload, datagram->payload_n);
    datagram->payload = upper;
    datagram->checksum = dd_datagram_checksum(datagram);
    if (datagram->protocol == DD_ICMPV6) dd_put_be16(upper + 2, datagram->checksum);
    uint8_t at = dd_frame_open(octets, &(dd_frame){.type = DD_FRAME_DATA,
                                                   .sequence = (uint8_t)dissector->frame_n,
                                                   .ack_request = destination != DD_BROADCAST,
                                                   .pan = PAN,
                                                   .source = source,
                                                   .destination = destination});
    uint8_t n = dd_iphc_write(octets + at, DD_FRAME_MAX - DD_FCS - at, datagram,
                              &(dd_lowpan_link){source, destination, prefix});
    cr_assert(n > 0 && at + n + datagram->payload_n + DD_FCS <= DD_FRAME_MAX);
    memcpy(octets + at + n, datagram->payload, datagram->payload_n);
    n = dd_frame_close(octets, (uint8_t)(at + n + datagram->payload_n));
    expect_round(octets, n, datagram);
    dd_dissector_add(dissector, octets, n);
}

static void add_advertisement(dd_dissector *dissector) {
    uint8_t octets[DD_RPL_MESSAGE_MAX];
    dd_ipv6 root = dd_ipv6_global(&prefix, 0);
    dd_datagram datagram = {.source = dd_ipv6_link_local(0),
                            .destination = dd_ipv6_all_nodes,
                            .hop_limit = 255,
                            .protocol = DD_ICMPV6,
                            .payload = octets};
    datagram.payload_n = dd_icmp_advertisement(octets, &prefix, &root);
    add(dissector, &datagram, 0, DD_BROADCAST);
}

static void compare(uint32_t frame_n) {
    for (uint32_t i = 0; i < frame_n; i++)
        cr_expect(eq(str, lines[i], expected[i]), "frame %u", i + 1);
}

static const char *const udp_fields[] = {
    "_ws.malformed",
    "_ws.expert.message",
    "wpan.fcs_ok",
    "wpan.src16",
    "wpan.dst16",
    "ipv6.src",
    "ipv6.dst",
    "ipv6.hlim",
    "ipv6.opt.rpl.flag",
    "ipv6.opt.rpl.instance_id",
    "ipv6.opt.rpl.sender_rank",
    "ipv6.opt.mpl.flag",
    "ipv6.opt.mpl.sequence",
    "ipv6.opt.mpl.seed_id",
    "ipv6.routing.segleft",
    "ipv6.routing.rpl.full_address",
    "udp.srcport",
    "udp.dstport",
    "udp.checksum.status",
    "udp.payload",
};

static uint32_t draw(uint64_t number, uint32_t what, uint32_t n) {
    return dd_uniform(dd_random(3, number, what, 0).v[0], n);
}

static dd_ipv6 any_address(uint64_t number, uint32_t what, uint16_t link_address) {
    uint16_t shrt = draw(number, what, 2) ? link_address : (uint16_t)draw(number, what + 1, 4000);
    dd_ipv6 address =
        draw(number, what + 2, 3) ? dd_ipv6_global(&prefix, shrt) : dd_ipv6_link_local(shrt);
    switch (draw(number, what + 3, 8)) {
    case 0: // an identifier that is not formed from a short address
        address.octets[8] = 0x1A;
        break;
    case 1: // an address from elsewhere
        address.octets[0] = 0x20;
        break;
    }
    return address;
}

static dd_ipv6 any_group(uint64_t number) {
    const dd_ipv6 groups[] = {dd_ipv6_all_nodes,
                              dd_ipv6_all_rpl,
                              dd_ipv6_all_forwarders,
                              dd_ipv6_all_coap,
                              {{0xFF, 0x05, [11] = 1, 2, 3, 4, 5}},
                              {{0xFF, 0x15, [3] = 9, [15] = 7}}};
    return groups[draw(number, 20, DD_COUNT(groups))];
}

static dd_datagram any_datagram(uint64_t number, uint16_t source, uint16_t *destination) {
    static const uint8_t hop_limits[] = {1, 64, 255, 7};
    static const uint16_t ports[] = {5683, 0xF0B3, 0xF0BF, 0xF012, 61632};
    dd_datagram datagram = {.source = any_address(number, 0, source),
                            .destination = any_address(number, 4, *destination),
                            .hop_limit = hop_limits[draw(number, 8, 4)],
                            .protocol = DD_UDP,
                            .source_port = ports[draw(number, 9, 5)],
                            .destination_port = ports[draw(number, 10, 5)]};
    if (draw(number, 11, 3) == 0) {
        *destination = DD_BROADCAST;
        datagram.destination = any_group(number);
        datagram.mpl =
            (dd_mpl_option){draw(number, 12, 2), draw(number, 13, 2),
                            (uint16_t)draw(number, 14, 0x10000), (uint8_t)draw(number, 15, 256)};
    } else if (draw(number, 11, 2)) {
        datagram.destination = dd_ipv6_global(&prefix, *destination);
        datagram.route.n = (uint8_t)(1 + draw(number, 16, 24));
        datagram.route.left = (uint8_t)draw(number, 17, datagram.route.n + 1u);
        for (uint8_t i = 0; i < datagram.route.n; i++)
            datagram.route.hops[i] = (uint16_t)draw(number, 100u + i, 4000);
    }
    datagram.rpl = (dd_rpl_option){draw(number, 18, 2),
                                   draw(number, 19, 2),
                                   draw(number, 20, 2),
                                   draw(number, 21, 2),
                                   (uint8_t)draw(number, 22, 256),
                                   (uint16_t)draw(number, 23, 0xFFFF)};
    return datagram;
}

static void expect_options(char *to, const dd_datagram *datagram) {
    const dd_rpl_option *rpl = &datagram->rpl;
    const dd_mpl_option *mpl = &datagram->mpl;
    if (rpl->present)
        to += sprintf(to, " 0x%02x 0x%02x 0x%04x",
                      rpl->down << 7 | rpl->rank_error << 6 | rpl->forward_error << 5,
                      rpl->instance, rpl->rank);
    else
        to += sprintf(to, " - - -");
    if (mpl->present)
        to += sprintf(to, " 0x%02x 0x%02x %04x", 0x40 | mpl->newest << 5, mpl->sequence, mpl->seed);
    else
        to += sprintf(to, " - - -");
    if (!datagram->route.n) strcpy(to, " - -");
    for (uint8_t i = 0; i < datagram->route.n; i++) {
        dd_ipv6 hop = dd_ipv6_global(&prefix, datagram->route.hops[i]);
        if (i == 0) to += sprintf(to, " %d ", datagram->route.left);
        to += sprintf(to, "%s%s", i ? "," : "", text_of(&hop));
    }
}

static void expect_udp(char *to, const dd_datagram *datagram, uint16_t source,
                       uint16_t destination) {
    to += sprintf(to, "- - 1 0x%04x 0x%04x %s %s %d", source, destination,
                  text_of(&datagram->source), text_of(&datagram->destination), datagram->hop_limit);
    expect_options(to, datagram);
    to += strlen(to);
    to += sprintf(to, " %d %d 1 ", datagram->source_port, datagram->destination_port);
    for (int i = 0; i < datagram->payload_n; i++)
        to += sprintf(to, "%02x", datagram->payload[i]);
    if (!datagram->payload_n) strcpy(to, "-");
}

// Every form of header that the encoder can make, drawn at random.
Test(dissection, udp) {
    dd_dissector dissector = dd_dissector_open();
    add_advertisement(&dissector);
    for (uint64_t i = 1; i < FRAMES_MAX; i++) {
        uint16_t source = (uint16_t)draw(i, 50, 200), destination = (uint16_t)draw(i, 51, 200);
        uint8_t payload[12] = {(uint8_t)i, 0xD0};
        dd_datagram datagram = any_datagram(i, source, &destination);
        datagram.payload = payload;
        datagram.payload_n = (uint16_t)draw(i, 52, sizeof payload + 1);
        add(&dissector, &datagram, source, destination);
        datagram.payload = payload;
        expect_udp(expected[i], &datagram, source, destination);
    }
    dd_dissector_close(&dissector, no_coap, udp_fields, DD_COUNT(udp_fields), lines);
    strcpy(expected[0], lines[0]);
    compare(FRAMES_MAX);
}

static const char *const rpl_fields[] = {
    "_ws.malformed",
    "_ws.expert.message",
    "wpan.fcs_ok",
    "icmpv6.checksum.status",
    "ipv6.src",
    "ipv6.dst",
    "icmpv6.type",
    "icmpv6.code",
    "icmpv6.rpl.dio.instance",
    "icmpv6.rpl.dio.version",
    "icmpv6.rpl.dio.rank",
    "icmpv6.rpl.dio.flag.g",
    "icmpv6.rpl.dio.flag.mop",
    "icmpv6.rpl.dio.flag.preference",
    "icmpv6.rpl.dio.dtsn",
    "icmpv6.rpl.dio.dagid",
    "icmpv6.rpl.opt.config.interval_double",
    "icmpv6.rpl.opt.config.interval_min",
    "icmpv6.rpl.opt.config.redundancy",
    "icmpv6.rpl.opt.config.max_rank_inc",
    "icmpv6.rpl.opt.config.min_hop_rank_inc",
    "icmpv6.rpl.opt.config.ocp",
    "icmpv6.rpl.opt.config.def_lifetime",
    "icmpv6.rpl.opt.config.lifetime_unit",
    "icmpv6.rpl.opt.prefix.length",
    "icmpv6.rpl.opt.config.flag.a",
    "icmpv6.rpl.opt.config.flag.r",
    "icmpv6.rpl.opt.prefix",
    "icmpv6.rpl.dao.instance",
    "icmpv6.rpl.dao.flag.k",
    "icmpv6.rpl.dao.sequence",
    "icmpv6.rpl.opt.target.prefix",
    "icmpv6.rpl.opt.transit.pathseq",
    "icmpv6.rpl.opt.transit.pathlifetime",
    "icmpv6.rpl.opt.transit.parent",
    "icmpv6.rpl.daoack.instance",
    "icmpv6.rpl.daoack.sequence",
    "icmpv6.rpl.daoack.status",
    "ipv6.opt.rpl.sender_rank",
    "ipv6.routing.segleft",
};

static dd_rpl_message any_message(uint64_t i) {
    dd_rpl_message message = {.code = (uint8_t)(i % 4)};
    uint8_t octet = (uint8_t)draw(i, 60, 256), other = (uint8_t)draw(i, 61, 256);
    uint16_t word = (uint16_t)draw(i, 62, 0x10000), node = (uint16_t)draw(i, 63, 4000);
    switch (message.code) {
    case DD_RPL_DIO:
        message.dio = (dd_rpl_dio){
            .instance = octet & 0x7F,
            .version = other,
            .rank = word,
            .grounded = i & 4,
            .mode = 1,
            .preference = other & 7,
            .dtsn = octet ^ 0x55,
            .dodag = dd_ipv6_global(&prefix, 0),
            .configuration = {i & 8, 8, 12, other, 0x700, 256, 1, octet, (uint16_t)(word ^ 9)},
            .has_prefix = i & 16,
            .prefix = prefix,
            .router = node};
        break;
    case DD_RPL_DAO:
        message.dao = (dd_rpl_dao){octet & 0x7F, other, i & 4, node, word, octet ^ 0x55, other};
        break;
    case DD_RPL_DAO_ACK:
        message.ack = (dd_rpl_dao_ack){octet & 0x7F, other, octet ^ 0x55};
        break;
    }
    return message;
}

static char *expect_dio(char *to, const dd_rpl_dio *dio) {
    to += sprintf(to, " %d %d %d %d 0x%02x %d %d %s", dio->instance, dio->version, dio->rank,
                  dio->grounded, dio->mode, dio->preference, dio->dtsn, text_of(&dio->dodag));
    const dd_rpl_configuration *c = &dio->configuration;
    if (c->present)
        to += sprintf(to, " %d %d %d %d %d %d %d %d", c->interval_doublings, c->interval_min,
                      c->redundancy, c->max_rank_increase, c->min_hop_rank_increase, c->objective,
                      c->lifetime, c->lifetime_unit_s);
    else
        to += sprintf(to, " - - - - - - - -");
    dd_ipv6 router = dd_ipv6_global(&dio->prefix, dio->router);
    if (dio->has_prefix) return to + sprintf(to, " 64 1 1 %s", text_of(&router));
    return to + sprintf(to, " - - - -");
}

static void expect_rpl(char *to, const dd_rpl_message *message, const dd_datagram *datagram) {
    to += sprintf(to, "- - 1 1 %s %s 155 %d", text_of(&datagram->source),
                  text_of(&datagram->destination), message->code);
    if (message->code == DD_RPL_DIO)
        to = expect_dio(to, &message->dio);
    else
        to += sprintf(to, " - - - - - - - - - - - - - - - - - - - -");
    dd_ipv6 target = dd_ipv6_global(&prefix, message->dao.target);
    dd_ipv6 parent = dd_ipv6_global(&prefix, message->dao.parent);
    if (message->code == DD_RPL_DAO)
        to += sprintf(to, " %d %d %d %s %d %d %s", message->dao.instance, message->dao.ack_request,
                      message->dao.sequence, text_of(&target), message->dao.path_sequence,
                      message->dao.path_lifetime, text_of(&parent));
    else
        to += sprintf(to, " - - - - - - -");
    if (message->code == DD_RPL_DAO_ACK)
        to += sprintf(to, " %d %d %d", message->ack.instance, message->ack.sequence,
                      message->ack.status);
    else
        to += sprintf(to, " - - -");
    if (datagram->rpl.present)
        to += sprintf(to, " 0x%04x", datagram->rpl.rank);
    else
        to += sprintf(to, " -");
    if (datagram->route.n)
        sprintf(to, " %d", datagram->route.left);
    else
        strcpy(to, " -");
}

Test(dissection, rpl) {
    enum { MESSAGES = 100 };
    dd_dissector dissector = dd_dissector_open();
    add_advertisement(&dissector);
    for (uint64_t i = 1; i < MESSAGES; i++) {
        uint8_t octets[DD_RPL_MESSAGE_MAX];
        dd_rpl_message message = any_message(i);
        bool local = message.code < DD_RPL_DAO;
        uint16_t source = (uint16_t)draw(i, 64, 4000), destination = (uint16_t)draw(i, 65, 4000);
        dd_datagram datagram = {.source = local ? dd_ipv6_link_local(source)
                                                : dd_ipv6_global(&prefix, source),
                                .destination = local ? dd_ipv6_all_rpl : dd_ipv6_global(&prefix, 0),
                                .hop_limit = local ? 255 : 64,
                                .protocol = DD_ICMPV6,
                                .rpl = {.present = !local, .rank = (uint16_t)(i * 99)},
                                .payload = octets,
                                .payload_n = dd_rpl_write(octets, &message, &prefix)};
        if (message.code == DD_RPL_DAO_ACK) datagram.route = (dd_source_route){1, 2, {8, 9}};
        add(&dissector, &datagram, source, local ? DD_BROADCAST : destination);
        expect_rpl(expected[i], &message, &datagram);
    }
    dd_dissector_close(&dissector, "", rpl_fields, DD_COUNT(rpl_fields), lines);
    strcpy(expected[0], lines[0]);
    compare(MESSAGES);
}

// What makes a capture explain itself.
Test(dissection, advertisement) {
    static const char *const fields[] = {
        "_ws.malformed",
        "_ws.expert.message",
        "ipv6.src",
        "ipv6.dst",
        "ipv6.hlim",
        "icmpv6.checksum.status",
        "icmpv6.opt.6co.context_length",
        "icmpv6.opt.6co.flag.c",
        "icmpv6.opt.6co.flag.cid",
        "icmpv6.opt.6co.context_prefix",
        "icmpv6.opt.abro.version_low",
        "icmpv6.opt.abro.version_high",
        "icmpv6.opt.abro.6lbr_address",
    };
    dd_dissector dissector = dd_dissector_open();
    add_advertisement(&dissector);
    dd_dissector_close(&dissector, "", fields, DD_COUNT(fields), lines);
    cr_expect(eq(str, lines[0],
                 "- - fe80::ff:fe00:0 ff02::1 255 1 64 1 0 fd42:e4bf:6f5d:2bad:: 1 0 "
                 "fd42:e4bf:6f5d:2bad:0:ff:fe00:0"));
}

// A datagram too long for a frame: its fragments' sizes and offsets count uncompressed octets, and
// what tshark puts together again has the right checksum.
Test(dissection, fragments) {
    static const char *const fields[] = {
        "_ws.malformed",       "_ws.expert.message", "6lowpan.frag.size",   "6lowpan.frag.tag",
        "6lowpan.frag.offset", "udp.length",         "udp.checksum.status", "ipv6.routing.segleft",
    };
    enum { FIRST_N = 24 };
    uint8_t payload[200], octets[DD_FRAME_MAX];
    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = (uint8_t)(i * 7);
    dd_datagram datagram = {.source = dd_ipv6_global(&prefix, 0),
                            .destination = dd_ipv6_global(&prefix, 1),
                            .hop_limit = 33,
                            .protocol = DD_UDP,
                            .rpl = {.present = true, .down = true, .rank = 256},
                            .mpl = {.present = true, .seed = 0},
                            .route = {2, 5, {2, 3, 4, 5, 6}},
                            .source_port = DD_COAP_PORT,
                            .destination_port = DD_COAP_PORT,
                            .payload = payload,
                            .payload_n = sizeof payload};
    datagram.checksum = dd_datagram_checksum(&datagram);
    uint16_t header_n = dd_datagram_header_n(&datagram);
    dd_dissector dissector = dd_dissector_open();
    add_advertisement(&dissector);
    dd_fragment fragment = {.size = header_n + datagram.payload_n, .tag = 0x1234};
    for (size_t done = 0, n; done < sizeof payload; done += n) {
        fragment.offset = done ? (uint16_t)(header_n + done) : 0;
        n = done ? sizeof payload - done : FIRST_N;
        if (n > 88) n = 88;
        uint8_t at = dd_frame_open(octets, &(dd_frame){.pan = PAN, .destination = 1});
        at += dd_fragment_write(octets + at, &fragment);
        if (!done)
            at += dd_iphc_write(octets + at, DD_FRAME_MAX - at, &datagram,
                                &(dd_lowpan_link){0, 1, prefix});
        memcpy(octets + at, payload + done, n);
        dd_dissector_add(&dissector, octets, dd_frame_close(octets, (uint8_t)(at + n)));
    }
    dd_dissector_close(&dissector, no_coap, fields, DD_COUNT(fields), lines);
    cr_expect(eq(int, header_n, 40 + 16 + 24 + 8));
    cr_expect(eq(str, lines[1], "- - 288 0x1234 - - - -"));
    cr_expect(eq(str, lines[2], "- - 288 0x1234 112 - - -"));
    cr_expect(eq(str, lines[3], "- - 288 0x1234 200 208 1 2"));
}
