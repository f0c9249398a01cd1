#include "models/mesh/stack/coap/coap_client.h"

#include <string.h>

#include "models/mesh/stack/coap/firmware_object.h"
#include "models/mesh/stack/coap/lamp_object.h"

enum {
    MAX_LATENCY_MS = 100000,
    TIMEOUT_LEAST_MS = 100,
    TIMEOUT_MOST_MS = 600000,
    RETRANSMIT_MOST = 10,
};

_Static_assert(DD_COAP_BLOCK == 16 << DD_COAP_BLOCK_EXPONENT, "a block's size is a power of two");

// The longest time that n waits for an acknowledgement can take, each twice the one before:
// MAX_TRANSMIT_SPAN for n = MAX_RETRANSMIT, MAX_TRANSMIT_WAIT for one more (RFC 7252, 4.8.2).
static int64_t waits_ms(const dd_coap_client_def *def, int n) {
    return (int64_t)def->ack_timeout_ms * 3 / 2 * ((INT64_C(1) << n) - 1);
}

int64_t dd_coap_lifetime_ms(const dd_coap_client_def *def) {
    return waits_ms(def, def->max_retransmit) + 2 * MAX_LATENCY_MS + def->ack_timeout_ms;
}

void dd_coap_client_init(dd_coap_client *client, const dd_coap_client_def *def) {
    *client = (dd_coap_client){.def = *def, .next_id = def->first_id};
    dd_coap_client_def *own = &client->def;
    if (own->ack_timeout_ms < TIMEOUT_LEAST_MS) own->ack_timeout_ms = TIMEOUT_LEAST_MS;
    if (own->ack_timeout_ms > TIMEOUT_MOST_MS) own->ack_timeout_ms = TIMEOUT_MOST_MS;
    if (own->max_retransmit > RETRANSMIT_MOST) own->max_retransmit = RETRANSMIT_MOST;
}

static int64_t deadline_of(const dd_coap_client *client) {
    int64_t deadline_ms = INT64_MAX;
    for (int i = 0; i < DD_COAP_EXCHANGES; i++) {
        const dd_coap_exchange *exchange = &client->exchanges[i];
        if (exchange->request.kind && exchange->deadline_ms < deadline_ms)
            deadline_ms = exchange->deadline_ms;
    }
    return deadline_ms;
}

// --- Sending ---

static void send(const dd_coap_client_port *port, uint16_t lamp, const dd_coap *message) {
    uint8_t octets[DD_COAP_DATAGRAM_MAX];
    uint16_t n = dd_coap_write(octets, sizeof octets, message);
    if (n > 0) port->send(port->context, lamp, octets, n);
}

static uint16_t blocks_of(uint16_t payload_n) {
    return (uint16_t)((payload_n + DD_COAP_BLOCK - 1) / DD_COAP_BLOCK);
}

// Leaves one block of the payload, and says which (RFC 7959, 2.2); the first tells the size of the
// whole, without which libcoap would not put it together.
static void cut_block(dd_coap *message, uint8_t number) {
    uint16_t block_n = blocks_of(message->payload_n), at = (uint16_t)(number * DD_COAP_BLOCK);
    if (block_n <= 1) return;
    if (number == 0) message->size1 = message->payload_n;
    message->block1 = (dd_coap_block){.present = true,
                                      .more = number + 1 < block_n,
                                      .exponent = DD_COAP_BLOCK_EXPONENT,
                                      .number = number};
    message->payload += at;
    message->payload_n = message->block1.more ? DD_COAP_BLOCK : (uint16_t)(message->payload_n - at);
}

_Static_assert((int)DD_FIRMWARE_BODY_MAX <= (int)DD_LAMP_BODY_MAX, "a body is room for either");

static void write_request(dd_coap *message, uint8_t body[static DD_LAMP_BODY_MAX],
                          const dd_node_request *request) {
    if (dd_node_is_firmware(request->kind))
        dd_firmware_write_request(message, body, request);
    else
        dd_lamp_write_request(message, body, request);
}

