// Our CoAP endpoints talk to libcoap's over sockets: it reads a lamp's links and gives it a
// calendar, in blocks; it answers the controller's requests, at once and later, and takes a
// calendar in blocks.
#define _POSIX_C_SOURCE 200809L // sockets
#include "models/mesh/stack/coap/coap_client.h"
#include "models/mesh/stack/coap/coap_server.h"
#include "tests/any_calendar.h"

#include <arpa/inet.h>
#include <coap3/coap.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STEP_MS = 5, STEPS = 1000 };

static int ours;
static struct sockaddr_in peer; // whom we answer, or ask

static void put(const uint8_t *octets, uint16_t n) {
    cr_assert(sendto(ours, octets, n, 0, (struct sockaddr *)&peer, sizeof peer) == n);
}

static uint16_t get(uint8_t *octets, size_t room) {
    socklen_t size = sizeof peer;
    ssize_t n = recvfrom(ours, octets, room, MSG_DONTWAIT, (struct sockaddr *)&peer, &size);
    return n > 0 ? (uint16_t)n : 0;
}

static coap_address_t address_of(int socket) {
    coap_address_t address;
    coap_address_init(&address);
    socklen_t size = sizeof address.addr.sin;
    cr_assert(getsockname(socket, &address.addr.sa, &size) == 0);
    address.size = size;
    return address;
}

static int bound_socket(void) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int it = socket(AF_INET, SOCK_DGRAM, 0);
    cr_assert(bind(it, (struct sockaddr *)&here, sizeof here) == 0);
    return it;
}

static coap_context_t *make_context(void) {
    coap_startup();
    coap_context_t *context = coap_new_context(NULL);
    cr_assert(context != NULL);
    coap_context_set_block_mode(context, COAP_BLOCK_USE_LIBCOAP | COAP_BLOCK_SINGLE_BODY);
    return context;
}

static dd_light_calendar full;

static dd_node_request long_request(void) {
    full = full_calendar();
    return (dd_node_request){
        .lamp = 1, .kind = DD_NODE_CALENDAR, .token = 3, .retries = 4, .calendar = &full};
}

// --- Our lamp, libcoap's client ---

static uint8_t body[DD_LAMP_BODY_MAX];
static dd_node_request acted;
static dd_light_calendar taken;
static uint32_t block_n;

static void send_back(void *context, uint16_t destination, const uint8_t *octets, uint16_t n) {
    (void)context, (void)destination;
    put(octets, n);
}

static dd_reading act(void *context, const dd_node_request *request) {
    (void)context;
    acted = *request;
    if (request->calendar) taken = *request->calendar;
    return (dd_reading){.lamp = 1, .level_pm = 321};
}

static uint32_t take(void *context) {
    (void)context;
    return 1;
}

static uint8_t *at(void *context, uint32_t buffer) {
    (void)context, (void)buffer;
    block_n++;
    return body;
}

static void give(void *context, uint32_t buffer) {
    (void)context, (void)buffer;
}

static char answer[512];
static size_t answer_n;
static int answer_code;

static coap_response_t hear(coap_session_t *session, const coap_pdu_t *sent,
                            const coap_pdu_t *received, const coap_mid_t mid) {
    (void)session, (void)sent, (void)mid;
    size_t offset = 0, total = 0, n = 0;
    const uint8_t *data = NULL;
    answer_code = coap_pdu_get_code(received);
    if (coap_get_data_large(received, &n, &data, &offset, &total) && n < sizeof answer)
        memcpy(answer, data, answer_n = n);
    return COAP_RESPONSE_OK;
}

// Sends the request, and lets both work until there is an answer.
static void ask_lamp(coap_context_t *context, coap_session_t *session, coap_pdu_t *request) {
    static const dd_coap_server_port port = {
        .send = send_back, .act = act, .take = take, .at = at, .give = give};
    dd_coap_server server;
    uint8_t octets[2048];
    dd_coap_server_init(&server, 1, 1);
    answer_code = 0;
    cr_assert(coap_send(session, request) != COAP_INVALID_MID);
    for (int i = 0; i < STEPS && answer_code == 0; i++) {
        uint16_t n = get(octets, sizeof octets);
        if (n > 0) dd_coap_server_receive(&server, i, &port, 0, false, octets, n);
        coap_io_process(context, STEP_MS);
    }
}

