// CoAP messages: libcoap reads what we write, and we read what libcoap sends.
#define _POSIX_C_SOURCE 200809L // sockets, without which there is no PDU of libcoap's
#include "engine/random.h"
#include "models/mesh/stack/coap/coap.h"

#include <arpa/inet.h>
#include <coap3/coap.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGES = 500, ROOM = 1152 };

static uint64_t draw_n;

static uint32_t draw(uint32_t n) {
    return dd_uniform(dd_random(1, 2, 3, draw_n++).v[0], n);
}

static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_~";
static const uint8_t codes[] = {DD_COAP_GET,         DD_COAP_POST,       DD_COAP_PUT,
                                DD_COAP_CHANGED,     DD_COAP_CONTENT,    DD_COAP_CONTINUE,
                                DD_COAP_BAD_REQUEST, DD_COAP_NOT_FOUND,  DD_COAP_TOO_LARGE,
                                DD_COAP_INCOMPLETE,  DD_COAP_UNAVAILABLE};
static uint8_t payload[512];

static dd_coap_block any_block(void) {
    static const uint32_t numbers[] = {0, 1, 15, 16, 4095, 4096, (1 << 20) - 1};
    return (dd_coap_block){.present = true,
                           .more = draw(2),
                           .exponent = (uint8_t)draw(7),
                           .number = numbers[draw(DD_COUNT(numbers))]};
}

static dd_coap any_message(void) {
    static const uint16_t formats[] = {0, 40, 60, 255, 256, 11544, 65534};
    dd_coap message = dd_coap_make(draw(3), codes[draw(DD_COUNT(codes))], (uint16_t)draw(65536));
    message.token_n = (uint8_t)draw(9);
    for (int i = 0; i < message.token_n; i++)
        message.token[i] = (uint8_t)draw(256);
    message.path_n = (uint8_t)draw(DD_COAP_PATH_MAX + 1);
    for (int i = 0; i < message.path_n; i++) // lengths about 13, where they need an octet more
        message.path[i] =
            (dd_coap_text){letters + draw(8), (uint8_t)(draw(3) ? draw(5) : 10 + draw(20))};
    if (draw(2)) message.content_format = formats[draw(DD_COUNT(formats))];
    if (draw(2)) message.accept = formats[draw(DD_COUNT(formats))];
    if (draw(2)) message.block1 = any_block();
    if (draw(2)) message.block2 = any_block();
    if (draw(2)) message.size1 = draw(UINT32_MAX) >> draw(32);
    if (draw(2)) message.no_response = (uint8_t)(1 + draw(31));
    message.payload = payload;
    message.payload_n = (uint16_t)(draw(3) ? draw(100) : draw(sizeof payload));
    return message;
}

static void expect_same(const dd_coap *a, const dd_coap *b) {
    cr_expect(eq(u8, a->type, b->type));
    cr_expect(eq(u8, a->code, b->code));
    cr_expect(eq(u16, a->id, b->id));
    cr_assert(eq(u8, a->token_n, b->token_n));
    cr_expect(eq(int, memcmp(a->token, b->token, a->token_n), 0));
    cr_assert(eq(u8, a->path_n, b->path_n));
    for (int i = 0; i < a->path_n && i < DD_COAP_PATH_MAX; i++) {
        cr_assert(eq(u8, a->path[i].n, b->path[i].n));
        cr_expect(eq(int, memcmp(a->path[i].octets, b->path[i].octets, a->path[i].n), 0));
    }
    cr_expect(eq(u16, a->content_format, b->content_format));
    cr_expect(eq(u16, a->accept, b->accept));
    cr_expect(eq(u32, a->size1, b->size1));
    cr_expect(eq(u8, a->no_response, b->no_response));
    cr_expect(eq(u16, a->critical, b->critical));
    for (int i = 0; i < 2; i++) {
        dd_coap_block x = i ? a->block1 : a->block2, y = i ? b->block1 : b->block2;
        cr_expect(x.present == y.present && x.more == y.more);
        cr_expect(x.exponent == y.exponent && x.number == y.number);
    }
    cr_assert(eq(u16, a->payload_n, b->payload_n));
    cr_expect(a->payload_n == 0 || memcmp(a->payload, b->payload, a->payload_n) == 0);
}

