#include "models/mesh/air/air_log.h"
#include "engine/random.h"
#include "models/mesh/air/mesh_record.h"
#include "models/mesh/air/station.h"

#include <string.h>

// A message under way.
typedef struct dd_log_message {
    uint32_t next;
    uint16_t id; // CoAP's
    bool up;
    dd_time since;
} dd_log_message;

enum { HOP_LIMIT = 64, MESSAGES_MAX = 8, LINKS_FIRST = 64 };

void dd_air_log_init(dd_air_log *log, dd_arena *arena, uint32_t station_n, uint32_t segment_n) {
    *log = (dd_air_log){.arena = arena};
    log->groups = dd_arena_take(arena, segment_n * sizeof *log->groups);
    log->stations = dd_arena_take(arena, (station_n + 1) * sizeof *log->stations);
    dd_pool_init(&log->messages, arena, sizeof(dd_log_message));
}

// --- Who is who ---

static const dd_air_segment *segment_of(const dd_air *air, uint32_t station) {
    return &air->segments[air->owner[station]];
}

// 0 for a station of no city, and for none.
static uint32_t entity_of(const dd_domain *domain, const dd_air *air, uint32_t station) {
    if (!station || !segment_of(air, station)->segment) return 0;
    return dd_mesh_node_entity(dd_world_of(domain), segment_of(air, station)->segment,
                               dd_air_address(air, station));
}

// Another's, by its address in the station's PAN.
static uint32_t entity_at(const dd_domain *domain, const dd_air *air, uint32_t station,
                          uint16_t address) {
    return entity_of(domain, air, dd_air_station(air, station, address));
}

// The entity whose fault a loss is; 0: nobody's.
static uint32_t culprit_of(const dd_domain *domain, const dd_air *air,
                           const dd_reception *reception) {
    if (reception->loss == DD_LOSS_JAMMED) return reception->culprit; // the entity it stands at
    bool other = reception->loss == DD_LOSS_COLLISION || reception->loss == DD_LOSS_LOCKED;
    return other ? entity_of(domain, air, reception->culprit) : 0;
}

// --- Links ---

static uint32_t link_slot(const dd_log_link *links, uint32_t capacity, uint32_t sender,
                          uint32_t receiver) {
    uint32_t slot = (uint32_t)dd_mix((uint64_t)sender << 32 | receiver) & (capacity - 1);
    while (links[slot].sender && (links[slot].sender != sender || links[slot].receiver != receiver))
        slot = (slot + 1) & (capacity - 1);
    return slot;
}

static void grow_links(dd_air_log *log) {
    uint32_t capacity = log->link_capacity ? 2 * log->link_capacity : LINKS_FIRST;
    dd_log_link *links = dd_arena_take(log->arena, capacity * sizeof *links);
    for (uint32_t i = 0; i < log->link_capacity; i++) {
        const dd_log_link *link = &log->links[i];
        if (link->sender) links[link_slot(links, capacity, link->sender, link->receiver)] = *link;
    }
    log->links = links;
    log->link_capacity = capacity;
}

static dd_log_link *link_of(dd_air_log *log, uint32_t sender, uint32_t receiver) {
    if (4 * (log->link_n + 1) > 3 * log->link_capacity) grow_links(log);
    dd_log_link *link = &log->links[link_slot(log->links, log->link_capacity, sender, receiver)];
    log->link_n += !link->sender;
    link->sender = sender;
    link->receiver = receiver;
    return link;
}

// --- Frames ---

static dd_air_frame describe(const dd_domain *domain, const dd_air *air, const dd_frame_end *end,
                             uint32_t receiver, const dd_reception *reception) {
    const dd_transmission *frame = end->frame;
    return (dd_air_frame){.segment = segment_of(air, frame->sender)->segment,
                          .sender = entity_of(domain, air, frame->sender),
                          .receiver = entity_of(domain, air, receiver),
                          .start = frame->start,
                          .channel = frame->channel,
                          .psdu = end->octets,
                          .n = frame->octets,
                          .level_cdbm = reception->rss_cdbm,
                          .sinr_cdb = reception->sinr_cdb,
                          .loss = (dd_loss)reception->loss,
                          .culprit = culprit_of(domain, air, reception),
                          .heard = end->heard,
                          .around = end->around};
}

