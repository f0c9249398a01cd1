#include "models/mesh/stack/rpl/rpl_message.h"

#include <string.h>

#include "models/mesh/stack/bytes.h"

// RPL's base objects, after ICMPv6's type, code and checksum (RFC 6550, 6.2 to 6.5).
enum {
    ICMP_N = 4,
    DIS_N = 2,
    DIO_N = 24,
    DIO_GROUNDED = 0x80,
    DIO_MODE_AT = 3,
    DAO_N = 4,
    DAO_ACK_REQUEST = 0x80,
    DODAG_PRESENT_DAO = 0x40,
    DODAG_PRESENT_ACK = 0x80,
    DAO_ACK_N = 4,
};

// RPL's options: type and length, then so many octets (6.7).
enum {
    PAD_1 = 0,
    CONFIGURATION = 4,
    CONFIGURATION_N = 14,
    TARGET = 5,
    TARGET_N = 18,
    TRANSIT = 6,
    TRANSIT_N = 20,      // with a parent address
    PATH_CONTROL = 0x80, // the one bit that a path control size of 0 has (9.9)
    PREFIX = 8,
    PREFIX_N = 30,
    PREFIX_FLAGS = 0x60, // A: for addresses; R: holds the sender's own
    PREFIX_ROUTER = 0x20,
};

// Router advertisements (RFC 4861, 4.2) and their options of RFC 6775; lengths count eight octets.
enum {
    ADVERTISEMENT_N = 16,
    CONTEXT = 34,
    CONTEXT_EIGHTS = 2,
    CONTEXT_COMPRESSION = 0x10,
    CONTEXT_MASK = 0x1F, // C and the context's identifier
    CONTEXT_BITS = 64,
    BORDER_ROUTER = 35,
    BORDER_ROUTER_EIGHTS = 3,
    LIFETIME_MINUTES = 0xFFFF,
    HOP_LIMIT = 64,
};

static uint8_t *write_icmp(uint8_t *at, uint8_t type, uint8_t code) {
    at[0] = type;
    at[1] = code;
    dd_put_be16(at + 2, 0);
    return at + ICMP_N;
}

static uint8_t *write_global(uint8_t *at, const dd_prefix *prefix, uint16_t shrt) {
    dd_ipv6 address = dd_ipv6_global(prefix, shrt);
    memcpy(at, address.octets, 16);
    return at + 16;
}

static uint8_t *write_configuration(uint8_t *at, const dd_rpl_configuration *configuration) {
    at[0] = CONFIGURATION;
    at[1] = CONFIGURATION_N;
    at[2] = 0; // no authentication, path control size 0
    at[3] = configuration->interval_doublings;
    at[4] = configuration->interval_min;
    at[5] = configuration->redundancy;
    dd_put_be16(at + 6, configuration->max_rank_increase);
    dd_put_be16(at + 8, configuration->min_hop_rank_increase);
    dd_put_be16(at + 10, configuration->objective);
    at[12] = 0;
    at[13] = configuration->lifetime;
    dd_put_be16(at + 14, configuration->lifetime_unit_s);
    return at + 2 + CONFIGURATION_N;
}

static uint8_t *write_prefix(uint8_t *at, const dd_prefix *prefix, uint16_t router) {
    at[0] = PREFIX;
    at[1] = PREFIX_N;
    at[2] = 64;
    at[3] = PREFIX_FLAGS;
    memset(at + 4, 0xFF, 8); // valid and preferred for ever
    dd_put_be32(at + 12, 0);
    return write_global(at + 16, prefix, router);
}

static uint8_t *write_dio(uint8_t *at, const dd_rpl_dio *dio) {
    at[0] = dio->instance;
    at[1] = dio->version;
    dd_put_be16(at + 2, dio->rank);
    at[4] = (uint8_t)((dio->grounded ? DIO_GROUNDED : 0) | (dio->mode & 7) << DIO_MODE_AT |
                      (dio->preference & 7));
    at[5] = dio->dtsn;
    dd_put_be16(at + 6, 0);
    memcpy(at + 8, dio->dodag.octets, 16);
    at += DIO_N;
    if (dio->configuration.present) at = write_configuration(at, &dio->configuration);
    return dio->has_prefix ? write_prefix(at, &dio->prefix, dio->router) : at;
}

