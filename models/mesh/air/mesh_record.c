#include "models/mesh/air/mesh_record.h"

#include <stdio.h>

uint32_t dd_mesh_node_entity(const dd_world *world, uint32_t segment, uint16_t number) {
    if (!number) return dd_world_entity(world, DD_ENTITY_SEGMENT, segment);
    return dd_world_entity(world, DD_ENTITY_LAMP,
                           world->city->segments[segment].first_lamp + number - 1);
}

// --- Messages ---

uint64_t dd_mesh_tell_message(dd_domain *domain, uint32_t lamp, bool up, dd_mesh_outcome outcome,
                              int hops, dd_time latency, const dd_mesh_loss *loss) {
    uint64_t id = dd_record_make(domain, DD_REC_MESH_MESSAGE, lamp, 0, up, outcome, hops,
                                 latency / DD_MICROSECOND);
    if (loss)
        dd_record_make(domain, DD_REC_MESH_LOSS, lamp, id, loss->sender, loss->receiver,
                       loss->reason, loss->culprit);
    return id;
}

void dd_mesh_tell_group(dd_domain *domain, uint32_t controller, dd_time sent, uint32_t reached,
                        uint32_t around, dd_time last) {
    dd_record_make(domain, DD_REC_MESH_GROUP, controller, 0, sent, reached, around,
                   last / DD_MICROSECOND);
}

dd_mesh_outcome dd_mesh_outcome_of(dd_drop drop) {
    switch (drop) {
    case DD_DROP_NO_ROUTE:
        return DD_MESH_NO_ROUTE;
    case DD_DROP_NO_ACK:
        return DD_MESH_NO_ACK;
    case DD_DROP_QUEUE:
        return DD_MESH_QUEUE_FULL;
    case DD_DROP_CHANNEL:
        return DD_MESH_NO_CLEAR_CHANNEL;
    case DD_DROP_HOP_LIMIT:
        return DD_MESH_HOP_LIMIT;
    case DD_DROP_FRAGMENT:
        return DD_MESH_FRAGMENT;
    case DD_DROP_POWER:
        return DD_MESH_POWER;
    default:
        return DD_MESH_DELIVERED;
    }
}

// --- Places in the tree ---

void dd_mesh_tell_parent(dd_domain *domain, uint32_t node, uint32_t parent, uint16_t etx,
                         uint16_t rank, int hops) {
    dd_record_make(domain, DD_REC_MESH_PARENT, node, 0, parent, etx * 1000 / 128, rank, hops);
}

void dd_mesh_tell_join(dd_domain *domain, uint32_t node, bool joined, dd_time after) {
    dd_record_make(domain, DD_REC_MESH_JOIN, node, 0, joined, after / DD_MILLISECOND, 0, 0);
}

void dd_mesh_tell_repair(dd_domain *domain, uint32_t node, dd_mesh_repair what, uint8_t version) {
    dd_record_make(domain, DD_REC_MESH_REPAIR, node, 0, what, version, 0, 0);
}

void dd_mesh_tell_refused(dd_domain *domain, uint32_t node, dd_mesh_refusal reason,
                          uint32_t sender) {
    dd_record_make(domain, DD_REC_MESH_REFUSED, node, 0, reason, sender, 0, 0);
}

dd_mesh_refusal dd_mesh_refusal_of(dd_refusal refusal) {
    switch (refusal) {
    case DD_REFUSAL_CHECKSUM:
        return DD_REFUSED_CHECKSUM;
    case DD_REFUSAL_ADDRESS:
        return DD_REFUSED_ADDRESS;
    case DD_REFUSAL_PROTOCOL:
        return DD_REFUSED_PROTOCOL;
    case DD_REFUSAL_FRAGMENT:
        return DD_REFUSED_FRAGMENT;
    case DD_REFUSAL_DODAG:
        return DD_REFUSED_DODAG;
    default:
        return DD_REFUSED_MALFORMED;
    }
}

// --- Counters ---

void dd_mesh_tell_air(dd_domain *domain, uint32_t node, const dd_mesh_airtime *air) {
    dd_record_make(domain, DD_REC_MESH_AIR, node, 0, (int64_t)air->frames,
                   air->air / DD_MICROSECOND, (int64_t)air->retries, (int64_t)air->channel_busy);
}

void dd_mesh_tell_link(dd_domain *domain, uint32_t sender, uint32_t receiver, uint64_t attempts,
                       uint64_t acknowledged, int32_t level_cdbm) {
    dd_record_make(domain, DD_REC_MESH_LINK, sender, 0, receiver, (int64_t)attempts,
                   (int64_t)acknowledged, level_cdbm * 10);
}