// The station of an entity's node; 0: it is not on this air.
static uint32_t station_of(const dd_domain *domain, const dd_air *air, uint32_t entity) {
    const dd_world *world = dd_world_of(domain);
    bool lamp = world->entities.all[entity].type == DD_ENTITY_LAMP;
    uint32_t index = dd_world_index(world, entity);
    uint32_t city_segment = lamp ? world->city->lamps[index].segment : index;
    uint32_t number = lamp ? index - world->city->segments[city_segment].first_lamp + 1 : 0;
    for (uint32_t i = 0; i < air->segment_n; i++)
        if (air->segments[i].segment == city_segment) return air->segments[i].first + number;
    return 0;
}

// The station that is listened at, when it could hear the frame at all; else 0.
static uint32_t ear_of(const dd_domain *domain, const dd_air *air, const dd_transmission *frame,
                       bool explains) {
    uint32_t entity = dd_mesh_ear(domain, frame->start, explains);
    uint32_t ear = entity ? station_of(domain, air, entity) : 0;
    if (!ear || ear == frame->sender || !air->stations[ear].on ||
        air->stations[ear].channel != frame->channel)
        return 0;
    return dd_links_level(air->medium.def.links, ear, frame->sender) == DD_LINK_NONE ? 0 : ear;
}

// A controller's word on the contexts, without which nobody can read what comes later.
static bool explains_others(const dd_air *air, const dd_transmission *frame) {
    const dd_air_segment *segment = segment_of(air, frame->sender);
    if (!frame->packet || frame->sender != segment->first) return false;
    const dd_packet *packet = dd_pool_at(&air->packets, frame->packet);
    dd_lowpan_link link = {0, packet->destination, dd_air_prefix(segment->pan)};
    dd_datagram datagram;
    return dd_iphc_read(&datagram, packet->octets + packet->payload_at, packet->payload_n, &link) &&
           datagram.protocol == DD_ICMPV6 && datagram.payload_n > 0 &&
           datagram.payload[0] == DD_ICMP_ROUTER_ADVERTISEMENT;
}

static void capture(dd_domain *domain, dd_air *air, const dd_frame_end *end) {
    const dd_transmission *frame = end->frame;
    if (!dd_mesh_listened(domain)) return;
    bool explains = explains_others(air, frame);
    if (dd_mesh_tapped(domain, segment_of(air, frame->sender)->segment, frame->start, explains)) {
        dd_air_frame told = describe(domain, air, end, end->receiver, &end->reception);
        dd_mesh_tell_frame(domain, &told);
    }
    uint32_t ear = ear_of(domain, air, frame, explains);
    if (ear) {
        dd_reception heard = dd_medium_receive(&air->medium, end->handle, ear);
        dd_air_frame told = describe(domain, air, end, ear, &heard);
        dd_mesh_tell_heard(domain, &told);
    }
}

static void follow_data(dd_domain *domain, dd_air *air, const dd_frame_end *end) {
    dd_log_station *sender = &air->log.stations[end->frame->sender];
    sender->retries += air->stations[end->frame->sender].mac.attempts > 1;
    sender->loss = end->reception.loss;
    sender->receiver = entity_of(domain, air, end->receiver);
    sender->culprit = culprit_of(domain, air, &end->reception);
    if (end->receiver && dd_stream_heard(&domain->engine->stream, DD_REC_MESH_LINK))
        link_of(&air->log, end->frame->sender, end->receiver)->attempts++;
}

// Of an acknowledgement the receiver is who sent the data.
static void follow_ack(dd_domain *domain, dd_air *air, const dd_frame_end *end) {
    dd_log_station *sender = &air->log.stations[end->receiver];
    bool arrived = end->reception.loss == DD_LOSS_NONE;
    sender->loss = arrived ? DD_LOSS_NONE : DD_LOSS_ACK;
    sender->culprit = culprit_of(domain, air, &end->reception);
    if (arrived && dd_stream_heard(&domain->engine->stream, DD_REC_MESH_LINK))
        link_of(&air->log, end->receiver, end->frame->sender)->acknowledged++;
}