static uint8_t *write_dao(uint8_t *at, const dd_rpl_dao *dao, const dd_prefix *prefix) {
    at[0] = dao->instance;
    at[1] = dao->ack_request ? DAO_ACK_REQUEST : 0;
    at[2] = 0;
    at[3] = dao->sequence;
    at += DAO_N;
    at[0] = TARGET;
    at[1] = TARGET_N;
    at[2] = 0;
    at[3] = 128;
    at = write_global(at + 4, prefix, dao->target);
    at[0] = TRANSIT;
    at[1] = TRANSIT_N;
    at[2] = 0;
    at[3] = PATH_CONTROL;
    at[4] = dao->path_sequence;
    at[5] = dao->path_lifetime;
    return write_global(at + 6, prefix, dao->parent);
}

uint8_t dd_rpl_write(uint8_t octets[static DD_RPL_MESSAGE_MAX], const dd_rpl_message *message,
                     const dd_prefix *prefix) {
    uint8_t *at = write_icmp(octets, DD_ICMP_RPL, message->code);
    switch (message->code) {
    case DD_RPL_DIO:
        at = write_dio(at, &message->dio);
        break;
    case DD_RPL_DAO:
        at = write_dao(at, &message->dao, prefix);
        break;
    case DD_RPL_DAO_ACK:
        at[0] = message->ack.instance;
        at[1] = 0;
        at[2] = message->ack.sequence;
        at[3] = message->ack.status;
        at += DAO_ACK_N;
        break;
    default: // DIS
        dd_put_be16(at, 0);
        at += DIS_N;
    }
    return (uint8_t)(at - octets);
}

// The options from `at` on, one at a time; false when there are no more. What remains then is
// nothing, or malformed.
static bool next_option(const uint8_t **at, const uint8_t *end, const uint8_t **option) {
    while (*at < end && **at == PAD_1)
        (*at)++;
    if (end - *at < 2 || end - *at - 2 < (*at)[1]) return false;
    *option = *at;
    *at += 2 + (*at)[1];
    return true;
}

static bool read_global(const uint8_t *at, const dd_prefix *prefix, uint16_t *shrt) {
    dd_ipv6 address;
    memcpy(address.octets, at, 16);
    return dd_get_be64(at) != DD_LINK_LOCAL && dd_ipv6_short(&address, prefix, shrt);
}

static void read_configuration(const uint8_t *option, dd_rpl_configuration *configuration) {
    *configuration = (dd_rpl_configuration){
        .present = true,
        .interval_doublings = option[3],
        .interval_min = option[4],
        .redundancy = option[5],
        .max_rank_increase = dd_get_be16(option + 6),
        .min_hop_rank_increase = dd_get_be16(option + 8),
        .objective = dd_get_be16(option + 10),
        .lifetime = option[13],
        .lifetime_unit_s = dd_get_be16(option + 14),
    };
}

static bool read_prefix(const uint8_t *option, dd_rpl_dio *dio) {
    if (option[1] != PREFIX_N || option[2] != 64 || !(option[3] & PREFIX_ROUTER)) return false;
    dio->has_prefix = true;
    memcpy(dio->prefix.octets, option + 16, 8);
    return read_global(option + 16, &dio->prefix, &dio->router);
}

static bool read_dio(dd_rpl_dio *dio, const uint8_t *at, const uint8_t *end) {
    if (end - at < DIO_N) return false;
    *dio = (dd_rpl_dio){
        .instance = at[0],
        .version = at[1],
        .rank = dd_get_be16(at + 2),
        .grounded = at[4] & DIO_GROUNDED,
        .mode = at[4] >> DIO_MODE_AT & 7,
        .preference = at[4] & 7,
        .dtsn = at[5],
    };
    memcpy(dio->dodag.octets, at + 8, 16);
    at += DIO_N;
    for (const uint8_t *option; next_option(&at, end, &option);) {
        if (option[0] == CONFIGURATION) {
            if (option[1] != CONFIGURATION_N) return false;
            read_configuration(option, &dio->configuration);
        } else if (option[0] == PREFIX && !read_prefix(option, dio)) {
            return false;
        }
    }
    return at == end;
}

