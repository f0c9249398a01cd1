#include "models/mesh/air/station.h"
#include "engine/random.h"
#include "models/clock.h"
#include "models/controller/stimulus.h"
#include "models/kind.h"
#include "models/mesh/air/guard.h"

#include <string.h>

// Who handles an event: the context of the network layer's port, too.
typedef struct actor {
    dd_domain *domain;
    dd_air *air;
    uint32_t number;
    dd_station *station;
} actor;

static actor actor_of(dd_domain *domain, dd_air *air, uint32_t number) {
    return (actor){domain, air, number, &air->stations[number]};
}

// Brings into the cache what will be needed of a station soon.
static void fetch(const dd_air *air, uint32_t number, bool with_net) {
    enum { LINE = 64 };
    const char *station = (const char *)&air->stations[number];
    const char *net = (const char *)&air->nets[number];
    __builtin_prefetch(&air->medium.radios[number]);
    for (size_t i = 0; i < sizeof(dd_station); i += LINE)
        __builtin_prefetch(station + i);
    for (size_t i = 0; with_net && i < sizeof(dd_net); i += LINE)
        __builtin_prefetch(net + i);
}

// The next event's target is a station; at a frame's end it is the receiver that has most to do.
static void fetch_next(const dd_domain *domain, const dd_air *air) {
    const dd_event *next = dd_queue_peek(&domain->queue);
    if (!next) return;
    uint32_t number = next->kind == DD_KIND_AIR_END ? next->b : next->target;
    fetch(air, number, next->kind != DD_KIND_AIR_CLEAR);
}

// The station that an event of the air happens to.
static actor target_of(dd_domain *domain, dd_air *air, const dd_event *event) {
    fetch_next(domain, air);
    return actor_of(domain, air, event->target);
}

static const dd_air_segment *segment_of(const actor *it) {
    return &it->air->segments[it->air->owner[it->number]];
}

static const dd_radio_preset *preset_of(const actor *it) {
    return it->air->medium.def.preset;
}

static uint32_t draw(const actor *it, dd_purpose purpose) {
    const dd_medium *medium = &it->air->medium;
    uint64_t stable = medium->radios[it->number].stable;
    return dd_random(medium->def.seed, stable, purpose, it->station->draws++).v[0];
}

// --- Its own time ---

static dd_clock clock_of(const dd_station *station) {
    return (dd_clock){.rate_ppb = station->rate_ppb};
}

int64_t dd_station_us(const dd_station *station, dd_time t) {
    dd_clock clock = clock_of(station);
    return dd_clock_us(&clock, t);
}

// What takes `duration` by a crystal that is right.
static dd_time lasts(const dd_station *station, dd_time duration) {
    return duration - duration * station->rate_ppb / DD_SECOND;
}

static dd_time when(const actor *it, int64_t us) {
    dd_clock clock = clock_of(it->station);
    return us == DD_NET_NEVER ? DD_NEVER : dd_clock_when(&clock, us, it->domain->now);
}

// --- Telling ---

static void tell_notice(void *context, const dd_notice *notice) {
    actor *it = context;
    dd_air_log_notice(it->domain, it->air, it->number, notice);
}

static void tell_frame(const actor *it, uint32_t handle, const uint8_t *octets, uint32_t receiver,
                       dd_reception reception) {
    dd_frame_end end = {.handle = handle,
                        .frame = dd_medium_at(&it->air->medium, handle),
                        .octets = octets,
                        .receiver = receiver,
                        .reception = reception};
    dd_air_log_frame(it->domain, it->air, &end);
}

// --- Competing for the channel ---

static void schedule(const actor *it, dd_time time, dd_kind_number kind, uint32_t a, uint32_t b) {
    dd_schedule(it->domain, time, (uint16_t)kind, it->number, it->station->generation, a, b);
}

// A draw is good for some backoffs, each of which uses its highest bits.
static uint32_t draw_backoff(const actor *it) {
    enum { BITS = 8, TIMES = 4 };
    dd_station *station = it->station;
    if (station->luck_n-- == 0) {
        station->luck = draw(it, DD_DRAW_BACKOFF);
        station->luck_n = TIMES - 1;
    }
    uint32_t word = station->luck;
    station->luck <<= BITS;
    return word;
}

