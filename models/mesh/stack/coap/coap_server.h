// A lamp's CoAP endpoint (RFC 7252): it answers requests, acts once on those that are repeated,
// puts long ones together from their blocks (RFC 7959), and pushes reports. A pure state machine:
// datagrams and the time go in, datagrams and requests come out through a port. It has no
// deadlines. Time is milliseconds of the node's own monotonic clock.
#pragma once

#include "models/controller/core/message.h"
#include "models/mesh/stack/coap/lamp_object.h"

enum {
    DD_COAP_SEEN = 4,         // requests remembered
    DD_COAP_LIFETIME_S = 247, // for so long: EXCHANGE_LIFETIME (RFC 7252, 4.8.2)
};

typedef struct dd_coap_server_port {
    void *context;
    // To a node by its short address (the controller's is 0).
    void (*send)(void *context, uint16_t destination, const uint8_t *octets, uint16_t n);
    // Does what a request asks (its lamp is set, its token 0) and says how the lamp is then.
    dd_reading (*act)(void *context, const dd_node_request *request);
    // The same of what is about its firmware.
    dd_firmware_status (*update)(void *context, const dd_node_request *request);
    // Buffers of DD_LAMP_BODY_MAX octets for payloads that come in blocks: at most one a lamp, held
    // from the first block to the last, or to the next transfer's first. take gives 0 when there
    // is none.
    uint32_t (*take)(void *context);
    uint8_t *(*at)(void *context, uint32_t buffer);
    void (*give)(void *context, uint32_t buffer);
} dd_coap_server_port;

typedef struct dd_coap_seen {
    uint32_t at_s;
    uint16_t source, id;
} dd_coap_seen;

typedef struct dd_coap_server {
    uint16_t lamp;    // its number, which is its short address
    uint16_t next_id; // of the messages that it begins itself
    uint8_t seen_n, seen_next;
    uint8_t body_code; // what the last block was answered by
    uint8_t reserved;
    uint16_t body_n;      // octets of a long payload that have come
    uint16_t body_source; // from whom
    uint16_t repeated;    // requests that had come before
    uint16_t refused;     // requests answered by an error, and what was no CoAP
    uint32_t buffer;      // that it holds; 0: none
    dd_coap_seen seen[DD_COAP_SEEN];
} dd_coap_server;

_Static_assert(sizeof(dd_coap_server) <= 64, "a lamp's CoAP state");

// A node switched on; `first_id` is random. One switched off gives back what it holds.
void dd_coap_server_init(dd_coap_server *server, uint16_t lamp, uint16_t first_id);
void dd_coap_server_stop(dd_coap_server *server, const dd_coap_server_port *port);

// A datagram has come, sent to this node or to the group of all; to the group nobody answers (RFC
// 7252, 8.2).
void dd_coap_server_receive(dd_coap_server *server, int64_t now_ms, const dd_coap_server_port *port,
                            uint16_t source, bool group, const uint8_t *octets, uint16_t n);

// Pushes a reading to the controller: non-confirmable, no response wanted.
void dd_coap_server_report(dd_coap_server *server, const dd_coap_server_port *port,
                           const dd_reading *reading);