static bool read_dao(dd_rpl_dao *dao, const uint8_t *at, const uint8_t *end,
                     const dd_prefix *prefix) {
    if (end - at < DAO_N) return false;
    *dao =
        (dd_rpl_dao){.instance = at[0], .ack_request = at[1] & DAO_ACK_REQUEST, .sequence = at[3]};
    int dodag_n = at[1] & DODAG_PRESENT_DAO ? 16 : 0;
    at += DAO_N;
    if (end - at < dodag_n) return false;
    at += dodag_n;
    int target_n = 0, transit_n = 0;
    for (const uint8_t *option; next_option(&at, end, &option);) {
        if (option[0] == TARGET) {
            if (option[1] != TARGET_N || option[3] != 128) return false;
            if (!read_global(option + 4, prefix, &dao->target)) return false;
            target_n++;
        } else if (option[0] == TRANSIT) {
            if (option[1] != TRANSIT_N) return false;
            dao->path_sequence = option[4];
            dao->path_lifetime = option[5];
            if (!read_global(option + 6, prefix, &dao->parent)) return false;
            transit_n++;
        }
    }
    return at == end && target_n == 1 && transit_n == 1;
}

bool dd_rpl_read(dd_rpl_message *message, const uint8_t *octets, size_t n,
                 const dd_prefix *prefix) {
    if (n < ICMP_N || octets[0] != DD_ICMP_RPL) return false;
    const uint8_t *at = octets + ICMP_N, *end = octets + n, *option;
    message->code = octets[1];
    switch (message->code) {
    case DD_RPL_DIS:
        if (end - at < DIS_N) return false;
        at += DIS_N;
        break;
    case DD_RPL_DIO:
        return read_dio(&message->dio, at, end);
    case DD_RPL_DAO:
        return read_dao(&message->dao, at, end, prefix);
    case DD_RPL_DAO_ACK:
        if (end - at < DAO_ACK_N) return false;
        message->ack = (dd_rpl_dao_ack){.instance = at[0], .sequence = at[2], .status = at[3]};
        int dodag_n = at[1] & DODAG_PRESENT_ACK ? 16 : 0;
        at += DAO_ACK_N;
        if (end - at < dodag_n) return false;
        at += dodag_n;
        break;
    default:
        return false;
    }
    while (next_option(&at, end, &option))
        ;
    return at == end;
}

uint8_t dd_icmp_advertisement(uint8_t octets[static DD_RPL_MESSAGE_MAX], const dd_prefix *prefix,
                              const dd_ipv6 *root) {
    uint8_t *at = write_icmp(octets, DD_ICMP_ROUTER_ADVERTISEMENT, 0);
    memset(at, 0, ADVERTISEMENT_N - ICMP_N); // no default router, nothing else said
    at[0] = HOP_LIMIT;
    at += ADVERTISEMENT_N - ICMP_N;
    at[0] = CONTEXT;
    at[1] = CONTEXT_EIGHTS;
    at[2] = CONTEXT_BITS;
    at[3] = CONTEXT_COMPRESSION; // context 0
    dd_put_be16(at + 4, 0);
    dd_put_be16(at + 6, LIFETIME_MINUTES);
    memcpy(at + 8, prefix->octets, 8);
    at += 8 * CONTEXT_EIGHTS;
    at[0] = BORDER_ROUTER;
    at[1] = BORDER_ROUTER_EIGHTS;
    dd_put_be32(at + 2, 1 << 16); // version, its low 16 bits first
    dd_put_be16(at + 6, LIFETIME_MINUTES);
    memcpy(at + 8, root->octets, 16);
    return (uint8_t)(at + 8 * BORDER_ROUTER_EIGHTS - octets);
}

bool dd_icmp_advertisement_read(const uint8_t *octets, size_t n, dd_prefix *prefix) {
    bool found = false;
    if (n < ADVERTISEMENT_N || octets[0] != DD_ICMP_ROUTER_ADVERTISEMENT || octets[1] != 0)
        return false;
    for (size_t at = ADVERTISEMENT_N; at < n; at += 8u * octets[at + 1]) {
        const uint8_t *option = octets + at;
        if (n - at < 2 || option[1] == 0 || n - at < 8u * option[1]) return false;
        if (option[0] != CONTEXT || (option[3] & CONTEXT_MASK) != CONTEXT_COMPRESSION) continue;
        if (option[1] != CONTEXT_EIGHTS || option[2] != CONTEXT_BITS) return false;
        memcpy(prefix->octets, option + 8, 8);
        found = true;
    }
    return found;
}
