#include "models/mesh/stack/coap/coap.h"

#include <string.h>

enum { // option numbers (RFC 7252, 5.10; RFC 7959, 2.1; RFC 7967, 2; RFC 9175, 3.2.1)
    URI_PATH = 11,
    CONTENT_FORMAT = 12,
    ACCEPT = 17,
    BLOCK2 = 23,
    BLOCK1 = 27,
    SIZE1 = 60,
    NO_RESPONSE = 258,
    REQUEST_TAG = 292,
};

enum { VERSION = 1, HEADER = 4, MARKER = 0xFF };

// A delta or a length is a nibble; from these on, one or two octets more hold the rest (RFC 7252,
// 3.1). The nibble 15 is reserved.
enum { ONE_MORE = 13, TWO_MORE = 14, NIBBLE_RESERVED = 15, ONE_FROM = 13, TWO_FROM = 269 };

dd_coap dd_coap_make(dd_coap_type type, dd_coap_code code, uint16_t id) {
    return (dd_coap){.type = (uint8_t)type,
                     .code = (uint8_t)code,
                     .id = id,
                     .content_format = DD_COAP_NO_FORMAT,
                     .accept = DD_COAP_NO_FORMAT};
}

// --- Writing ---

typedef struct writer {
    uint8_t *at, *end;
    uint32_t option; // number of the last one
    bool full;
} writer;

static void put(writer *out, const void *octets, size_t n) {
    out->full |= (size_t)(out->end - out->at) < n;
    if (out->full || n == 0) return;
    memcpy(out->at, octets, n);
    out->at += n;
}

static void put_octet(writer *out, uint32_t octet) {
    put(out, &(uint8_t){(uint8_t)octet}, 1);
}

static uint32_t nibble_of(uint32_t value) {
    return value < ONE_FROM ? value : value < TWO_FROM ? ONE_MORE : TWO_MORE;
}

static void put_rest(writer *out, uint32_t value) {
    if (value < ONE_FROM) return;
    if (value >= TWO_FROM) put_octet(out, (value - TWO_FROM) >> 8);
    put_octet(out, value < TWO_FROM ? value - ONE_FROM : value - TWO_FROM);
}

static void put_option(writer *out, uint32_t number, const void *value, uint32_t n) {
    uint32_t delta = number - out->option;
    put_octet(out, nibble_of(delta) << 4 | nibble_of(n));
    put_rest(out, delta);
    put_rest(out, n);
    put(out, value, n);
    out->option = number;
}

// As few octets as hold it; none for 0 (RFC 7252, 3.2).
static void put_uint_option(writer *out, uint32_t number, uint32_t value) {
    uint8_t octets[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                         (uint8_t)value};
    uint32_t zeros = 0;
    while (zeros < sizeof octets && octets[zeros] == 0)
        zeros++;
    put_option(out, number, octets + zeros, sizeof octets - zeros);
}

static void put_block(writer *out, uint32_t number, const dd_coap_block *block) {
    if (!block->present) return;
    uint32_t more = block->more ? 8 : 0;
    put_uint_option(out, number, block->number << 4 | more | block->exponent);
}

static void put_options(writer *out, const dd_coap *message) {
    for (int i = 0; i < message->path_n; i++)
        put_option(out, URI_PATH, message->path[i].octets, message->path[i].n);
    if (message->content_format != DD_COAP_NO_FORMAT)
        put_uint_option(out, CONTENT_FORMAT, message->content_format);
    if (message->accept != DD_COAP_NO_FORMAT) put_uint_option(out, ACCEPT, message->accept);
    put_block(out, BLOCK2, &message->block2);
    put_block(out, BLOCK1, &message->block1);
    if (message->size1) put_uint_option(out, SIZE1, message->size1);
    if (message->no_response) put_uint_option(out, NO_RESPONSE, message->no_response);
    if (message->request_tag) put_uint_option(out, REQUEST_TAG, message->request_tag);
}

uint16_t dd_coap_write(uint8_t *octets, size_t room, const dd_coap *message) {
    writer out = {.at = octets, .end = octets + room};
    put_octet(&out, VERSION << 6 | message->type << 4 | (uint32_t)message->token_n);
    put_octet(&out, message->code);
    put_octet(&out, message->id >> 8);
    put_octet(&out, message->id);
    put(&out, message->token, message->token_n);
    put_options(&out, message);
    if (message->payload_n > 0) {
        put_octet(&out, MARKER);
        put(&out, message->payload, message->payload_n);
    }
    return out.full ? 0 : (uint16_t)(out.at - octets);
}

// --- Reading ---

typedef struct raw_option {
    uint32_t number;
    const uint8_t *value;
    uint32_t n;
} raw_option;