static void fill_payload(void) {
    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = (uint8_t)draw(256);
}

// --- The codec by itself ---

Test(coap, what_is_written_is_read) {
    uint8_t octets[ROOM];
    fill_payload();
    for (int i = 0; i < 20 * MESSAGES; i++) {
        dd_coap message = any_message(), read;
        uint16_t n = dd_coap_write(octets, sizeof octets, &message);
        cr_assert(n > 0 && dd_coap_read(&read, octets, n));
        expect_same(&message, &read);
        cr_expect(eq(u16, dd_coap_write(octets, n - 1u, &message), 0), "one octet too few");
    }
}

// RFC 7252, appendix A, figure 16: GET /temperature, CON, ID 0x7d34, no token; and its answer.
Test(coap, the_examples_of_the_rfc) {
    static const uint8_t get[] = "\x40\x01\x7d\x34\xbbtemperature";
    static const uint8_t content[] = "\x60\x45\x7d\x34\xff"
                                     "22.3 C";
    uint8_t octets[32];
    dd_coap message = dd_coap_make(DD_COAP_CON, DD_COAP_GET, 0x7d34);
    message.path[message.path_n++] = (dd_coap_text){"temperature", 11};
    cr_expect(eq(u16, dd_coap_write(octets, sizeof octets, &message), sizeof get - 1));
    cr_expect(eq(int, memcmp(octets, get, sizeof get - 1), 0));
    message = dd_coap_make(DD_COAP_ACK, DD_COAP_CONTENT, 0x7d34);
    message.payload = (const uint8_t *)"22.3 C";
    message.payload_n = 6;
    cr_expect(eq(u16, dd_coap_write(octets, sizeof octets, &message), sizeof content - 1));
    cr_expect(eq(int, memcmp(octets, content, sizeof content - 1), 0));
}

#define BAD(text)                                                                                  \
    { (const uint8_t *)(text), sizeof(text) - 1 }

Test(coap, message_format_errors) {
    static const struct {
        const uint8_t *octets;
        size_t n;
    } bad[] = {
        BAD("\x40\x01\x00"),     // too short
        BAD("\x80\x01\x00\x01"), // version 2
        BAD("\x49\x01\x00\x01"
            "123456789"),            // a token of nine octets
        BAD("\x42\x01\x00\x01\x01"), // a token that is cut off
        BAD("\x40\x00\x00\x01\x00"), // empty, and yet with something
        BAD("\x41\x00\x00\x01\x00"), // empty, with a token
        BAD("\x40\x01\x00\x01\xff"), // a marker without payload
        BAD("\x40\x01\x00\x01\xf0"), // a reserved delta
        BAD("\x40\x01\x00\x01\xbf"), // a reserved length
        BAD("\x40\x01\x00\x01\xb3"
            "ab"),                           // an option that is cut off
        BAD("\x40\x01\x00\x01\xd0"),         // a delta that is cut off
        BAD("\x40\x01\x00\x01\xe0\xff\xff"), // option 65804
    };
    dd_coap message;
    for (size_t i = 0; i < DD_COUNT(bad); i++)
        cr_expect(not(dd_coap_read(&message, bad[i].octets, bad[i].n)), "%zu", i);
}

Test(coap, options_that_are_not_understood) {
    static const struct {
        const uint8_t *octets;
        size_t n;
        uint16_t critical;
    } odd[] = {
        {(const uint8_t *)"\x40\x01\x00\x01\x31x", 6, 3}, // Uri-Host
        {(const uint8_t *)"\x40\x01\x00\x01\x41x", 6, 0}, // ETag: elective
        {(const uint8_t *)"\x40\x01\x00\x01\xd3\x04"
                          "123",
         9, 17}, // Accept of three octets
        {(const uint8_t *)"\x40\x01\x00\x01\xc3"
                          "123",
         8, 0},                                                   // Content-Format, too
        {(const uint8_t *)"\x40\x01\x00\x01\xd0\x0a\x00", 7, 23}, // Block2 twice
    };
    dd_coap message;
    for (size_t i = 0; i < DD_COUNT(odd); i++) {
        cr_assert(dd_coap_read(&message, odd[i].octets, odd[i].n), "%zu", i);
        cr_expect(eq(u16, message.critical, odd[i].critical), "%zu", i);
    }
}

