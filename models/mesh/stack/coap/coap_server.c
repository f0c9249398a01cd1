#include "models/mesh/stack/coap/coap_server.h"

#include <string.h>

#include "models/mesh/stack/coap/firmware_object.h"

enum {
    CONTROLLER = 0, // its short address
    EXPONENT_RESERVED = 7,
};

void dd_coap_server_init(dd_coap_server *server, uint16_t lamp, uint16_t first_id) {
    *server = (dd_coap_server){.lamp = lamp, .next_id = first_id, .body_code = DD_COAP_INCOMPLETE};
}

static void give_back(dd_coap_server *server, const dd_coap_server_port *port) {
    if (server->buffer) port->give(port->context, server->buffer);
    server->buffer = 0;
}

void dd_coap_server_stop(dd_coap_server *server, const dd_coap_server_port *port) {
    give_back(server, port);
}

// --- Sending ---

// ID 0 is left out: the controller knows by it that a lamp has not yet spoken.
static uint16_t own_id(dd_coap_server *server) {
    if (server->next_id == 0) server->next_id++;
    return server->next_id++;
}

static void send(const dd_coap_server_port *port, uint16_t destination, const dd_coap *message) {
    uint8_t octets[DD_COAP_DATAGRAM_MAX];
    uint16_t n = dd_coap_write(octets, sizeof octets, message);
    if (n > 0) port->send(port->context, destination, octets, n);
}

static bool wanted(const dd_coap *request, uint8_t code) {
    return !(request->no_response >> ((code >> 5) - 1) & 1); // RFC 7967, 2.1
}

static void respond(dd_coap_server *server, const dd_coap_server_port *port, uint16_t destination,
                    const dd_coap *request, dd_coap *response) {
    bool confirm = request->type == DD_COAP_CON;
    if (!wanted(request, response->code)) {
        if (!confirm) return;
        *response = dd_coap_make(DD_COAP_ACK, DD_COAP_EMPTY, 0);
    } else {
        response->token_n = request->token_n;
        memcpy(response->token, request->token, sizeof response->token);
    }
    response->type = confirm ? DD_COAP_ACK : DD_COAP_NON;
    response->id = confirm ? request->id : own_id(server);
    send(port, destination, response);
}

// Nobody answers. No-Response would say so, but Wireshark up to 4.0 takes the option for malformed.
void dd_coap_server_report(dd_coap_server *server, const dd_coap_server_port *port,
                           const dd_reading *reading) {
    uint8_t body[DD_LAMP_BODY_MAX];
    dd_coap message = dd_coap_make(DD_COAP_NON, DD_COAP_EMPTY, own_id(server));
    dd_lamp_write_report(&message, body, reading);
    send(port, CONTROLLER, &message);
}

// --- Requests that come again (RFC 7252, 4.5) ---

// Whether this one has come before; if not, it is remembered in the place of the oldest.
static bool again(dd_coap_server *server, int64_t now_ms, uint16_t source, uint16_t id) {
    uint32_t now_s = (uint32_t)(now_ms / 1000);
    for (int i = 0; i < server->seen_n; i++) {
        const dd_coap_seen *seen = &server->seen[i];
        if (seen->source == source && seen->id == id && now_s - seen->at_s < DD_COAP_LIFETIME_S)
            return true;
    }
    server->seen[server->seen_next] = (dd_coap_seen){.at_s = now_s, .source = source, .id = id};
    server->seen_next = (server->seen_next + 1) % DD_COAP_SEEN;
    if (server->seen_n < DD_COAP_SEEN) server->seen_n++;
    return false;
}

// --- Payloads in blocks (RFC 7959, 2.5) ---

// Adds a block, in order, from one source at a time. Returns the error to answer with, or 0.
static uint8_t add_block(dd_coap_server *server, const dd_coap_server_port *port, uint16_t source,
                         const dd_coap *message) {
    const dd_coap_block *block = &message->block1;
    uint32_t size = 16u << block->exponent;
    uint64_t at = (uint64_t)block->number * size;
    if (message->payload_n > size || (block->more && message->payload_n < size))
        return DD_COAP_BAD_REQUEST;
    if (at + message->payload_n > DD_LAMP_BODY_MAX || message->size1 > DD_LAMP_BODY_MAX)
        return DD_COAP_TOO_LARGE;
    if (at == 0) {
        if (!server->buffer) server->buffer = port->take(port->context);
        if (!server->buffer) return DD_COAP_UNAVAILABLE;
        server->body_source = source;
        server->body_n = 0;
    }
    if (!server->buffer || server->body_source != source || at != server->body_n)
        return DD_COAP_INCOMPLETE;
    uint8_t *body = port->at(port->context, server->buffer);
    if (message->payload_n > 0) memcpy(body + at, message->payload, message->payload_n);
    server->body_n = (uint16_t)(at + message->payload_n);
    return 0;
}

// --- Serving: each returns the code to answer with and fills in the rest of the response ---

typedef struct service {
    dd_coap_server *server;
    const dd_coap_server_port *port;
    uint16_t source;
    bool repeated;
    const dd_coap *request;
    dd_coap response;
    uint8_t body[DD_LAMP_BODY_MAX]; // the response's payload
} service;

// A request that comes again is answered by how the lamp is now, and nothing is done: all of them
// are idempotent, so no response need be kept (RFC 7252, 4.5).
static uint8_t act(service *call, const dd_node_request *request) {
    dd_node_request look = {.lamp = request->lamp, .kind = DD_NODE_READ};
    bool nothing = call->repeated || request->kind == DD_NODE_NOTHING;
    dd_reading reading = call->port->act(call->port->context, nothing ? &look : request);
    dd_lamp_write_reading(&call->response, call->body, &reading);
    return call->request->code == DD_COAP_GET ? DD_COAP_CONTENT : DD_COAP_CHANGED;
}