void dd_air_log_frame(dd_domain *domain, dd_air *air, const dd_frame_end *end) {
    if (!segment_of(air, end->frame->sender)->segment) return;
    capture(domain, air, end);
    if (end->frame->packet)
        follow_data(domain, air, end);
    else
        follow_ack(domain, air, end);
}

void dd_air_log_busy(dd_air *air, uint32_t station) {
    air->log.stations[station].busy++;
}

// --- Messages ---

static bool has_id(const uint8_t *payload, uint16_t n, uint16_t *id) {
    if (n < 4) return false;
    *id = (uint16_t)(payload[2] << 8 | payload[3]);
    return true;
}

// Takes a message of a lamp out of those under way, or, with `any`, the oldest. False: it is not
// among them, as when it has come already.
static bool take_message(dd_air_log *log, uint32_t lamp, bool up, uint16_t id, bool any,
                         dd_time *since) {
    uint32_t *link = &log->stations[lamp].messages;
    while (*link) {
        dd_log_message *message = dd_pool_at(&log->messages, *link);
        if (any ? !message->next : message->up == up && message->id == id) {
            uint32_t handle = *link;
            *since = message->since;
            *link = message->next;
            dd_pool_give(&log->messages, handle);
            return true;
        }
        link = &message->next;
    }
    return false;
}

static uint32_t count_messages(const dd_air_log *log, uint32_t lamp) {
    uint32_t n = 0;
    for (uint32_t handle = log->stations[lamp].messages; handle; n++)
        handle = ((dd_log_message *)dd_pool_at(&log->messages, handle))->next;
    return n;
}

// --- Messages to all ---

static void tell_group(dd_domain *domain, dd_air *air, uint32_t i) {
    dd_log_group *group = &air->log.groups[i];
    if (!group->around) return;
    dd_mesh_tell_group(domain, entity_of(domain, air, air->segments[i].first), group->sent,
                       group->reached, group->around, group->last);
    *group = (dd_log_group){0};
}

static void send_group(dd_domain *domain, dd_air *air, uint32_t station, uint16_t id) {
    uint32_t i = air->owner[station];
    const dd_air_segment *segment = &air->segments[i];
    tell_group(domain, air, i);
    dd_log_group group = {.id = id, .sent = domain->now};
    for (uint16_t lamp = 1; lamp <= segment->lamp_n; lamp++)
        group.around += air->stations[segment->first + lamp].on;
    air->log.groups[i] = group;
}

static void reach_group(const dd_domain *domain, dd_air *air, uint32_t station,
                        const dd_datagram *datagram) {
    uint16_t id;
    dd_log_group *group = &air->log.groups[air->owner[station]];
    if (datagram->protocol != DD_UDP || !has_id(datagram->payload, datagram->payload_n, &id) ||
        !group->around || group->id != id || group->reached == group->around)
        return;
    group->reached++;
    group->last = domain->now - group->sent;
}

// --- Messages to one ---

// Of a message whose end nobody told, the next of its name takes the place; so do others in time.
void dd_air_log_sent(dd_domain *domain, dd_air *air, uint32_t station, uint16_t destination,
                     const uint8_t *payload, uint16_t n) {
    uint16_t id;
    bool up = destination == 0;
    uint32_t lamp = up ? station : dd_air_station(air, station, destination);
    if (!segment_of(air, station)->segment || !has_id(payload, n, &id)) return;
    if (air->stations[segment_of(air, station)->first].outside) return; // it tells no arrivals
    if (destination == DD_NET_GROUP && !dd_air_address(air, station))
        send_group(domain, air, station, id);
    if (!lamp) return;
    dd_air_log *log = &air->log;
    dd_time since;
    log->counts.sent += !take_message(log, lamp, up, id, false, &since);
    if (count_messages(log, lamp) == MESSAGES_MAX)
        log->counts.lost += take_message(log, lamp, up, id, true, &since);
    uint32_t handle = dd_pool_take(&log->messages);
    *(dd_log_message *)dd_pool_at(&log->messages, handle) = (dd_log_message){
        .next = log->stations[lamp].messages, .id = id, .up = up, .since = domain->now};
    log->stations[lamp].messages = handle;
}

