// CoAP messages (RFC 7252) with the options that our nodes speak: Uri-Path, Content-Format, Accept,
// Block1, Block2 and Size1 (RFC 7959), No-Response (RFC 7967), Request-Tag (RFC 9175). Other
// elective options are read over; other critical ones are named, so that the request can be refused
// (RFC 7252, 5.4.1).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DD_COAP_TOKEN_MAX = 8,
    DD_COAP_PATH_MAX = 4,                      // segments
    DD_COAP_BLOCK_EXPONENT = 2,                // of the blocks that we send ...
    DD_COAP_BLOCK = 64,                        // ... and their octets
    DD_COAP_DATAGRAM_MAX = DD_COAP_BLOCK + 32, // octets of any message that our endpoints send
    DD_COAP_NO_FORMAT = 0xFFFF, // the option is absent (65535 is reserved; RFC 7252, 12.3)
    DD_COAP_LINK_FORMAT = 40,   // application/link-format (RFC 6690)
    DD_COAP_CBOR = 60,          // application/cbor (RFC 8949)
};

typedef enum dd_coap_type { DD_COAP_CON, DD_COAP_NON, DD_COAP_ACK, DD_COAP_RST } dd_coap_type;

#define DD_COAP_CODE(class, detail) ((class) << 5 | (detail)) // c.dd (RFC 7252, 3)

typedef enum dd_coap_code {
    DD_COAP_EMPTY = 0,
    DD_COAP_GET = DD_COAP_CODE(0, 1),
    DD_COAP_POST = DD_COAP_CODE(0, 2),
    DD_COAP_PUT = DD_COAP_CODE(0, 3),
    DD_COAP_CHANGED = DD_COAP_CODE(2, 4),
    DD_COAP_CONTENT = DD_COAP_CODE(2, 5),
    DD_COAP_CONTINUE = DD_COAP_CODE(2, 31), // RFC 7959, 2.9.1
    DD_COAP_BAD_REQUEST = DD_COAP_CODE(4, 0),
    DD_COAP_BAD_OPTION = DD_COAP_CODE(4, 2),
    DD_COAP_NOT_FOUND = DD_COAP_CODE(4, 4),
    DD_COAP_NOT_ALLOWED = DD_COAP_CODE(4, 5),
    DD_COAP_NOT_ACCEPTABLE = DD_COAP_CODE(4, 6),
    DD_COAP_INCOMPLETE = DD_COAP_CODE(4, 8), // RFC 7959, 2.9.2
    DD_COAP_TOO_LARGE = DD_COAP_CODE(4, 13),
    DD_COAP_BAD_FORMAT = DD_COAP_CODE(4, 15),
    DD_COAP_UNAVAILABLE = DD_COAP_CODE(5, 3),
} dd_coap_code;

typedef struct dd_coap_block {
    bool present, more;
    uint8_t exponent; // blocks are of 16 << exponent octets; 0..6, 7 is reserved
    uint32_t number;  // below 2^20
} dd_coap_block;

typedef struct dd_coap_text {
    const char *octets; // not terminated
    uint8_t n;
} dd_coap_text;

typedef struct dd_coap {
    uint8_t type; // dd_coap_type
    uint8_t code; // dd_coap_code, or another one that was read
    uint16_t id;  // message ID
    uint8_t token_n;
    uint8_t token[DD_COAP_TOKEN_MAX];
    uint8_t path_n;                  // DD_COAP_PATH_MAX + 1: there were more than are kept
    uint8_t no_response;             // classes that are not wanted, 0: all are
    uint16_t content_format, accept; // DD_COAP_NO_FORMAT: absent
    uint16_t critical;               // first critical option that was not understood, 0: none
    dd_coap_text path[DD_COAP_PATH_MAX];
    dd_coap_block block1, block2;
    uint16_t
        request_tag; // tells blocks of one payload from another's; 0: absent, or not one of ours
    uint32_t size1;  // octets of a whole payload of which this is a block (RFC 7959, 4), 0: unsaid
    const uint8_t *payload; // within the octets read; for writing: wherever it lies
    uint16_t payload_n;
} dd_coap;

// A message without options and payload.
dd_coap dd_coap_make(dd_coap_type type, dd_coap_code code, uint16_t id);

static inline bool dd_coap_is_request(const dd_coap *message) {
    return message->code >= 1 && message->code < DD_COAP_CODE(1, 0);
}

static inline bool dd_coap_is_response(const dd_coap *message) {
    return message->code >= DD_COAP_CODE(2, 0) && message->code < DD_COAP_CODE(6, 0);
}

// Writes the whole message into at most `room` octets; returns their number, 0: it does not fit.
uint16_t dd_coap_write(uint8_t *octets, size_t room, const dd_coap *message);

// Reads a message. False: a message format error (RFC 7252, 3). An option of another length than it
// may have, or repeated though it may not be, counts as one that was not understood (5.4.3, 5.4.5).
bool dd_coap_read(dd_coap *message, const uint8_t *octets, size_t n);