static void back_off(const actor *it, dd_time from) {
    const dd_radio_preset *preset = preset_of(it);
    uint32_t periods = dd_mac_backoff(&it->station->mac, draw_backoff(it));
    dd_time wait = periods * preset->backoff + preset->cca;
    schedule(it, from + lasts(it->station, wait), DD_KIND_AIR_CLEAR, 0, 0);
}

static void compete(const actor *it) {
    dd_time now = it->domain->now, free_at = it->station->free_at;
    dd_mac_begin(&it->station->mac, &it->air->mac);
    back_off(it, free_at > now ? free_at : now);
}

// --- The network layer ---

static dd_net_port port_of(actor *it);

// Its next deadline: one event stands for it, no later than it is due.
static void plan(const actor *it, int64_t deadline_us) {
    dd_station *station = it->station;
    station->deadline_us = deadline_us;
    if (deadline_us >= station->planned_us) return;
    station->planned_us = deadline_us;
    schedule(it, when(it, deadline_us), DD_KIND_NET_TIME, ++station->timer, 0);
}

static dd_net *net_of(const actor *it) {
    return &it->air->nets[it->number];
}

static int64_t now_us(const actor *it) {
    return dd_station_us(it->station, it->domain->now);
}

// Queues a frame for the air. There must be room.
static void queue(const actor *it, dd_frame header, const uint8_t *payload, uint8_t n,
                  uint32_t cookie) {
    dd_station *station = it->station;
    uint32_t handle = dd_pool_take(&it->air->packets);
    dd_packet *packet = dd_pool_at(&it->air->packets, handle);
    header.secured = dd_guard_on(segment_of(it));
    packet->cookie = cookie;
    packet->destination = header.destination;
    packet->payload_at = dd_frame_open(packet->octets, &header);
    packet->payload_at += header.secured ? DD_SECURITY_HEADER : 0;
    packet->payload_n = n;
    uint8_t end = (uint8_t)(packet->payload_at + n);
    memcpy(packet->octets + packet->payload_at, payload, n);
    packet->n = header.secured ? (uint8_t)(end + DD_SECURITY_MIC + DD_FCS)
                               : dd_frame_close(packet->octets, end);
    if (dd_mac_put(&station->mac, handle)) compete(it);
}

static bool has_room(const actor *it) {
    bool full = dd_mac_full(&it->station->mac);
    it->station->full += full;
    return !full;
}

static bool take_frame(void *context, const dd_net_frame *frame) {
    actor *it = context;
    const dd_air_segment *segment = segment_of(it);
    if (!it->station->on || !has_room(it)) return false;
    dd_frame header = {.type = DD_FRAME_DATA,
                       .sequence = it->station->mac.sequence++,
                       .ack_request = frame->destination != DD_BROADCAST,
                       .pan = segment->pan,
                       .destination = frame->destination,
                       .source = (uint16_t)(it->number - segment->first)};
    queue(it, header, frame->octets, frame->n, frame->cookie);
    return true;
}

static void deliver(void *context, const dd_datagram *datagram) {
    actor *it = context;
    dd_air *air = it->air;
    dd_air_log_arrived(it->domain, air, it->number, datagram);
    dd_arrival *arrival = dd_air_arrive(air, it->number, DD_ARRIVAL_DATAGRAM);
    dd_prefix prefix = dd_air_prefix(segment_of(it)->pan);
    dd_ipv6_short(&datagram->source, &prefix, &arrival->source);
    arrival->group = dd_ipv6_multicast(&datagram->destination);
    arrival->n = datagram->payload_n;
    memcpy(arrival->payload, datagram->payload, datagram->payload_n);
}

static uint32_t draw_word(void *context) {
    return draw(context, DD_DRAW_NET);
}

static uint32_t take_buffer(void *context) {
    return dd_pool_take(&((actor *)context)->air->buffers);
}

static uint8_t *buffer_at(void *context, uint32_t buffer) {
    return dd_pool_at(&((actor *)context)->air->buffers, buffer);
}

static void give_buffer(void *context, uint32_t buffer) {
    dd_pool_give(&((actor *)context)->air->buffers, buffer);
}

// The table of routes that a controller keeps: its segment's part of the air's.
static dd_route *routes_of(const actor *it) {
    bool root = it->number == segment_of(it)->first;
    return root ? &it->air->routes[it->number] : NULL;
}