// The same octets each time, as long as the exchange stands at the same block.
static void send_exchange(const dd_coap_client_port *port, const dd_coap_exchange *exchange) {
    uint8_t body[DD_LAMP_BODY_MAX];
    dd_coap message = dd_coap_make(DD_COAP_CON, DD_COAP_EMPTY, exchange->id);
    message.token_n = 1;
    message.token[0] = exchange->request.token;
    write_request(&message, body, &exchange->request);
    cut_block(&message, exchange->block);
    send(port, exchange->request.lamp, &message);
}

// Servers stay silent to a group's requests (RFC 7252, 8.2) without being told by No-Response.
static void send_group(dd_coap_client *client, const dd_coap_client_port *port,
                       const dd_node_request *request) {
    uint8_t body[DD_LAMP_BODY_MAX];
    dd_coap message = dd_coap_make(DD_COAP_NON, DD_COAP_EMPTY, client->next_id);
    write_request(&message, body, request);
    if (request->kind == DD_NODE_READ || message.payload_n > DD_COAP_BLOCK) return;
    client->next_id++;
    send(port, DD_EVERY_LAMP, &message);
}

// --- Exchanges ---

// The one under way with this lamp, else a free one, else the oldest.
static dd_coap_exchange *place_for(dd_coap_client *client, uint16_t lamp) {
    dd_coap_exchange *place = client->exchanges;
    for (int i = 0; i < DD_COAP_EXCHANGES; i++) {
        dd_coap_exchange *other = &client->exchanges[i];
        if (other->request.kind && other->request.lamp == lamp) return other;
        if (place->request.kind == 0) continue;
        uint16_t age = (uint16_t)(client->next_id - other->id);
        bool older = age > (uint16_t)(client->next_id - place->id);
        if (other->request.kind == 0 || older) place = other;
    }
    return place;
}

// A message of its own for each block, with its own waits.
static void begin_block(dd_coap_client *client, int64_t now_ms, const dd_coap_client_port *port,
                        dd_coap_exchange *exchange) {
    uint32_t timeout_ms = client->def.ack_timeout_ms;
    uint64_t draw = port->draw(port->context);
    uint8_t retries = exchange->request.retries, most = client->def.max_retransmit;
    exchange->wait_ms = timeout_ms + (uint32_t)(draw * (timeout_ms / 2 + 1) >> 32);
    exchange->deadline_ms = now_ms + exchange->wait_ms;
    exchange->id = client->next_id++;
    exchange->retry_n = retries < most ? retries : most;
    send_exchange(port, exchange);
}

int64_t dd_coap_client_request(dd_coap_client *client, int64_t now_ms,
                               const dd_coap_client_port *port, const dd_node_request *request) {
    if (request->lamp == DD_EVERY_LAMP) {
        send_group(client, port, request);
    } else {
        dd_coap_exchange *exchange = place_for(client, request->lamp);
        *exchange = (dd_coap_exchange){.request = *request};
        begin_block(client, now_ms, port, exchange);
    }
    return deadline_of(client);
}

static void end_silent(const dd_coap_client_port *port, dd_coap_exchange *exchange) {
    exchange->request.kind = 0;
    port->silent(port->context, exchange->request.lamp, exchange->request.token);
}

// The same message once more (RFC 7252, 4.2), unless it tells the time: that would set clocks back
// by as long as it took. A new one takes its place then.
static void repeat(dd_coap_client *client, int64_t now_ms, const dd_coap_client_port *port,
                   dd_coap_exchange *exchange) {
    if (exchange->request.clock_ms) {
        exchange->request.clock_ms += now_ms - (exchange->deadline_ms - exchange->wait_ms);
        exchange->id = client->next_id++;
    }
    exchange->retry_n--;
    exchange->wait_ms *= 2;
    exchange->deadline_ms = now_ms + exchange->wait_ms;
    send_exchange(port, exchange);
}