static coap_pdu_t *request_to(coap_session_t *session, coap_request_t method, const char *first,
                              const char *second) {
    uint8_t token[8];
    size_t token_n;
    coap_pdu_t *pdu = coap_pdu_init(COAP_MESSAGE_CON, (coap_pdu_code_t)method,
                                    coap_new_message_id(session), 1152);
    coap_session_new_token(session, &token_n, token);
    coap_add_token(pdu, token_n, token);
    coap_add_option(pdu, COAP_OPTION_URI_PATH, strlen(first), (const uint8_t *)first);
    if (second) coap_add_option(pdu, COAP_OPTION_URI_PATH, strlen(second), (const uint8_t *)second);
    return pdu;
}

Test(coap_peer, libcoap_asks_our_lamp) {
    ours = bound_socket();
    coap_context_t *context = make_context();
    coap_address_t address = address_of(ours);
    coap_session_t *session = coap_new_client_session(context, NULL, &address, COAP_PROTO_UDP);
    coap_register_response_handler(context, hear);

    ask_lamp(context, session, request_to(session, COAP_REQUEST_GET, ".well-known", "core"));
    cr_expect(eq(int, answer_code, DD_COAP_CONTENT));
    cr_expect(answer_n == dd_lamp_links_n && memcmp(answer, dd_lamp_links, answer_n) == 0);

    ask_lamp(context, session, request_to(session, COAP_REQUEST_GET, "3416", "1"));
    cr_expect(eq(int, answer_code, DD_COAP_NOT_FOUND));

    uint8_t payload[DD_LAMP_BODY_MAX];
    dd_coap calendar = dd_coap_make(DD_COAP_CON, DD_COAP_EMPTY, 0);
    dd_node_request given = long_request();
    dd_lamp_write_request(&calendar, payload, &given);
    coap_pdu_t *pdu = request_to(session, COAP_REQUEST_PUT, "calendar", NULL);
    coap_add_option(pdu, COAP_OPTION_CONTENT_FORMAT, 1, &(uint8_t){DD_COAP_CBOR});
    coap_add_option(pdu, COAP_OPTION_BLOCK1, 1, &(uint8_t){2}); // blocks of 64 octets
    cr_assert(coap_add_data_large_request(session, pdu, calendar.payload_n, payload, NULL, NULL));
    ask_lamp(context, session, pdu);
    cr_expect(eq(int, answer_code, DD_COAP_CHANGED));
    cr_expect(ge(u32, block_n, 11));
    cr_expect(memcmp(&taken, &full, sizeof full) == 0);

    coap_session_release(session);
    coap_free_context(context);
    close(ours);
}

// --- Our controller, libcoap's server ---

static dd_node_reply replied;
static uint32_t reply_n, silent_n, sent_n, put_n;
static bool late;

static void send_out(void *context, uint16_t lamp, const uint8_t *octets, uint16_t n) {
    (void)context, (void)lamp;
    sent_n++;
    put(octets, n);
}

static void reply(void *context, const dd_node_reply *heard) {
    (void)context;
    replied = *heard;
    reply_n++;
}

static void silent(void *context, uint16_t lamp, uint8_t token) {
    (void)context, (void)lamp, (void)token;
    silent_n++;
}

static uint32_t draw(void *context) {
    (void)context;
    return 0;
}

static void respond(coap_pdu_t *response, coap_pdu_code_t code) {
    uint8_t octets[DD_LAMP_BODY_MAX];
    dd_coap message = dd_coap_make(DD_COAP_ACK, DD_COAP_CONTENT, 0);
    dd_lamp_write_reading(&message, octets, &(dd_reading){.level_pm = 654, .power_mw = 70000});
    coap_pdu_set_code(response, code);
    coap_add_option(response, COAP_OPTION_CONTENT_FORMAT, 1, &(uint8_t){DD_COAP_CBOR});
    coap_add_data(response, message.payload_n, message.payload);
}