// The lamp of a datagram of an application's, seen at a station; 0: none's.
static uint32_t lamp_of(const dd_air *air, uint32_t station, const dd_datagram *datagram, bool *up,
                        uint16_t *id) {
    dd_prefix prefix = dd_air_prefix(segment_of(air, station)->pan);
    const dd_source_route *route = &datagram->route;
    uint16_t source, destination;
    if (datagram->protocol != DD_UDP || !has_id(datagram->payload, datagram->payload_n, id) ||
        !dd_ipv6_short(&datagram->source, &prefix, &source) ||
        !dd_ipv6_short(&datagram->destination, &prefix, &destination))
        return 0;
    if (route->left) destination = route->hops[route->n - 1];
    *up = destination == 0;
    return dd_air_station(air, station, *up ? source : destination);
}

void dd_air_log_arrived(dd_domain *domain, dd_air *air, uint32_t station,
                        const dd_datagram *datagram) {
    bool up;
    uint16_t id;
    dd_time since;
    if (!segment_of(air, station)->segment) return;
    if (dd_ipv6_multicast(&datagram->destination)) {
        reach_group(domain, air, station, datagram);
        return;
    }
    uint32_t lamp = lamp_of(air, station, datagram, &up, &id);
    if (!lamp || !take_message(&air->log, lamp, up, id, false, &since)) return;
    air->log.counts.delivered++;
    dd_mesh_tell_message(domain, entity_of(domain, air, lamp), up, DD_MESH_DELIVERED,
                         HOP_LIMIT + 1 - datagram->hop_limit, domain->now - since, NULL);
}

// Where and why a datagram was lost at a station, just now.
static dd_mesh_loss explain(const dd_domain *domain, const dd_air *air, uint32_t station,
                            dd_drop drop) {
    const dd_log_station *at = &air->log.stations[station];
    dd_mesh_loss loss = {.sender = entity_of(domain, air, station)};
    if (drop == DD_DROP_NO_ACK) {
        loss.receiver = at->receiver;
        loss.reason = (dd_loss)at->loss;
        loss.culprit = at->culprit;
    } else if (drop == DD_DROP_CHANNEL) { // in the last CCA
        dd_time from = domain->now - air->medium.def.preset->cca;
        loss.culprit = dd_medium_jammer(&air->medium, station, air->stations[station].channel, from,
                                        domain->now);
        loss.reason = loss.culprit ? DD_LOSS_JAMMED : DD_LOSS_NONE;
    }
    return loss;
}

static void lose(dd_domain *domain, dd_air *air, uint32_t station, const dd_notice *notice) {
    bool up;
    uint16_t id;
    dd_time since;
    if (!notice->datagram || dd_ipv6_multicast(&notice->datagram->destination)) return;
    uint32_t lamp = lamp_of(air, station, notice->datagram, &up, &id);
    if (!lamp || !take_message(&air->log, lamp, up, id, false, &since)) return;
    air->log.counts.lost++;
    dd_mesh_loss loss = explain(domain, air, station, (dd_drop)notice->a);
    dd_mesh_tell_message(domain, entity_of(domain, air, lamp), up,
                         dd_mesh_outcome_of((dd_drop)notice->a),
                         HOP_LIMIT - notice->datagram->hop_limit, domain->now - since, &loss);
}

// --- Places ---

// Hops of who has that parent; 0: there is no way.
static int hops_under(const dd_air *air, uint32_t parent) {
    int above = dd_air_hops(air, parent);
    return above || dd_air_address(air, parent) == 0 ? above + 1 : 0;
}

static void tell_place(dd_domain *domain, dd_air *air, uint32_t station, uint16_t parent) {
    dd_net *net = &air->nets[station];
    const dd_neighbour *neighbour = dd_neighbour_find(&net->dodag.neighbours, parent);
    bool has = parent != DD_BROADCAST;
    dd_mesh_tell_parent(domain, entity_of(domain, air, station),
                        has ? entity_at(domain, air, station, parent) : 0,
                        neighbour ? neighbour->etx : 0, has ? dd_net_rank(net) : 0,
                        has ? hops_under(air, dd_air_station(air, station, parent)) : 0);
}