// --- libcoap reads us ---

static coap_opt_t *next_option(coap_opt_iterator_t *at, uint32_t number) {
    coap_opt_t *option = coap_option_next(at);
    cr_assert(option && at->number == number, "option %u", (unsigned)number);
    return option;
}

static void expect_uint(coap_opt_iterator_t *at, uint32_t number, uint32_t value) {
    coap_opt_t *option = next_option(at, number);
    uint32_t n = coap_opt_length(option);
    cr_expect(eq(u32, coap_decode_var_bytes(coap_opt_value(option), n), value));
    cr_expect(n == 0 || coap_opt_value(option)[0] != 0, "as short as can be");
}

static uint32_t block_value(const dd_coap_block *block) {
    return block->number << 4 | (block->more ? 8u : 0) | block->exponent;
}

static void expect_parsed(const coap_pdu_t *pdu, const dd_coap *message) {
    cr_expect(eq(int, coap_pdu_get_type(pdu), message->type));
    cr_expect(eq(int, coap_pdu_get_code(pdu), message->code));
    cr_expect(eq(int, coap_pdu_get_mid(pdu), message->id));
    coap_bin_const_t token = coap_pdu_get_token(pdu);
    cr_assert(eq(sz, token.length, message->token_n));
    cr_expect(eq(int, memcmp(token.s, message->token, token.length), 0));
    coap_opt_iterator_t at;
    coap_option_iterator_init(pdu, &at, COAP_OPT_ALL);
    for (int i = 0; i < message->path_n; i++) {
        coap_opt_t *option = next_option(&at, COAP_OPTION_URI_PATH);
        cr_assert(eq(u32, coap_opt_length(option), message->path[i].n));
        cr_expect(memcmp(coap_opt_value(option), message->path[i].octets, message->path[i].n) == 0);
    }
    if (message->content_format != DD_COAP_NO_FORMAT)
        expect_uint(&at, COAP_OPTION_CONTENT_FORMAT, message->content_format);
    if (message->accept != DD_COAP_NO_FORMAT) expect_uint(&at, COAP_OPTION_ACCEPT, message->accept);
    if (message->block2.present)
        expect_uint(&at, COAP_OPTION_BLOCK2, block_value(&message->block2));
    if (message->block1.present)
        expect_uint(&at, COAP_OPTION_BLOCK1, block_value(&message->block1));
    if (message->size1) expect_uint(&at, COAP_OPTION_SIZE1, message->size1);
    if (message->no_response) expect_uint(&at, COAP_OPTION_NORESPONSE, message->no_response);
    cr_expect_null(coap_option_next(&at), "no option more");
    size_t n = 0;
    const uint8_t *data = NULL;
    coap_get_data(pdu, &n, &data);
    cr_assert(eq(sz, n, message->payload_n));
    cr_expect(n == 0 || memcmp(data, message->payload, n) == 0);
}

Test(coap, libcoap_reads_what_we_write) {
    uint8_t octets[ROOM];
    fill_payload();
    coap_startup();
    for (int i = 0; i < MESSAGES; i++) {
        dd_coap message = any_message();
        uint16_t n = dd_coap_write(octets, sizeof octets, &message);
        coap_pdu_t *pdu = coap_pdu_init(0, 0, 0, ROOM);
        cr_assert(coap_pdu_parse(COAP_PROTO_UDP, octets, n, pdu) > 0, "message %d", i);
        expect_parsed(pdu, &message);
        coap_delete_pdu(pdu);
    }
}

// --- We read libcoap, which gives its octets only to a socket ---

typedef struct wire {
    int socket;
    coap_context_t *context;
    coap_address_t address;
} wire;

