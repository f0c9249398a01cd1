// The controller's CoAP endpoint (RFC 7252): its requests to lamps, confirmable and repeated until
// they are answered or given up, block by block where they are long (RFC 7959); its requests to all
// lamps at once, without answer; and the reports that lamps push. A pure state machine: requests,
// datagrams and the time go in; datagrams, replies and silences come out through a port. Each call
// returns the next deadline. Time is milliseconds of the caller's own clock.
#pragma once

#include "models/controller/core/message.h"
#include "models/mesh/stack/coap/coap.h"

enum { DD_COAP_EXCHANGES = 6 }; // at once: a core's tasks, and two that it has forgotten

// All callbacks may call the client again.
typedef struct dd_coap_client_port {
    void *context;
    // To a lamp or, DD_EVERY_LAMP, to the group of all nodes (all CoAP nodes, realm-local).
    void (*send)(void *context, uint16_t lamp, const uint8_t *octets, uint16_t n);
    void (*reply)(void *context, const dd_node_reply *reply); // or a report: kind DD_NODE_REPORT
    // Nobody has answered this request, or only by a refusal.
    void (*silent)(void *context, uint16_t lamp, uint8_t token);
    uint32_t (*draw)(void *context); // a random word
} dd_coap_client_port;

typedef struct dd_coap_client_def {
    uint32_t ack_timeout_ms; // ACK_TIMEOUT, 2000 (RFC 7252, 4.8)
    uint8_t max_retransmit;  // MAX_RETRANSMIT, 4; a request may allow fewer
    uint16_t first_id;       // message ID to begin with: random (4.4)
} dd_coap_client_def;

typedef struct dd_coap_exchange {
    dd_node_request request; // kind 0: this exchange is free
    int64_t deadline_ms;
    uint32_t wait_ms; // for the acknowledgement; doubles each time
    uint16_t id;
    uint8_t retry_n;   // how often the present message may still be repeated
    uint8_t block;     // of a long payload: its number
    bool acknowledged; // by an empty message: the response comes by itself (5.2.2)
} dd_coap_exchange;

typedef struct dd_coap_client {
    dd_coap_client_def def;
    uint16_t next_id;
    uint32_t strays;   // well-formed messages that belong to nothing: late and repeated ones
    uint32_t repeated; // reports that had been taken before
    uint32_t garbage;  // datagrams that are no CoAP, or payloads that make no sense
    uint32_t refused;  // errors and resets that came for an answer
    uint16_t reports[DD_SEGMENT_LAMPS_MAX + 1]; // message ID of each lamp's last one, 0: none
    dd_coap_exchange exchanges[DD_COAP_EXCHANGES];
} dd_coap_client;

_Static_assert(sizeof(dd_coap_client) <= 1536, "a controller's CoAP state");

void dd_coap_client_init(dd_coap_client *client, const dd_coap_client_def *def);

// EXCHANGE_LIFETIME by these figures (4.8.2), in ms: whoever waits for a reply or a silence needs
// to wait no longer, except for a transfer in several blocks.
int64_t dd_coap_lifetime_ms(const dd_coap_client_def *def);

// Sends a request. To a lamp: port->reply or port->silent ends it; at most one is under way with a
// lamp (NSTART), and a new one takes the place of an old one. To all lamps (DD_EVERY_LAMP, not for
// reading): once, without an end; one too long for a single block is not sent at all.
int64_t dd_coap_client_request(dd_coap_client *client, int64_t now_ms,
                               const dd_coap_client_port *port, const dd_node_request *request);

// A datagram has come from a lamp.
int64_t dd_coap_client_receive(dd_coap_client *client, int64_t now_ms,
                               const dd_coap_client_port *port, uint16_t lamp,
                               const uint8_t *octets, uint16_t n);

// A deadline has come.
int64_t dd_coap_client_time(dd_coap_client *client, int64_t now_ms,
                            const dd_coap_client_port *port);