static dd_net_port port_of(actor *it) {
    return (dd_net_port){.context = it,
                         .figures = &it->air->figures,
                         .routes = routes_of(it),
                         .send = take_frame,
                         .deliver = deliver,
                         .tell = tell_notice,
                         .draw = draw_word,
                         .take = take_buffer,
                         .at = buffer_at,
                         .give = give_buffer};
}

void dd_station_send(dd_domain *domain, dd_air *air, uint32_t number, uint16_t destination,
                     const uint8_t *payload, uint16_t n) {
    actor it = actor_of(domain, air, number);
    dd_net_port port = port_of(&it);
    if (!it.station->on || it.station->outside) return;
    dd_air_log_sent(domain, air, number, destination, payload, n);
    plan(&it, dd_net_send(net_of(&it), now_us(&it), &port, destination, payload, n));
}

void dd_station_time(dd_domain *domain, dd_air *air, const dd_event *event) {
    actor it = target_of(domain, air, event);
    if (event->small != it.station->generation || (uint16_t)event->a != it.station->timer) return;
    if (it.station->outside) return;
    it.station->planned_us = DD_NET_NEVER;
    int64_t deadline = it.station->deadline_us, now = now_us(&it);
    dd_net_port port = port_of(&it);
    plan(&it, now < deadline ? deadline : dd_net_time(net_of(&it), now, &port));
}

// --- A network layer outside ---

static void arrive_frame(const actor *it, const dd_frame *header, int16_t rss_cdbm,
                         const uint8_t *payload, uint8_t n) {
    dd_arrival *arrival = dd_air_arrive(it->air, it->number, DD_ARRIVAL_FRAME);
    dd_frame clear = *header;
    clear.secured = false;
    uint8_t at = dd_frame_open(arrival->payload, &clear);
    memcpy(arrival->payload + at, payload, n);
    arrival->n = (uint16_t)(at + n);
    arrival->rss_dbm = (int8_t)(rss_cdbm / 100);
}

static void arrive_sent(const actor *it, uint32_t handle, dd_air_result result, uint8_t attempts) {
    dd_arrival *arrival = dd_air_arrive(it->air, it->number, DD_ARRIVAL_SENT);
    arrival->handle = handle;
    arrival->result = (uint8_t)result;
    arrival->attempts = attempts;
}

static dd_air_result result_of(dd_drop drop) {
    return drop == DD_DROP_NONE     ? DD_AIR_DONE
           : drop == DD_DROP_NO_ACK ? DD_AIR_NO_ACK
                                    : DD_AIR_CHANNEL;
}

// The frame is closed and read as a receiver would read it.
static bool may_send(const actor *it, const uint8_t *octets, uint16_t n, dd_frame *header) {
    uint8_t whole[DD_FRAME_MAX];
    const dd_air_segment *segment = segment_of(it);
    uint8_t more = DD_FCS + (dd_guard_on(segment) ? DD_SECURITY_OCTETS : 0);
    if (n < DD_FRAME_HEADER || n + more > DD_FRAME_MAX) return false;
    memcpy(whole, octets, n);
    bool read = dd_frame_read(header, whole, dd_frame_close(whole, (uint8_t)n));
    return read && header->type == DD_FRAME_DATA && !header->secured &&
           header->pan == segment->pan && header->source == it->number - segment->first &&
           header->ack_request == (header->destination != DD_BROADCAST);
}

// Who is refused hears so after this moment's next event of the air, which is made for that.
static void refuse(const actor *it, uint32_t handle, dd_air_result result) {
    arrive_sent(it, handle, result, 0);
    schedule(it, it->domain->now, DD_KIND_NET_TIME, ++it->station->timer, 0);
}

void dd_station_put(dd_domain *domain, dd_air *air, uint32_t number, const uint8_t *octets,
                    uint16_t n, uint32_t handle) {
    actor it = actor_of(domain, air, number);
    dd_frame header;
    if (!it.station->on || !it.station->outside) return;
    if (!may_send(&it, octets, n, &header))
        refuse(&it, handle, DD_AIR_SENSELESS);
    else if (!has_room(&it))
        refuse(&it, handle, DD_AIR_NO_ROOM);
    else
        queue(&it, header, octets + header.payload_at, header.payload_n, handle);
}

void dd_station_outside(dd_air *air, uint32_t number, bool outside) {
    air->stations[number].outside = outside;
}

// --- Sending ---

