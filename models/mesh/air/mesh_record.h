// The mesh's records: what an engineer asks of it, put down as it happens. Entities are the
// world's: a lamp stands for its node, a segment for its controller's.
#pragma once

#include "models/mesh/air/tap.h"
#include "models/mesh/radio/radio.h"
#include "models/mesh/stack/net/net.h"
#include "models/world.h"

// The entity of node `number` of a segment (0 is the controller, else a lamp).
uint32_t dd_mesh_node_entity(const dd_world *world, uint32_t segment, uint16_t number);

// --- Messages ---

// Where and why a message was lost.
typedef struct dd_mesh_loss {
    uint32_t sender;   // entity that had it last
    uint32_t receiver; // that should have got it over the air; 0: it was lost at the sender
    dd_loss reason;
    uint32_t culprit; // whose frame, or which source, destroyed it; 0: nobody's, or not known
} dd_mesh_loss;

// A message between the controller and the lamp `lamp` (an entity) arrived or was lost, `latency`
// after it was given to the mesh, over so many hops. `loss` is NULL when it was delivered. Returns
// the record's id.
uint64_t dd_mesh_tell_message(dd_domain *domain, uint32_t lamp, bool up, dd_mesh_outcome outcome,
                              int hops, dd_time latency, const dd_mesh_loss *loss);

// A message from a segment's controller to all its lamps, sent at `sent`, has reached so many of
// the `around` that were on then, the last of them `last` after.
void dd_mesh_tell_group(dd_domain *domain, uint32_t controller, dd_time sent, uint32_t reached,
                        uint32_t around, dd_time last);

// What the network layer's notice of a dropped datagram means for its message.
dd_mesh_outcome dd_mesh_outcome_of(dd_drop drop);

// --- Places in the tree ---

// A node has a new parent (0: none any more); expected transmissions of the link to it in 1/128,
// rank as RPL counts it, hops to the controller.
void dd_mesh_tell_parent(dd_domain *domain, uint32_t node, uint32_t parent, uint16_t etx,
                         uint16_t rank, int hops);

// A node joined, `after` its start, or left.
void dd_mesh_tell_join(dd_domain *domain, uint32_t node, bool joined, dd_time after);

// A loop, or a repair; `version` is the tree's.
void dd_mesh_tell_repair(dd_domain *domain, uint32_t node, dd_mesh_repair what, uint8_t version);

// A node refused a frame from `sender` (0: from nobody of this mesh).
void dd_mesh_tell_refused(dd_domain *domain, uint32_t node, dd_mesh_refusal reason,
                          uint32_t sender);

// What the network layer's refusal is called here.
dd_mesh_refusal dd_mesh_refusal_of(dd_refusal refusal);

// --- Counters: of the whole run so far, told every hour and at the end ---

typedef struct dd_mesh_airtime {
    uint64_t frames; // sent, acknowledgements included
    dd_time air;     // that they took
    uint64_t retries;
    uint64_t channel_busy; // CCAs that found it so
} dd_mesh_airtime;

void dd_mesh_tell_air(dd_domain *domain, uint32_t node, const dd_mesh_airtime *air);

void dd_mesh_tell_link(dd_domain *domain, uint32_t sender, uint32_t receiver, uint64_t attempts,
                       uint64_t acknowledged, int32_t level_cdbm);

// --- Frames, for captures ---

typedef struct dd_air_frame {
    uint32_t segment;  // the city's, whose network it belongs to
    uint32_t sender;   // entity
    uint32_t receiver; // the addressed one, 0: all; of dd_mesh_tell_heard: who listens
    dd_time start;
    uint16_t channel;
    const uint8_t *psdu;
    uint8_t n; // octets of it, FCS included
    // How it came to the receiver; sent to all, or to one that is off, nobody measured it.
    int32_t level_cdbm, sinr_cdb;
    dd_loss loss;
    uint32_t culprit; // entity, 0: none
    uint32_t heard;   // sent to all: so many nodes received it ...
    uint32_t around;  // ... of so many in its reach
} dd_air_frame;

// Whether anybody captures at all: a branch for those who have nothing else to do with frames.
static inline bool dd_mesh_listened(const dd_domain *domain) {
    const uint64_t frames = UINT64_C(1) << DD_REC_AIR_FRAME | UINT64_C(1) << DD_REC_AIR_HEARD;
    return domain->engine->stream.heard & frames;
}

// Whether a frame that starts at `start` in the city's `segment` is to be told: costs a branch when
// nobody captures. What explains others (`explains`) is told even if it comes too early.
static inline bool dd_mesh_tapped(const dd_domain *domain, uint32_t segment, dd_time start,
                                  bool explains) {
    if (!dd_stream_heard(&domain->engine->stream, DD_REC_AIR_FRAME)) return false;
    const dd_air_tap *tap = &dd_world_of(domain)->tap;
    return (explains || start >= tap->from) && start < tap->until &&
           (!tap->segments || tap->segments[segment]);
}

// Tells of a frame, once, when it has ended: to those for whom dd_mesh_tapped is true.
void dd_mesh_tell_frame(dd_domain *domain, const dd_air_frame *frame);

// The entity of the node that is listened at, for a frame that starts at `start`; 0: none. It hears
// what its receiver would make of each frame whose level reaches it, whoever is addressed; being
// listened at changes nothing.
static inline uint32_t dd_mesh_ear(const dd_domain *domain, dd_time start, bool explains) {
    if (!dd_stream_heard(&domain->engine->stream, DD_REC_AIR_HEARD)) return 0;
    const dd_air_tap *tap = &dd_world_of(domain)->tap;
    return (explains || start >= tap->from) && start < tap->until ? tap->ear : 0;
}

void dd_mesh_tell_heard(dd_domain *domain, const dd_air_frame *frame);

// What captures say of a frame: nothing of one that the addressed receiver got, else why not.
enum { DD_AIR_COMMENT = 160 };
size_t dd_mesh_comment(const dd_world *world, const dd_air_frame *frame,
                       char text[static DD_AIR_COMMENT]);

// Why a frame did not arrive, for people, as what follows "L-0002 lost it: "; `culprit` is its name
// or NULL.
void dd_loss_text(dd_loss loss, const char *culprit, char text[static DD_AIR_COMMENT]);

// A preset as captures name it.
dd_tap_phy dd_mesh_phy(const dd_radio_preset *preset, uint16_t channel);