// At once; or, when it is late, an empty acknowledgement first and the response 100 ms later.
static void serve_reading(coap_resource_t *resource, coap_session_t *session,
                          const coap_pdu_t *request, const coap_string_t *query,
                          coap_pdu_t *response) {
    (void)resource, (void)query;
    coap_bin_const_t token = coap_pdu_get_token(request);
    if (late && !coap_find_async(session, token)) {
        cr_assert_not_null(coap_register_async(session, request, COAP_TICKS_PER_SECOND / 10));
        return;
    }
    respond(response, COAP_RESPONSE_CODE_CONTENT);
}

static void serve_calendar(coap_resource_t *resource, coap_session_t *session,
                           const coap_pdu_t *request, const coap_string_t *query,
                           coap_pdu_t *response) {
    (void)resource, (void)session, (void)query;
    size_t offset = 0, total = 0, n = 0;
    const uint8_t *data = NULL;
    uint8_t expected[DD_LAMP_BODY_MAX];
    dd_coap calendar = dd_coap_make(DD_COAP_CON, DD_COAP_EMPTY, 0);
    dd_node_request given = long_request();
    dd_lamp_write_request(&calendar, expected, &given);
    coap_get_data_large(request, &n, &data, &offset, &total);
    put_n += n == calendar.payload_n && memcmp(data, expected, n) == 0;
    respond(response, COAP_RESPONSE_CODE_CHANGED);
}

static void offer(coap_context_t *context, const char *path, coap_request_t method,
                  coap_method_handler_t handler) {
    coap_resource_t *resource = coap_resource_init(coap_make_str_const(path), 0);
    coap_register_handler(resource, method, handler);
    coap_add_resource(context, resource);
}

static void ask_peer(coap_context_t *context, dd_coap_client *client, dd_node_request request) {
    static const dd_coap_client_port port = {
        .send = send_out, .reply = reply, .silent = silent, .draw = draw};
    uint8_t octets[2048];
    uint32_t ends = reply_n + silent_n;
    dd_coap_client_request(client, 0, &port, &request);
    for (int i = 0; i < STEPS && reply_n + silent_n == ends; i++) {
        coap_io_process(context, STEP_MS);
        for (uint16_t n; (n = get(octets, sizeof octets)) > 0;)
            dd_coap_client_receive(client, i, &port, 1, octets, n);
    }
}

Test(coap_peer, our_controller_asks_libcoap) {
    int theirs = bound_socket();
    coap_address_t address = address_of(theirs);
    close(theirs); // its port is libcoap's now
    coap_context_t *context = make_context();
    cr_assert(coap_new_endpoint(context, &address, COAP_PROTO_UDP) != NULL);
    offer(context, "3416/0", COAP_REQUEST_GET, serve_reading);
    offer(context, "calendar", COAP_REQUEST_PUT, serve_calendar);
    ours = bound_socket();
    peer = address.addr.sin;
    dd_coap_client client;
    dd_coap_client_init(&client, &(dd_coap_client_def){.ack_timeout_ms = 60000});

    ask_peer(context, &client, (dd_node_request){.lamp = 1, .kind = DD_NODE_READ, .token = 1});
    cr_expect(reply_n == 1 && replied.reading.level_pm == 654 && replied.token == 1);
    cr_expect(eq(u32, sent_n, 1));

    late = true;
    ask_peer(context, &client, (dd_node_request){.lamp = 1, .kind = DD_NODE_READ, .token = 2});
    cr_expect(reply_n == 2 && replied.reading.power_mw == 70000 && replied.token == 2);
    cr_expect(eq(u32, sent_n, 3), "the request, and an acknowledgement of the response");

    ask_peer(context, &client, long_request());
    cr_expect(reply_n == 3 && replied.kind == DD_NODE_CALENDAR);
    cr_expect(eq(u32, put_n, 1));
    cr_expect(eq(u32, sent_n, 14), "eleven blocks");

    ask_peer(context, &client, (dd_node_request){.lamp = 1, .kind = DD_NODE_RESUME, .token = 4});
    cr_expect(eq(u32, silent_n, 1), "4.05: there is no such method here");
    cr_expect(eq(u32, client.refused, 1));
    coap_free_context(context);
    close(ours);
}