// Puts a frame on the air, which begins after a turnaround. Returns its handle.
static uint32_t transmit(const actor *it, dd_transmission frame) {
    dd_station *station = it->station;
    frame.start = it->domain->now + preset_of(it)->turnaround;
    frame.end = frame.start + it->air->times[frame.octets];
    frame.sender = it->number;
    frame.channel = station->channel;
    frame.count = station->frames++;
    station->air_ns += it->air->times[frame.octets];
    station->free_at = frame.end;
    return station->on_air = dd_medium_put(&it->air->medium, &frame, it->domain->now);
}

static const dd_packet *packet_of(const actor *it, uint32_t handle) {
    return dd_pool_at(&it->air->packets, handle);
}

// A packet as it goes on the air.
static const dd_packet *sealed_of(const actor *it, const dd_packet *packet) {
    return packet->sealed ? packet_of(it, packet->sealed) : packet;
}

// Repetitions are the same octets.
static void seal(const actor *it, uint32_t handle) {
    dd_pool *packets = &it->air->packets;
    dd_packet *packet = dd_pool_at(packets, handle);
    if (packet->sealed || !dd_guard_on(segment_of(it))) return;
    uint32_t sealed = dd_pool_take(packets);
    dd_guard_seal(it->air, it->number, packet, dd_pool_at(packets, sealed));
    packet->sealed = sealed;
}

static void give_packet(const actor *it, uint32_t handle) {
    uint32_t sealed = packet_of(it, handle)->sealed;
    if (sealed) dd_pool_give(&it->air->packets, sealed);
    dd_pool_give(&it->air->packets, handle);
}

static void tell_sent(actor *it, const dd_packet *packet, dd_drop drop, uint8_t attempts) {
    dd_net_frame frame = {.destination = packet->destination,
                          .octets = packet->octets + packet->payload_at,
                          .n = packet->payload_n,
                          .cookie = packet->cookie};
    dd_net_port port = port_of(it);
    plan(it, dd_net_sent(net_of(it), now_us(it), &port, &frame, drop, attempts));
}

// The frame at the head of the queue is done with, well or not.
static void finish(actor *it, dd_drop drop) {
    dd_mac *mac = &it->station->mac;
    uint8_t attempts = mac->attempts;
    uint32_t handle = dd_mac_take(mac);
    const dd_packet *packet = packet_of(it, handle);
    it->station->acked += drop == DD_DROP_NONE && packet->destination != DD_BROADCAST;
    it->station->unanswered += drop == DD_DROP_NO_ACK;
    it->station->unsent += drop == DD_DROP_CHANNEL;
    if (drop != DD_DROP_CHANNEL)
        it->station->free_at = it->domain->now + dd_radio_spacing(preset_of(it), packet->n);
    if (dd_mac_first(mac)) compete(it);
    if (it->station->outside)
        arrive_sent(it, packet->cookie, result_of(drop), attempts);
    else
        tell_sent(it, packet, drop, attempts);
    give_packet(it, handle);
}

void dd_station_clear(dd_domain *domain, dd_air *air, const dd_event *event) {
    actor it = target_of(domain, air, event);
    dd_station *station = it.station;
    if (event->small != station->generation) return;
    dd_time cca = preset_of(&it)->cca;
    air->counts.assessments++;
    if (!dd_medium_clear(&air->medium, it.number, station->channel, domain->now - cca,
                         domain->now)) {
        air->counts.busy++;
        dd_air_log_busy(air, it.number);
        if (dd_mac_busy(&station->mac, &air->mac) || dd_mac_unanswered(&station->mac, &air->mac))
            back_off(&it, domain->now);
        else
            finish(&it, DD_DROP_CHANNEL);
        return;
    }
    uint32_t packet = dd_mac_first(&station->mac);
    seal(&it, packet);
    dd_transmission frame = {.packet = packet, .octets = packet_of(&it, packet)->n};
    air->counts.data++;
    station->sent++;
    uint32_t handle = transmit(&it, frame);
    schedule(&it, station->free_at, DD_KIND_AIR_END, handle,
             dd_air_station(air, it.number, packet_of(&it, packet)->destination));
}

// No acknowledgement will have come at `at`: the next attempt, or the end of them.
static void go_unanswered(const actor *it, dd_time at) {
    if (dd_mac_unanswered(&it->station->mac, &it->air->mac))
        back_off(it, at);
    else
        schedule(it, at, DD_KIND_AIR_ACK, 0, 0);
}