// --- Frames ---

dd_tap_phy dd_mesh_phy(const dd_radio_preset *preset, uint16_t channel) {
    enum { SUN_PAGE = 9, BAND_920_TO_925 = 23, MODE_50K = 0, MODE_150K = 2 };
    dd_tap_phy phy = {.channel = channel, .bit_rate = preset->bit_rate};
    if (preset->modulation == DD_FSK) {
        phy.page = SUN_PAGE;
        phy.sun = true;
        phy.sun_band = BAND_920_TO_925;
        phy.sun_mode = preset->bit_rate == 50000 ? MODE_50K : MODE_150K;
    }
    return phy;
}

static const char *name_of(const dd_world *world, uint32_t entity) {
    return world->entities.all[entity].name;
}

void dd_loss_text(dd_loss loss, const char *culprit, char text[static DD_AIR_COMMENT]) {
    static const struct {
        const char *alone, *joint; // `joint` leads to the culprit
    } what[DD_LOSSES] = {
        [DD_LOSS_NONE] = {"it was not lost on the air", ": "},
        [DD_LOSS_WEAK] = {"too weak", " for "},
        [DD_LOSS_FADE] = {"faded", " by "},
        [DD_LOSS_COLLISION] = {"a collision", " with "},
        [DD_LOSS_LOCKED] = {"it was receiving another frame", " of "},
        [DD_LOSS_SENDING] = {"it was itself sending", " to "},
        [DD_LOSS_JAMMED] = {"jammed", " by the jammer at "},
        [DD_LOSS_CUT] = {"the sender's supply went", ": "},
        [DD_LOSS_OFF] = {"it is off", ": "},
        [DD_LOSS_ACK] = {"its acknowledgement did not come back", ": "},
    };
    snprintf(text, DD_AIR_COMMENT, "%s%s%s", what[loss].alone, culprit ? what[loss].joint : "",
             culprit ? culprit : "");
}

size_t dd_mesh_comment(const dd_world *world, const dd_air_frame *frame,
                       char text[static DD_AIR_COMMENT]) {
    char why[DD_AIR_COMMENT];
    int n = 0;
    text[0] = 0;
    if (!frame->receiver) {
        n = snprintf(text, DD_AIR_COMMENT, "%u of %u nodes around received it", frame->heard,
                     frame->around);
    } else if (frame->loss) {
        dd_loss_text(frame->loss, frame->culprit ? name_of(world, frame->culprit) : NULL, why);
        bool judged = frame->loss != DD_LOSS_OFF && frame->loss != DD_LOSS_SENDING;
        n = snprintf(text, DD_AIR_COMMENT,
                     judged ? "%s lost it: %s (SINR %.1f dB)" : "%s lost it: %s",
                     name_of(world, frame->receiver), why, frame->sinr_cdb / 100.0);
    }
    return n < DD_AIR_COMMENT ? (size_t)n : DD_AIR_COMMENT - 1;
}

static void tell(dd_domain *domain, uint16_t kind, uint32_t interface, const dd_air_frame *frame) {
    const dd_world *world = dd_world_of(domain);
    uint8_t octets[DD_TAP_MAX];
    char comment[DD_AIR_COMMENT];
    dd_tap tap = {.phy = dd_mesh_phy(&world->preset, frame->channel),
                  .measured = frame->receiver && frame->loss != DD_LOSS_OFF,
                  .level_cdbm = frame->level_cdbm,
                  .quality = dd_tap_quality(frame->sinr_cdb),
                  .psdu = frame->psdu,
                  .n = frame->n};
    int64_t packet = dd_record_bytes(domain, kind, octets, dd_tap_write(octets, &tap));
    size_t n = dd_mesh_comment(world, frame, comment);
    dd_record_make(domain, kind, frame->sender, 0, frame->start, interface, packet,
                   dd_record_bytes(domain, kind, comment, n));
}

void dd_mesh_tell_frame(dd_domain *domain, const dd_air_frame *frame) {
    const dd_world *world = dd_world_of(domain);
    tell(domain, DD_REC_AIR_FRAME, dd_world_entity(world, DD_ENTITY_SEGMENT, frame->segment),
         frame);
}

void dd_mesh_tell_heard(dd_domain *domain, const dd_air_frame *frame) {
    tell(domain, DD_REC_AIR_HEARD, frame->receiver, frame);
}
