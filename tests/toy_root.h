// A tenant for tests that is a whole controller with a mesh stack of its own, as a board with a
// radio has: frames in, frames out. Application, CoAP, IPv6 and RPL are the twin's own sources, in
// memory of its own.
#pragma once

#include "models/mesh/air/air.h"
#include "tests/toy_tenant.h"

enum { ROOT_FRAMES = 8, ROOT_BUFFERS = 32, ROOT_DATAGRAMS = 16, ROOT_EXTRA = 16 };

// A frame that the twin's radio has yet to answer for.
typedef struct toy_root_frame {
    uint32_t handle; // 0: free
    uint32_t cookie;
    uint16_t destination;
    uint8_t n;
    uint8_t octets[DD_FRAME_MAX];
} toy_root_frame;

typedef struct toy_root_datagram {
    uint16_t lamp, n;
    uint8_t octets[DD_DATAGRAM_MAX];
} toy_root_datagram;

typedef struct toy_root {
    toy_tenant tenant; // its application
    dd_net net;
    dd_net_figures figures;
    dd_route routes[DD_SEGMENT_LAMPS_MAX + 1];
    uint8_t buffers[ROOT_BUFFERS][DD_NET_BUFFER];
    bool taken[ROOT_BUFFERS];
    toy_root_frame frames[ROOT_FRAMES];
    toy_root_datagram datagrams[ROOT_DATAGRAMS]; // that have come and are not handed on yet
    int datagram_n;
    uint16_t pan;
    uint8_t sequence;
    uint32_t handle, random;
    int64_t now_us, app_due_us, net_due_us;
    const dd_responder *responder;
    uint32_t frames_in, frames_out, results[DD_AIR_SENSELESS + 1];
    dd_response extra[ROOT_EXTRA]; // frames of a test's own, sent with the next step
    int extra_n;
} toy_root;

// --- What its network layer needs ---

static inline bool toy_root_send(void *context, const dd_net_frame *frame) {
    toy_root *it = context;
    for (int i = 0; i < ROOT_FRAMES; i++) {
        toy_root_frame *place = &it->frames[i];
        if (place->handle) continue;
        *place = (toy_root_frame){.handle = ++it->handle,
                                  .cookie = frame->cookie,
                                  .destination = frame->destination,
                                  .n = frame->n};
        memcpy(place->octets, frame->octets, frame->n);
        uint8_t octets[DD_FRAME_MAX];
        dd_frame header = {.type = DD_FRAME_DATA,
                           .sequence = it->sequence++,
                           .ack_request = frame->destination != DD_BROADCAST,
                           .pan = it->pan,
                           .destination = frame->destination};
        uint8_t at = dd_frame_open(octets, &header);
        memcpy(octets + at, frame->octets, frame->n);
        dd_response response = {.kind = DD_RESPONSE_AIR,
                                .n = (uint16_t)(at + frame->n),
                                .handle = place->handle,
                                .octets = octets};
        it->frames_out++;
        it->responder->take(it->responder->context, &response);
        return true;
    }
    return false;
}

static inline void toy_root_deliver(void *context, const dd_datagram *datagram) {
    toy_root *it = context;
    dd_prefix prefix = dd_air_prefix(it->pan);
    if (it->datagram_n == ROOT_DATAGRAMS) return;
    toy_root_datagram *to = &it->datagrams[it->datagram_n++];
    dd_ipv6_short(&datagram->source, &prefix, &to->lamp);
    to->n = datagram->payload_n;
    memcpy(to->octets, datagram->payload, datagram->payload_n);
}

static inline void toy_root_tell(void *context, const dd_notice *notice) {
    (void)context, (void)notice;
}

static inline uint32_t toy_root_draw(void *context) {
    toy_root *it = context;
    it->random ^= it->random << 13;
    it->random ^= it->random >> 17;
    return it->random ^= it->random << 5;
}

static inline uint32_t toy_root_take(void *context) {
    toy_root *it = context;
    for (uint32_t i = 0; i < ROOT_BUFFERS; i++)
        if (!it->taken[i]) {
            it->taken[i] = true;
            return i + 1;
        }
    return 0;
}

static inline uint8_t *toy_root_at(void *context, uint32_t buffer) {
    return ((toy_root *)context)->buffers[buffer - 1];
}

static inline void toy_root_give(void *context, uint32_t buffer) {
    ((toy_root *)context)->taken[buffer - 1] = false;
}

static inline dd_net_port toy_root_port(toy_root *it) {
    return (dd_net_port){.context = it,
                         .figures = &it->figures,
                         .routes = it->routes,
                         .send = toy_root_send,
                         .deliver = toy_root_deliver,
                         .tell = toy_root_tell,
                         .draw = toy_root_draw,
                         .take = toy_root_take,
                         .at = toy_root_at,
                         .give = toy_root_give};
}

// --- Its application over it ---

static inline void toy_root_respond(void *context, const dd_response *response) {
    toy_root *it = context;
    dd_net_port port = toy_root_port(it);
    if (response->kind != DD_RESPONSE_DATAGRAM) {
        it->responder->take(it->responder->context, response);
        return;
    }
    uint16_t to = response->lamp == DD_EVERY_LAMP ? DD_NET_GROUP : response->lamp;
    it->net_due_us = dd_net_send(&it->net, it->now_us, &port, to, response->octets, response->n);
}