static uint8_t obey(service *call, const dd_coap *message) {
    dd_node_request request = {.lamp = call->server->lamp};
    dd_light_calendar calendar;
    uint8_t error = dd_lamp_read_request(&request, &calendar, message);
    return error ? error : act(call, &request);
}

// Blocks of an image are each taken for themselves, in any order (RFC 7959, 2.3).
static uint8_t update(service *call) {
    dd_node_request request = {.lamp = call->server->lamp};
    dd_node_request look = {.lamp = request.lamp, .kind = DD_NODE_STATUS};
    uint8_t error = dd_firmware_read_request(&request, call->request);
    if (error) return error;
    dd_firmware_status status =
        call->port->update(call->port->context, call->repeated ? &look : &request);
    dd_firmware_write_status(&call->response, call->body, &status);
    return call->request->code == DD_COAP_GET ? DD_COAP_CONTENT : DD_COAP_CHANGED;
}

// The answer to the last block is remembered, should it come again.
static uint8_t obey_block(service *call) {
    dd_coap_server *server = call->server;
    call->response.block1 = call->request->block1;
    if (call->repeated) {
        dd_node_request look = {.lamp = server->lamp, .kind = DD_NODE_READ};
        return server->body_code == DD_COAP_CHANGED ? act(call, &look) : server->body_code;
    }
    uint8_t code = add_block(server, call->port, call->source, call->request);
    if (code == 0 && call->request->block1.more) code = DD_COAP_CONTINUE;
    if (code == 0) {
        dd_coap whole = *call->request;
        whole.payload = call->port->at(call->port->context, server->buffer);
        whole.payload_n = server->body_n;
        code = obey(call, &whole);
    }
    if (code != DD_COAP_CONTINUE) give_back(server, call->port);
    server->body_code = code;
    return code;
}

// In blocks, of our size or a smaller one that was asked for (RFC 7959, 2.4).
static uint8_t list_links(service *call) {
    const dd_coap *request = call->request;
    dd_coap_block block = request->block2;
    bool links = request->accept == DD_COAP_NO_FORMAT || request->accept == DD_COAP_LINK_FORMAT;
    if (request->code != DD_COAP_GET) return DD_COAP_NOT_ALLOWED;
    if (!links) return DD_COAP_NOT_ACCEPTABLE;
    if (!block.present) block.exponent = DD_COAP_BLOCK_EXPONENT;
    uint64_t at = (uint64_t)block.number << (4 + block.exponent);
    if (at >= dd_lamp_links_n) return DD_COAP_BAD_REQUEST;
    if (block.exponent > DD_COAP_BLOCK_EXPONENT) block.exponent = DD_COAP_BLOCK_EXPONENT;
    uint32_t size = 16u << block.exponent, left = dd_lamp_links_n - (uint32_t)at;
    call->response.block2 = (dd_coap_block){.present = true,
                                            .more = left > size,
                                            .exponent = block.exponent,
                                            .number = (uint32_t)at / size};
    call->response.content_format = DD_COAP_LINK_FORMAT;
    call->response.payload = (const uint8_t *)dd_lamp_links + at;
    call->response.payload_n = (uint16_t)(left > size ? size : left);
    return DD_COAP_CONTENT;
}

static uint8_t serve(service *call) {
    const dd_coap *request = call->request;
    if (request->critical) return DD_COAP_BAD_OPTION;
    if (request->block1.exponent == EXPONENT_RESERVED ||
        request->block2.exponent == EXPONENT_RESERVED)
        return DD_COAP_BAD_REQUEST;
    if (dd_lamp_resource_of(request) == DD_LAMP_LINKS) return list_links(call);
    if (dd_firmware_named(request)) return update(call);
    return request->block1.present ? obey_block(call) : obey(call, request);
}

// What is no request: a confirmable message is rejected, be it a question whether we are here or a
// response that nobody waits for (RFC 7252, 4.2, 4.3).
static void reject(dd_coap_server *server, const dd_coap_server_port *port, uint16_t source,
                   const dd_coap *message) {
    server->refused += message->code != DD_COAP_EMPTY;
    if (message->type != DD_COAP_CON) return;
    dd_coap reset = dd_coap_make(DD_COAP_RST, DD_COAP_EMPTY, message->id);
    send(port, source, &reset);
}

void dd_coap_server_receive(dd_coap_server *server, int64_t now_ms, const dd_coap_server_port *port,
                            uint16_t source, bool group, const uint8_t *octets, uint16_t n) {
    dd_coap message;
    if (!dd_coap_read(&message, octets, n)) {
        server->refused++;
        return;
    }
    bool confirm = message.type == DD_COAP_CON, asks = confirm || message.type == DD_COAP_NON;
    if (!asks || !dd_coap_is_request(&message)) {
        if (!group) reject(server, port, source, &message);
        return;
    }
    // To the group nobody sends confirmable messages (RFC 7252, 8.1), single blocks, or of what is
    // about firmware anything but images. Those are many, and each says where it belongs: it may
    // come again.
    bool image = dd_firmware_named(&message);
    bool ignored = group ? confirm || (image ? message.code != DD_COAP_PUT : message.block1.present)
                         : !confirm && message.critical;
    if (ignored) {
        server->refused++;
        return;
    }
    service call = {.server = server, .port = port, .source = source, .request = &message};
    call.repeated = !(group && image) && again(server, now_ms, source, message.id);
    call.response = dd_coap_make(DD_COAP_ACK, DD_COAP_EMPTY, message.id);
    server->repeated += call.repeated;
    call.response.code = serve(&call);
    server->refused += call.response.code >= DD_COAP_BAD_REQUEST;
    if (!group) respond(server, port, source, &message, &call.response);
}