// The rest of a delta or length. False: reserved, or cut off.
static bool get_rest(const uint8_t **at, const uint8_t *end, uint32_t *value) {
    uint32_t more = *value == ONE_MORE ? 1 : *value == TWO_MORE ? 2 : 0;
    if (*value == NIBBLE_RESERVED || (size_t)(end - *at) < more) return false;
    if (more == 1) *value = ONE_FROM + (*at)[0];
    if (more == 2) *value = TWO_FROM + ((uint32_t)(*at)[0] << 8 | (*at)[1]);
    *at += more;
    return true;
}

static bool get_option(const uint8_t **at, const uint8_t *end, raw_option *next) {
    uint32_t delta = **at >> 4, n = **at & 15;
    ++*at;
    if (!get_rest(at, end, &delta) || !get_rest(at, end, &n)) return false;
    next->number += delta;
    next->value = *at;
    next->n = n;
    if (next->number > UINT16_MAX || (size_t)(end - *at) < n) return false;
    *at += n;
    return true;
}

static uint32_t uint_of(const raw_option *option) {
    uint32_t value = 0;
    for (uint32_t i = 0; i < option->n; i++)
        value = value << 8 | option->value[i];
    return value;
}

static bool take_path(dd_coap *message, const raw_option *option) {
    if (option->n > UINT8_MAX) return false;
    if (message->path_n < DD_COAP_PATH_MAX)
        message->path[message->path_n] =
            (dd_coap_text){.octets = (const char *)option->value, .n = (uint8_t)option->n};
    if (message->path_n <= DD_COAP_PATH_MAX) message->path_n++;
    return true;
}

static bool take_format(uint16_t *format, const raw_option *option) {
    if (option->n > 2 || *format != DD_COAP_NO_FORMAT) return false;
    *format = (uint16_t)uint_of(option);
    return true;
}

static bool take_block(dd_coap_block *block, const raw_option *option) {
    if (option->n > 3 || block->present) return false;
    uint32_t value = uint_of(option);
    *block = (dd_coap_block){.present = true,
                             .more = (value >> 3 & 1) != 0,
                             .exponent = value & 7,
                             .number = value >> 4};
    return true;
}

static bool take_size(uint32_t *size, const raw_option *option) {
    if (option->n > 4 || *size) return false;
    *size = uint_of(option);
    return true;
}

static bool take_no_response(dd_coap *message, const raw_option *option) {
    if (option->n > 1 || message->no_response) return false;
    message->no_response = (uint8_t)uint_of(option);
    return true;
}

// Opaque, of up to eight octets, and may come again: of ours there is one, of two at the most.
static bool take_request_tag(dd_coap *message, const raw_option *option) {
    if (option->n > 2 || message->request_tag) return false;
    message->request_tag = (uint16_t)uint_of(option);
    return true;
}

// False: not understood.
static bool take_option(dd_coap *message, const raw_option *option) {
    switch (option->number) {
    case URI_PATH:
        return take_path(message, option);
    case CONTENT_FORMAT:
        return take_format(&message->content_format, option);
    case ACCEPT:
        return take_format(&message->accept, option);
    case BLOCK2:
        return take_block(&message->block2, option);
    case BLOCK1:
        return take_block(&message->block1, option);
    case SIZE1:
        return take_size(&message->size1, option);
    case NO_RESPONSE:
        return take_no_response(message, option);
    case REQUEST_TAG:
        return take_request_tag(message, option);
    default:
        return false;
    }
}

static bool get_options(dd_coap *message, const uint8_t *at, const uint8_t *end) {
    raw_option next = {0};
    while (at < end && *at != MARKER) {
        if (!get_option(&at, end, &next)) return false;
        bool critical = next.number & 1; // RFC 7252, 5.4.6
        if (!take_option(message, &next) && critical && message->critical == 0)
            message->critical = (uint16_t)next.number;
    }
    if (at == end) return true;
    message->payload = at + 1;
    message->payload_n = (uint16_t)(end - at - 1);
    return message->payload_n > 0; // a marker without payload is an error
}

bool dd_coap_read(dd_coap *message, const uint8_t *octets, size_t n) {
    if (n < HEADER || n > UINT16_MAX || octets[0] >> 6 != VERSION) return false;
    *message = dd_coap_make(octets[0] >> 4 & 3, octets[1], (uint16_t)(octets[2] << 8 | octets[3]));
    message->token_n = octets[0] & 15;
    if (message->token_n > DD_COAP_TOKEN_MAX || n < (size_t)HEADER + message->token_n) return false;
    if (message->code == DD_COAP_EMPTY) return n == HEADER; // RFC 7252, 4.1
    memcpy(message->token, octets + HEADER, message->token_n);
    return get_options(message, octets + HEADER + message->token_n, octets + n);
}