int64_t dd_coap_client_time(dd_coap_client *client, int64_t now_ms,
                            const dd_coap_client_port *port) {
    for (int i = 0; i < DD_COAP_EXCHANGES; i++) {
        dd_coap_exchange *exchange = &client->exchanges[i];
        if (exchange->request.kind == 0 || now_ms < exchange->deadline_ms) continue;
        if (exchange->retry_n == 0 || exchange->acknowledged)
            end_silent(port, exchange);
        else
            repeat(client, now_ms, port, exchange);
    }
    return deadline_of(client);
}

// --- Responses ---

// What the message belongs to: an acknowledgement or reset by its ID, a response by its token; one
// that comes in an acknowledgement by both (RFC 7252, 4.4, 5.3.2).
static dd_coap_exchange *find(dd_coap_client *client, uint16_t lamp, const dd_coap *message) {
    bool by_id = message->type == DD_COAP_ACK || message->type == DD_COAP_RST;
    bool by_token = message->code != DD_COAP_EMPTY;
    for (int i = 0; i < DD_COAP_EXCHANGES; i++) {
        dd_coap_exchange *exchange = &client->exchanges[i];
        if (exchange->request.kind == 0 || exchange->request.lamp != lamp) continue;
        if (by_id && exchange->id != message->id) continue;
        if (by_token && (message->token_n != 1 || message->token[0] != exchange->request.token))
            continue;
        return exchange;
    }
    return NULL;
}

static void send_empty(const dd_coap_client_port *port, uint16_t lamp, dd_coap_type type,
                       uint16_t id) {
    dd_coap message = dd_coap_make(type, DD_COAP_EMPTY, id);
    send(port, lamp, &message);
}

static void go_on(dd_coap_client *client, int64_t now_ms, const dd_coap_client_port *port,
                  dd_coap_exchange *exchange, const dd_coap *message) {
    uint8_t body[DD_LAMP_BODY_MAX];
    dd_coap whole = dd_coap_make(DD_COAP_CON, DD_COAP_EMPTY, 0);
    write_request(&whole, body, &exchange->request);
    bool ours = message->block1.present && message->block1.number == exchange->block &&
                message->block1.exponent == DD_COAP_BLOCK_EXPONENT;
    if (!ours || exchange->block + 1 >= blocks_of(whole.payload_n)) {
        client->refused++; // asks for what there is not, or for other blocks than ours
        end_silent(port, exchange);
        return;
    }
    exchange->block++;
    exchange->acknowledged = false;
    begin_block(client, now_ms, port, exchange);
}

static bool read_reply(dd_node_reply *reply, const dd_coap *message) {
    return dd_node_is_firmware(reply->kind)
               ? dd_firmware_read_status(&reply->firmware, message)
               : dd_lamp_read_reading(&reply->reading, message, reply->lamp);
}

static void hear_response(dd_coap_client *client, int64_t now_ms, const dd_coap_client_port *port,
                          uint16_t lamp, const dd_coap *message) {
    dd_coap_exchange *exchange = find(client, lamp, message);
    if (message->type == DD_COAP_CON)
        send_empty(port, lamp, exchange ? DD_COAP_ACK : DD_COAP_RST, message->id);
    if (!exchange) {
        client->strays++;
        return;
    }
    if (message->code == DD_COAP_CONTINUE) {
        go_on(client, now_ms, port, exchange, message);
        return;
    }
    dd_node_reply reply = {
        .lamp = lamp, .kind = exchange->request.kind, .token = exchange->request.token};
    bool good = message->code == DD_COAP_CONTENT || message->code == DD_COAP_CHANGED;
    bool read = good && !message->critical && read_reply(&reply, message);
    client->refused += !good;
    client->garbage += good && !read;
    if (!read) {
        end_silent(port, exchange);
        return;
    }
    exchange->request.kind = 0;
    port->reply(port->context, &reply);
}

