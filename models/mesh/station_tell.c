#include "models/mesh/station_tell.h"
#include "models/mesh/mesh_record.h"

static uint32_t entity_of(const dd_air *air, uint32_t station) {
    return station ? dd_air_entity(air, station) : 0;
}

// --- Frames ---

static const dd_air_loss losses[] = {
    [DD_LOSS_NONE] = DD_AIR_NONE,        [DD_LOSS_WEAK] = DD_AIR_TOO_WEAK,
    [DD_LOSS_FADE] = DD_AIR_FADE,        [DD_LOSS_COLLISION] = DD_AIR_COLLISION,
    [DD_LOSS_LOCKED] = DD_AIR_COLLISION, [DD_LOSS_SENDING] = DD_AIR_SENDING,
    [DD_LOSS_JAMMED] = DD_AIR_JAMMED,    [DD_LOSS_CUT] = DD_AIR_OFF,
    [DD_LOSS_OFF] = DD_AIR_OFF,
};

static uint32_t culprit_of(const dd_air *air, const dd_reception *reception) {
    bool station = reception->loss == DD_LOSS_COLLISION || reception->loss == DD_LOSS_LOCKED;
    return station ? entity_of(air, reception->culprit) : 0;
}

static uint32_t segment_of(const dd_domain *domain, const dd_air *air, uint32_t station) {
    uint32_t controller = air->segments[air->owner[station]].controller;
    return dd_world_index(dd_world_of(domain), controller);
}

static dd_air_frame describe(const dd_domain *domain, const dd_air *air, const dd_frame_end *end) {
    const dd_reception *reception = &end->reception;
    const dd_transmission *frame = dd_medium_at(&air->medium, end->frame);
    return (dd_air_frame){.segment = segment_of(domain, air, frame->sender),
                          .sender = dd_air_entity(air, frame->sender),
                          .receiver = entity_of(air, end->receiver),
                          .start = frame->start,
                          .channel = frame->channel,
                          .psdu = end->octets,
                          .n = frame->octets,
                          .level_cdbm = reception->rss_cdbm,
                          .sinr_cdb = reception->sinr_cdb,
                          .loss = losses[reception->loss],
                          .culprit = culprit_of(air, reception),
                          .heard = end->heard,
                          .around = end->around};
}

// What the node that is listened at makes of it.
static void tell_ear(dd_domain *domain, dd_air *air, const dd_frame_end *end, uint32_t ear) {
    uint32_t station = dd_air_station_of(air, ear);
    uint32_t sender = dd_medium_at(&air->medium, end->frame)->sender;
    if (!station || station == sender) return;
    if (dd_links_level(air->medium.def.links, station, sender) == DD_LINK_NONE) return;
    dd_frame_end heard = *end;
    heard.receiver = station;
    heard.reception = air->stations[station].on
                          ? dd_medium_receive(&air->medium, end->frame, station)
                          : (dd_reception){.loss = DD_LOSS_OFF};
    dd_air_frame frame = describe(domain, air, &heard);
    dd_mesh_tell_heard(domain, &frame);
}

void dd_station_tell_frame(dd_domain *domain, dd_air *air, const dd_frame_end *end) {
    if (!dd_mesh_listened(domain)) return;
    dd_air_frame frame = describe(domain, air, end);
    if (dd_mesh_tapped(domain, frame.segment, frame.start)) dd_mesh_tell_frame(domain, &frame);
    uint32_t ear = dd_mesh_ear(domain, frame.start);
    if (ear) tell_ear(domain, air, end, ear);
}

// --- Messages ---

void dd_station_tell_loss(dd_air *air, uint32_t message, uint32_t from, uint32_t to,
                          const dd_reception *reception) {
    if (!message || reception->loss == DD_LOSS_NONE) return;
    dd_message_failed(&air->messages, message,
                      &(dd_mesh_loss){.sender = entity_of(air, from),
                                      .receiver = entity_of(air, to),
                                      .reason = losses[reception->loss],
                                      .culprit = culprit_of(air, reception)});
}

// --- Places in the tree ---

static void tell_parent(dd_domain *domain, const dd_air *air, uint32_t station, uint16_t parent) {
    const dd_net *net = &air->nets[station];
    uint32_t at = parent == DD_BROADCAST ? 0 : dd_air_station(air, station, parent);
    dd_mesh_tell_parent(domain, dd_air_entity(air, station), entity_of(air, at), dd_net_etx(net),
                        dd_net_rank(net), dd_air_hops(air, station));
}

static void tell_join(dd_domain *domain, const dd_air *air, uint32_t station, bool joined) {
    dd_time since = domain->now - air->stations[station].since;
    dd_mesh_tell_join(domain, dd_air_entity(air, station), joined, since);
}

static const dd_mesh_refusal refusals[] = {
    [DD_REFUSAL_MALFORMED] = DD_REFUSED_MALFORMED, [DD_REFUSAL_CHECKSUM] = DD_REFUSED_CHECKSUM,
    [DD_REFUSAL_ADDRESS] = DD_REFUSED_ADDRESS,     [DD_REFUSAL_PROTOCOL] = DD_REFUSED_PROTOCOL,
    [DD_REFUSAL_FRAGMENT] = DD_REFUSED_FRAGMENT,   [DD_REFUSAL_DODAG] = DD_REFUSED_DODAG,
};

void dd_station_tell_notice(dd_domain *domain, dd_air *air, uint32_t station,
                            const dd_notice *notice) {
    uint32_t entity = dd_air_entity(air, station);
    switch ((dd_notice_kind)notice->kind) {
    case DD_NOTICE_JOINED:
        tell_join(domain, air, station, true);
        tell_parent(domain, air, station, notice->a);
        break;
    case DD_NOTICE_PARENT:
        tell_parent(domain, air, station, notice->a);
        break;
    case DD_NOTICE_LEFT:
        tell_join(domain, air, station, false);
        tell_parent(domain, air, station, DD_BROADCAST);
        break;
    case DD_NOTICE_DROPPED:
        dd_message_dropped(&air->messages, air->messages.present, (dd_drop)notice->a, entity);
        break;
    case DD_NOTICE_LOOP:
        dd_mesh_tell_repair(domain, entity, DD_REPAIR_LOOP, 0);
        break;
    case DD_NOTICE_REPAIR:
        dd_mesh_tell_repair(domain, entity, DD_REPAIR_GLOBAL, (uint8_t)notice->a);
        break;
    case DD_NOTICE_REFUSED:
        air->counts.refused[refusals[notice->a]]++;
        break;
    case DD_NOTICE_ROUTE: // the root's view of what its lamps' parents are
        break;
    }
}