void dd_air_log_places(dd_domain *domain, dd_air *air) {
    for (uint32_t i = 0; i < air->segment_n; i++) {
        const dd_air_segment *segment = &air->segments[i];
        for (uint16_t lamp = 1; lamp <= segment->lamp_n && segment->segment; lamp++) {
            uint32_t station = segment->first + lamp;
            if (air->stations[station].on)
                tell_place(domain, air, station, dd_net_parent(&air->nets[station]));
        }
    }
}

void dd_air_log_power(dd_domain *domain, dd_air *air, uint32_t station, bool on) {
    if (on) air->log.stations[station].started = domain->now;
}

void dd_air_log_refused(dd_domain *domain, dd_air *air, uint32_t station, int reason,
                        uint16_t sender) {
    if (!segment_of(air, station)->segment) return;
    dd_mesh_tell_refused(domain, entity_of(domain, air, station), (dd_mesh_refusal)reason,
                         entity_at(domain, air, station, sender));
}

void dd_air_log_notice(dd_domain *domain, dd_air *air, uint32_t station, const dd_notice *notice) {
    if (!segment_of(air, station)->segment) return;
    uint32_t node = entity_of(domain, air, station);
    switch (notice->kind) {
    case DD_NOTICE_JOINED:
        dd_mesh_tell_join(domain, node, true, domain->now - air->log.stations[station].started);
        tell_place(domain, air, station, notice->a);
        break;
    case DD_NOTICE_PARENT:
        tell_place(domain, air, station, notice->a);
        break;
    case DD_NOTICE_LEFT:
        dd_mesh_tell_join(domain, node, false, 0);
        tell_place(domain, air, station, DD_BROADCAST);
        break;
    case DD_NOTICE_DROPPED:
        lose(domain, air, station, notice);
        break;
    case DD_NOTICE_REFUSED:
        dd_air_log_refused(domain, air, station, dd_mesh_refusal_of((dd_refusal)notice->a),
                           notice->b);
        break;
    case DD_NOTICE_LOOP:
        dd_mesh_tell_repair(domain, node, DD_REPAIR_LOOP, air->nets[station].dodag.version);
        break;
    case DD_NOTICE_REPAIR: // lamps join the new version without a word of their own
        if (!dd_air_address(air, station))
            dd_mesh_tell_repair(domain, node, DD_REPAIR_GLOBAL, (uint8_t)notice->a);
        break;
    default:
        break;
    }
}

// --- Counters ---

static void tell_station(dd_domain *domain, const dd_air *air, uint32_t station) {
    const dd_station *it = &air->stations[station];
    dd_mesh_airtime told = {.frames = it->frames,
                            .air = it->air_ns,
                            .retries = air->log.stations[station].retries,
                            .channel_busy = air->log.stations[station].busy};
    dd_mesh_tell_air(domain, entity_of(domain, air, station), &told);
}

static void tell_link(dd_domain *domain, const dd_air *air, const dd_log_link *link) {
    dd_mesh_tell_link(domain, entity_of(domain, air, link->sender),
                      entity_of(domain, air, link->receiver), link->attempts, link->acknowledged,
                      dd_links_level(air->medium.def.links, link->receiver, link->sender));
}

void dd_air_log_counters(dd_domain *domain, dd_air *air) {
    const dd_stream *stream = &domain->engine->stream;
    for (uint32_t i = 0; i < air->segment_n; i++)
        tell_group(domain, air, i);
    bool air_heard = dd_stream_heard(stream, DD_REC_MESH_AIR);
    for (uint32_t s = 1; air_heard && s <= air->medium.def.station_n; s++)
        if (segment_of(air, s)->segment) tell_station(domain, air, s);
    for (uint32_t i = 0; i < air->log.link_capacity; i++)
        if (air->log.links[i].sender) tell_link(domain, air, &air->log.links[i]);
}
