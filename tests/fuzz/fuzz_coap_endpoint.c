// The controller's CoAP client and a lamp's server given arbitrary requests, datagrams and times,
// some of them each other's, damaged. Each request has one end at most, buffers are given back, and
// whatever is sent is a message.
#include <string.h>

#include "models/mesh/stack/coap/coap_client.h"
#include "models/mesh/stack/coap/coap_server.h"
#include "tests/fuzz/bytes.h"

enum { KEPT = 8 };

typedef struct datagram {
    uint8_t octets[DD_COAP_DATAGRAM_MAX];
    uint16_t n;
} datagram;

typedef struct house {
    dd_coap_client client;
    dd_coap_server server;
    int64_t now_ms, deadline_ms;
    datagram kept[KEPT]; // sent last, by either
    uint32_t kept_n, asked_n, ended_n;
    bool taken;
    uint8_t body[DD_LAMP_BODY_MAX];
    dd_light_calendar calendar; // being given; a newer one may take its place meanwhile
} house;

static house h;

static void keep(void *context, uint16_t to, const uint8_t *octets, uint16_t n) {
    (void)context, (void)to;
    dd_coap message;
    must(n <= DD_COAP_DATAGRAM_MAX && dd_coap_read(&message, octets, n));
    datagram *place = &h.kept[h.kept_n++ % KEPT];
    place->n = n;
    memcpy(place->octets, octets, n);
}

static void hear_reply(void *context, const dd_node_reply *reply) {
    (void)context;
    must(reply->reading.lamp == reply->lamp);
    h.ended_n += reply->kind != DD_NODE_REPORT;
}

static void hear_silence(void *context, uint16_t lamp, uint8_t token) {
    (void)context, (void)lamp, (void)token;
    h.ended_n++;
}

static uint32_t draw(void *context) {
    (void)context;
    return h.kept_n * 0x9E3779B9u;
}

static dd_reading act(void *context, const dd_node_request *request) {
    (void)context;
    must(request->kind >= DD_NODE_READ && request->kind <= DD_NODE_CALENDAR);
    must(request->kind != DD_NODE_CALENDAR || dd_light_calendar_valid(request->calendar));
    return (dd_reading){.lamp = request->lamp, .level_pm = request->level_pm};
}

static uint32_t take_body(void *context) {
    (void)context;
    must(!h.taken);
    h.taken = h.kept_n % 8 != 0; // now and then there is none
    return h.taken;
}

static uint8_t *body_at(void *context, uint32_t buffer) {
    (void)context;
    must(h.taken && buffer == 1);
    return h.body;
}

static void give_body(void *context, uint32_t buffer) {
    (void)context;
    must(h.taken && buffer == 1);
    h.taken = false;
}

static const dd_coap_client_port client_port = {
    .send = keep, .reply = hear_reply, .silent = hear_silence, .draw = draw};
static const dd_coap_server_port server_port = {
    .send = keep, .act = act, .take = take_body, .at = body_at, .give = give_body};

static void ask(bytes *in) {
    dd_node_request request = {
        .lamp = byte(in) % 9, .kind = 1 + byte(in) % 4, .token = byte(in), .retries = byte(in)};
    request.level_pm = byte(in) * 3;
    take(in, &request.clock_ms, byte(in) & 1 ? 6 : 0);
    if (request.kind == DD_NODE_CALENDAR) {
        h.calendar = (dd_light_calendar){.program_n = 1, .default_program = byte(in) & 1};
        h.calendar.programs[0].point_n = byte(in) % (DD_PROGRAM_POINTS + 1);
        for (int i = 0; i < h.calendar.programs[0].point_n; i++)
            h.calendar.programs[0].points[i].offset_s = byte(in) * 600;
        dd_light_calendar_seal(&h.calendar);
        request.calendar = &h.calendar;
    }
    h.asked_n += request.lamp != DD_EVERY_LAMP;
    h.deadline_ms = dd_coap_client_request(&h.client, h.now_ms, &client_port, &request);
}

// One that was sent, perhaps damaged, or noise.
static datagram any(bytes *in, uint8_t what) {
    datagram it = h.kept[byte(in) % KEPT];
    if (what & 1) {
        it.n = byte(in) % DD_COAP_DATAGRAM_MAX;
        take(in, it.octets, it.n);
    } else if (what & 2 && it.n > 0) {
        it.octets[byte(in) % it.n] ^= byte(in);
    }
    return it;
}

static void play(bytes *in) {
    uint8_t what = byte(in);
    h.now_ms += what & 8 ? byte(in) * 50 : 0;
    datagram it;
    switch (what & 7) {
    case 0:
    case 1:
        ask(in);
        break;
    case 2:
        if (h.deadline_ms != INT64_MAX && h.deadline_ms > h.now_ms) h.now_ms = h.deadline_ms;
        h.deadline_ms = dd_coap_client_time(&h.client, h.now_ms, &client_port);
        must(h.deadline_ms > h.now_ms);
        break;
    case 3:
    case 4:
        it = any(in, what >> 4);
        h.deadline_ms =
            dd_coap_client_receive(&h.client, h.now_ms, &client_port, byte(in), it.octets, it.n);
        break;
    case 5:
    case 6:
        it = any(in, what >> 4);
        dd_coap_server_receive(&h.server, h.now_ms, &server_port, byte(in) & 1, what & 64,
                               it.octets, it.n);
        break;
    default:
        dd_coap_server_report(&h.server, &server_port, &(dd_reading){.lamp = 1});
    }
    must(h.ended_n <= h.asked_n);
    must(h.taken == (h.server.buffer != 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    bytes in = {data, data + size};
    memset(&h, 0, sizeof h);
    h.deadline_ms = INT64_MAX;
    dd_coap_client_def def = {
        .ack_timeout_ms = byte(&in) * 100u, .max_retransmit = byte(&in), .first_id = byte(&in)};
    dd_coap_client_init(&h.client, &def);
    dd_coap_server_init(&h.server, 1, byte(&in));
    while (in.at < in.end)
        play(&in);
    dd_coap_server_stop(&h.server, &server_port);
    must(!h.taken);
    return 0;
}