// --- Receiving ---

static void pass_up(actor *it, dd_envelope *envelope, int16_t rss_cdbm) {
    const dd_frame *header = &envelope->header;
    uint8_t n;
    const uint8_t *payload = dd_guard_open(it->domain, it->air, it->number, envelope, &n);
    if (!payload) return;
    dd_mac_accept(&it->station->mac, header);
    it->station->received++;
    if (it->station->outside) {
        arrive_frame(it, header, rss_cdbm, payload, n);
        return;
    }
    dd_net_port port = port_of(it);
    plan(it,
         dd_net_receive(net_of(it), now_us(it), &port, header->source,
                        header->destination == DD_BROADCAST, (int8_t)(rss_cdbm / 100), payload, n));
}

// What a station does with a frame that came whole. Returns the handle of the acknowledgement that
// it sends, or 0.
static uint32_t take_in(actor *it, dd_envelope *envelope, int16_t rss_cdbm) {
    const dd_frame *header = &envelope->header;
    const dd_air_segment *segment = segment_of(it);
    uint16_t address = (uint16_t)(it->number - segment->first);
    dd_mac_finding found = dd_mac_find(&it->station->mac, header, address, segment->pan);
    it->air->counts.refused += found == DD_MAC_OTHERS;
    it->station->duplicates += found == DD_MAC_DUPLICATE;
    uint32_t handle = 0;
    if (found != DD_MAC_OTHERS && header->ack_request) {
        dd_transmission ack = {.octets = DD_FRAME_ACK};
        dd_frame_ack(ack.ack, header->sequence);
        it->air->counts.acks++;
        handle = transmit(it, ack);
    }
    if (found == DD_MAC_NEW) pass_up(it, envelope, rss_cdbm);
    return handle;
}

// What a data frame's octets say, to whoever receives them whole.
static bool read_data(dd_envelope *envelope, const dd_packet *packet) {
    envelope->octets = packet->octets;
    envelope->opened_by = NULL;
    return dd_frame_read(&envelope->header, packet->octets, packet->n) &&
           envelope->header.type == DD_FRAME_DATA;
}

// Everybody in reach whose radio is on this channel tries to receive it.
static void end_broadcast(actor *it, const dd_event *event, const dd_packet *packet) {
    dd_air *air = it->air;
    const dd_links *links = air->medium.def.links;
    const dd_transmission *frame = dd_medium_at(&air->medium, event->a);
    dd_frame_end end = {.handle = event->a, .frame = frame, .octets = packet->octets};
    dd_envelope envelope;
    bool sound = read_data(&envelope, packet);
    uint32_t last = links->first[it->number + 1];
    for (uint32_t k = links->first[it->number]; k < last; k++) {
        actor hearer = actor_of(it->domain, air, links->to[k]);
        if (k + 1 < last) fetch(air, links->to[k + 1], true);
        if (!hearer.station->on || hearer.station->channel != frame->channel) continue;
        dd_reception reception = dd_medium_hear(&air->medium, event->a, k);
        end.around++;
        if (reception.loss != DD_LOSS_NONE) continue;
        end.heard++;
        if (sound) take_in(&hearer, &envelope, reception.rss_cdbm);
    }
    dd_air_log_frame(it->domain, air, &end);
    finish(it, DD_DROP_NONE);
}

static dd_reception judge(const actor *it, uint32_t frame, uint32_t receiver) {
    if (!receiver || !it->air->stations[receiver].on)
        return (dd_reception){.loss = DD_LOSS_OFF, .culprit = receiver};
    return dd_medium_receive(&it->air->medium, frame, receiver);
}

void dd_station_end(dd_domain *domain, dd_air *air, const dd_event *event) {
    actor it = target_of(domain, air, event);
    if (event->small != it.station->generation) return;
    const dd_packet *packet = sealed_of(&it, packet_of(&it, dd_mac_first(&it.station->mac)));
    if (packet->destination == DD_BROADCAST) {
        end_broadcast(&it, event, packet);
        return;
    }
    uint32_t to = event->b, ack = 0;
    dd_reception reception = judge(&it, event->a, to);
    air->counts.lost[reception.loss]++;
    tell_frame(&it, event->a, packet->octets, to, reception);
    if (reception.loss == DD_LOSS_NONE) {
        actor receiver = actor_of(domain, air, to);
        dd_envelope envelope;
        if (read_data(&envelope, packet)) ack = take_in(&receiver, &envelope, reception.rss_cdbm);
    }
    if (ack)
        schedule(&it, dd_medium_at(&air->medium, ack)->end, DD_KIND_AIR_ACK, ack, 0);
    else
        go_unanswered(&it, domain->now + air->ack_wait);
}