// An acknowledgement ahead of its response, or a reset.
static void hear_empty(dd_coap_client *client, int64_t now_ms, const dd_coap_client_port *port,
                       uint16_t lamp, const dd_coap *message) {
    if (message->type == DD_COAP_CON) { // asks whether we are here (RFC 7252, 4.3)
        send_empty(port, lamp, DD_COAP_RST, message->id);
        return;
    }
    dd_coap_exchange *exchange = find(client, lamp, message);
    if (!exchange || message->type == DD_COAP_NON) {
        client->strays++;
    } else if (message->type == DD_COAP_RST) {
        client->refused++;
        end_silent(port, exchange);
    } else if (!exchange->acknowledged) {
        exchange->acknowledged = true;
        exchange->deadline_ms = now_ms + waits_ms(&client->def, client->def.max_retransmit + 1);
    }
}

// --- Reports ---

static void answer(const dd_coap_client_port *port, uint16_t lamp, const dd_coap *request,
                   dd_coap_code code) {
    if (request->type != DD_COAP_CON) return;
    dd_coap message = dd_coap_make(DD_COAP_ACK, code, request->id);
    message.token_n = request->token_n;
    memcpy(message.token, request->token, sizeof message.token);
    send(port, lamp, &message);
}

// Lamps count their message IDs, so the last one of each tells a repeated report.
static void hear_report(dd_coap_client *client, const dd_coap_client_port *port, uint16_t lamp,
                        const dd_coap *message) {
    dd_node_reply report = {.lamp = lamp, .kind = DD_NODE_REPORT};
    if (message->id != 0 && message->id == client->reports[lamp]) {
        client->repeated++;
        answer(port, lamp, message, DD_COAP_CHANGED);
    } else if (!dd_lamp_read_reading(&report.reading, message, lamp)) {
        client->garbage++;
        answer(port, lamp, message, DD_COAP_BAD_REQUEST);
    } else {
        client->reports[lamp] = message->id;
        answer(port, lamp, message, DD_COAP_CHANGED);
        port->reply(port->context, &report);
    }
}

static void hear_request(dd_coap_client *client, const dd_coap_client_port *port, uint16_t lamp,
                         const dd_coap *message) {
    bool post = message->code == DD_COAP_POST;
    bool known = dd_lamp_resource_of(message) == DD_LAMP_SEND;
    if (message->type != DD_COAP_CON && message->type != DD_COAP_NON) {
        client->garbage++;
    } else if (known && post && !message->critical) {
        hear_report(client, port, lamp, message);
    } else {
        client->garbage++;
        dd_coap_code code = message->critical ? DD_COAP_BAD_OPTION
                            : known           ? DD_COAP_NOT_ALLOWED
                                              : DD_COAP_NOT_FOUND;
        answer(port, lamp, message, code);
    }
}

int64_t dd_coap_client_receive(dd_coap_client *client, int64_t now_ms,
                               const dd_coap_client_port *port, uint16_t lamp,
                               const uint8_t *octets, uint16_t n) {
    dd_coap message;
    bool from_lamp = lamp >= 1 && lamp <= DD_SEGMENT_LAMPS_MAX;
    if (!from_lamp || !dd_coap_read(&message, octets, n))
        client->garbage++;
    else if (message.code == DD_COAP_EMPTY)
        hear_empty(client, now_ms, port, lamp, &message);
    else if (dd_coap_is_request(&message))
        hear_request(client, port, lamp, &message);
    else if (dd_coap_is_response(&message) && message.type != DD_COAP_RST)
        hear_response(client, now_ms, port, lamp, &message);
    else
        client->garbage++; // a reserved class, or a reset that says something (RFC 7252, 4.2)
    return deadline_of(client);
}