static wire wire_open(void) {
    coap_startup();
    wire it = {.socket = socket(AF_INET, SOCK_DGRAM, 0), .context = coap_new_context(NULL)};
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    cr_assert(bind(it.socket, (struct sockaddr *)&here, sizeof here) == 0);
    cr_assert(getsockname(it.socket, (struct sockaddr *)&here, &size) == 0);
    coap_address_init(&it.address);
    it.address.size = sizeof here;
    it.address.addr.sin = here;
    return it;
}

// A session of its own for each message, so that none waits for an acknowledgement.
static size_t pass(wire *it, coap_pdu_t *(*make)(coap_session_t *, dd_coap *), dd_coap *message,
                   uint8_t octets[ROOM]) {
    coap_session_t *session =
        coap_new_client_session(it->context, NULL, &it->address, COAP_PROTO_UDP);
    cr_assert(session != NULL);
    cr_assert(coap_send(session, make(session, message)) != COAP_INVALID_MID);
    ssize_t n = recv(it->socket, octets, ROOM, 0);
    coap_session_release(session);
    cr_assert(n > 0);
    return (size_t)n;
}

static void add_uint(coap_pdu_t *pdu, uint16_t number, uint32_t value) {
    uint8_t octets[4];
    size_t n = coap_encode_var_safe(octets, sizeof octets, value);
    cr_assert(coap_add_option(pdu, number, n, octets) > 0);
}

static void add_odd(coap_pdu_t *pdu, dd_coap *message, uint16_t number) {
    if (draw(4)) return;
    cr_assert(coap_add_option(pdu, number, 1 + draw(4), (const uint8_t *)letters) > 0);
    if (number % 2 && !message->critical) message->critical = number;
}

// The message in libcoap's words, with options between that are not ours.
static coap_pdu_t *make(coap_session_t *session, dd_coap *message) {
    coap_pdu_t *pdu = coap_pdu_init(message->type, message->code, message->id,
                                    coap_session_max_pdu_size(session));
    coap_add_token(pdu, message->token_n, message->token);
    add_odd(pdu, message, COAP_OPTION_URI_HOST);
    add_odd(pdu, message, COAP_OPTION_ETAG);
    for (int i = 0; i < message->path_n; i++)
        coap_add_option(pdu, COAP_OPTION_URI_PATH, message->path[i].n,
                        (const uint8_t *)message->path[i].octets);
    if (message->content_format != DD_COAP_NO_FORMAT)
        add_uint(pdu, COAP_OPTION_CONTENT_FORMAT, message->content_format);
    add_odd(pdu, message, COAP_OPTION_MAXAGE);
    add_odd(pdu, message, COAP_OPTION_URI_QUERY);
    if (message->accept != DD_COAP_NO_FORMAT) add_uint(pdu, COAP_OPTION_ACCEPT, message->accept);
    if (message->block2.present) add_uint(pdu, COAP_OPTION_BLOCK2, block_value(&message->block2));
    if (message->block1.present) add_uint(pdu, COAP_OPTION_BLOCK1, block_value(&message->block1));
    add_odd(pdu, message, COAP_OPTION_SIZE2);
    if (message->size1) add_uint(pdu, COAP_OPTION_SIZE1, message->size1);
    if (message->no_response) add_uint(pdu, COAP_OPTION_NORESPONSE, message->no_response);
    add_odd(pdu, message, 2049); // deltas of two octets
    add_odd(pdu, message, 65000);
    if (message->payload_n > 0) coap_add_data(pdu, message->payload_n, message->payload);
    return pdu;
}

Test(coap, we_read_what_libcoap_sends) {
    uint8_t octets[ROOM];
    fill_payload();
    wire it = wire_open();
    for (int i = 0; i < MESSAGES; i++) {
        dd_coap message = any_message(), read;
        size_t n = pass(&it, make, &message, octets);
        cr_assert(dd_coap_read(&read, octets, n), "message %d", i);
        expect_same(&message, &read);
    }
    coap_free_context(it.context);
    close(it.socket);
}