void dd_station_ack(dd_domain *domain, dd_air *air, const dd_event *event) {
    actor it = target_of(domain, air, event);
    if (event->small != it.station->generation) return;
    if (!event->a) {
        finish(&it, DD_DROP_NO_ACK);
        return;
    }
    const dd_transmission *frame = dd_medium_at(&air->medium, event->a);
    dd_reception reception = judge(&it, event->a, it.number);
    air->counts.ack_lost[reception.loss]++;
    tell_frame(&it, event->a, frame->ack, it.number, reception);
    if (reception.loss == DD_LOSS_NONE)
        finish(&it, DD_DROP_NONE);
    else
        go_unanswered(&it, frame->start - preset_of(&it)->turnaround + air->ack_wait);
}

// --- Seeds ---

void dd_station_seed(dd_domain *domain, dd_air *air, uint32_t number, uint16_t parent,
                     uint16_t rank, uint16_t etx) {
    actor it = actor_of(domain, air, number);
    dd_net_port port = port_of(&it);
    plan(&it, dd_net_seed(net_of(&it), now_us(&it), &port, parent, rank, etx));
}

void dd_station_seed_route(dd_domain *domain, dd_air *air, uint32_t number, uint16_t lamp,
                           uint16_t parent) {
    actor it = actor_of(domain, air, number);
    dd_net_port port = port_of(&it);
    dd_net_seed_route(net_of(&it), now_us(&it), &port, lamp, parent);
}

// --- Power ---

static void switch_on(actor *it) {
    const dd_air_segment *segment = segment_of(it);
    dd_net_def def = {.address = (uint16_t)(it->number - segment->first),
                      .root = it->number == segment->first,
                      .prefix = dd_air_prefix(segment->pan),
                      .lamp_n = segment->lamp_n,
                      .boots = it->station->boots++};
    dd_guard_start(it->air, it->number);
    dd_mac_start(&it->station->mac, (uint8_t)draw(it, DD_DRAW_BACKOFF));
    it->station->planned_us = DD_NET_NEVER;
    if (it->station->outside) return;
    dd_net_port port = port_of(it);
    plan(it, dd_net_start(net_of(it), &def, now_us(it), &port));
}

// What it sends is cut short: its data frame, of which something was on the air, ends here for all.
static void fall_silent(actor *it) {
    dd_station *station = it->station;
    dd_air *air = it->air;
    uint32_t handle = station->on_air;
    if (!handle || station->free_at <= it->domain->now) return;
    const dd_transmission *frame = dd_medium_at(&air->medium, handle);
    dd_time end = frame->end;
    if (frame->sender != it->number || end <= it->domain->now) return;
    dd_medium_cut(&air->medium, handle, it->domain->now);
    station->air_ns -= end - frame->end;
    station->free_at = it->domain->now;
    if (!frame->packet || frame->end == frame->start) return;
    const dd_packet *packet = packet_of(it, frame->packet);
    air->counts.lost[DD_LOSS_CUT]++;
    tell_frame(it, handle, packet->octets, dd_air_station(air, it->number, packet->destination),
               (dd_reception){.loss = DD_LOSS_CUT, .culprit = it->number});
}

static void switch_off(actor *it) {
    dd_station *station = it->station;
    dd_net_port port = port_of(it);
    fall_silent(it);
    while (dd_mac_first(&station->mac)) {
        uint32_t handle = dd_mac_take(&station->mac);
        if (!station->outside) tell_sent(it, packet_of(it, handle), DD_DROP_POWER, 0);
        give_packet(it, handle);
    }
    if (!station->outside) dd_net_stop(net_of(it), &port);
}

void dd_station_power(dd_domain *domain, dd_air *air, uint32_t number, bool on) {
    actor it = actor_of(domain, air, number);
    if (it.station->on == on) return;
    it.station->on = on;
    it.station->generation++;
    dd_air_log_power(domain, air, number, on);
    if (on)
        switch_on(&it);
    else
        switch_off(&it);
}