static inline void toy_root_application(toy_root *it, const dd_stimulus *stimulus) {
    dd_responder own = {it, toy_root_respond};
    int64_t due_ms =
        dd_application_step(&it->tenant.application, it->now_us / 1000, stimulus, &own);
    it->app_due_us = due_ms == INT64_MAX ? INT64_MAX : due_ms * 1000;
}

static inline void toy_root_hand_on(toy_root *it) {
    for (int i = 0; i < it->datagram_n; i++) {
        const toy_root_datagram *from = &it->datagrams[i];
        toy_root_application(it, &(dd_stimulus){.kind = DD_STIMULUS_DATAGRAM,
                                                .lamp = from->lamp,
                                                .octets = from->octets,
                                                .n = from->n});
    }
    it->datagram_n = 0;
}

// --- What comes over the air ---

static inline void toy_root_hear_frame(toy_root *it, const dd_stimulus *stimulus) {
    uint8_t whole[DD_FRAME_MAX];
    dd_frame header;
    cr_assert(stimulus->n + DD_FCS <= DD_FRAME_MAX);
    memcpy(whole, stimulus->octets, stimulus->n);
    cr_assert(dd_frame_read(&header, whole, dd_frame_close(whole, (uint8_t)stimulus->n)));
    dd_net_port port = toy_root_port(it);
    it->frames_in++;
    it->net_due_us = dd_net_receive(&it->net, it->now_us, &port, header.source,
                                    header.destination == DD_BROADCAST, stimulus->rss_dbm,
                                    whole + header.payload_at, header.payload_n);
}

static inline void toy_root_hear_sent(toy_root *it, const dd_stimulus *stimulus) {
    static const dd_drop drops[] = {DD_DROP_NONE, DD_DROP_NO_ACK, DD_DROP_CHANNEL, DD_DROP_QUEUE,
                                    DD_DROP_NO_ROUTE};
    dd_net_port port = toy_root_port(it);
    it->results[stimulus->result]++;
    for (int i = 0; i < ROOT_FRAMES; i++) {
        if (it->frames[i].handle != stimulus->handle || !stimulus->handle) continue;
        toy_root_frame done = it->frames[i];
        dd_net_frame frame = {.destination = done.destination,
                              .octets = done.octets,
                              .n = done.n,
                              .cookie = done.cookie};
        it->frames[i].handle = 0;
        it->net_due_us = dd_net_sent(&it->net, it->now_us, &port, &frame, drops[stimulus->result],
                                     stimulus->attempts);
    }
}

static inline void toy_root_time(toy_root *it) {
    dd_net_port port = toy_root_port(it);
    if (it->now_us >= it->net_due_us) it->net_due_us = dd_net_time(&it->net, it->now_us, &port);
    if (it->now_us >= it->app_due_us)
        toy_root_application(it, &(dd_stimulus){.kind = DD_STIMULUS_TIME});
}

// --- As a tenant ---

static inline bool toy_root_start(void *context, dd_time now, const dd_commission *commission,
                                  const dd_store *store) {
    toy_root *it = context;
    if (!toy_tenant_start(&it->tenant, now, commission, store)) return false;
    dd_net_port port = toy_root_port(it);
    dd_net_def def = {.root = true,
                      .prefix = dd_air_prefix(commission->pan),
                      .lamp_n = commission->core.lamp_n,
                      .boots = (uint8_t)(commission->core.boots - 1)};
    it->pan = commission->pan;
    it->random = commission->core.random_seed | 1;
    it->sequence = (uint8_t)it->random;
    memset(it->frames, 0, sizeof it->frames);
    memset(it->taken, 0, sizeof it->taken);
    it->now_us = 0;
    it->app_due_us = INT64_MAX;
    it->net_due_us = dd_net_start(&it->net, &def, 0, &port);
    return true;
}

static inline bool toy_root_step(void *context, dd_time now, int64_t uptime_us,
                                 const dd_stimulus *stimulus, const dd_responder *responder,
                                 int64_t *due_us) {
    (void)now;
    toy_root *it = context;
    it->now_us = uptime_us;
    it->responder = responder;
    it->tenant.step_n++;
    if (stimulus->kind == DD_STIMULUS_AIR)
        toy_root_hear_frame(it, stimulus);
    else if (stimulus->kind == DD_STIMULUS_SENT)
        toy_root_hear_sent(it, stimulus);
    else if (stimulus->kind == DD_STIMULUS_TIME)
        toy_root_time(it);
    else
        toy_root_application(it, stimulus);
    toy_root_hand_on(it);
    for (int i = 0; i < it->extra_n; i++)
        responder->take(responder->context, &it->extra[i]);
    it->extra_n = 0;
    *due_us = it->app_due_us < it->net_due_us ? it->app_due_us : it->net_due_us;
    return true;
}

static inline void toy_root_stop(void *context, dd_time now) {
    toy_tenant_stop(&((toy_root *)context)->tenant, now);
}

static inline toy_root *toy_root_make(const toy *city) {
    toy_root *it = calloc(1, sizeof *it);
    cr_assert(it != NULL);
    it->figures = dd_mesh_air(toy_domain(city, 1))->figures;
    return it;
}

static inline dd_seat_def toy_root_seat(toy_root *it, dd_on_lost on_lost) {
    return (dd_seat_def){.tenant = {.context = it,
                                    .prompt = true,
                                    .air = true,
                                    .start = toy_root_start,
                                    .step = toy_root_step,
                                    .stop = toy_root_stop},
                         .on_lost = on_lost};
}
