// What the air tells of itself: its stations' doings as records, for whoever asks a run afterwards
// (models/mesh/air/mesh_record.h has the records). It follows what happens and touches nothing of
// it.
#pragma once

#include "engine/engine.h"
#include "engine/pool.h"

struct dd_air;
struct dd_datagram;
struct dd_frame_end;
struct dd_notice;

typedef struct dd_log_station {
    dd_time started;   // switched on
    uint32_t messages; // under way to or from this lamp: handle of the first
    uint32_t receiver; // of its last frame that was lost, and whose fault that was: entities
    uint32_t culprit;
    uint32_t retries; // so far
    uint32_t busy;    // CCAs that found the channel so
    uint8_t loss;     // dd_loss of its last frame; DD_LOSS_NONE: it arrived
} dd_log_station;

// A confirmed pair of stations' counters.
typedef struct dd_log_link {
    uint32_t sender, receiver; // stations; 0: free
    uint32_t attempts, acknowledged;
} dd_log_link;

// The message to all lamps of a segment that was sent last.
typedef struct dd_log_group {
    uint16_t id; // CoAP's
    uint32_t reached, around;
    dd_time sent, last;
} dd_log_group;

typedef struct dd_message_counts {
    uint64_t sent, delivered, lost; // sent again under one CoAP message id: one message
} dd_message_counts;

typedef struct dd_air_log {
    dd_arena *arena;
    dd_log_station *stations; // [1 .. station_n]
    dd_pool messages;
    dd_log_group *groups; // by segment of the air
    dd_log_link *links;   // a table by hash; only when somebody listens to them
    uint32_t link_n, link_capacity;
    dd_message_counts counts;
} dd_air_log;

void dd_air_log_init(dd_air_log *log, dd_arena *arena, uint32_t station_n, uint32_t segment_n);

// --- As it happens; `station` does it ---

void dd_air_log_power(dd_domain *domain, struct dd_air *air, uint32_t station, bool on);

// A frame has ended: data or acknowledgement.
void dd_air_log_frame(dd_domain *domain, struct dd_air *air, const struct dd_frame_end *end);

void dd_air_log_busy(struct dd_air *air, uint32_t station);

// The application gives a message to the mesh: `payload` is a CoAP message, by whose id it is known
// again. Of groups only those from a controller are followed.
void dd_air_log_sent(dd_domain *domain, struct dd_air *air, uint32_t station, uint16_t destination,
                     const uint8_t *payload, uint16_t n);

// A datagram has come to its end.
void dd_air_log_arrived(dd_domain *domain, struct dd_air *air, uint32_t station,
                        const struct dd_datagram *datagram);

// What a network layer gives notice of.
void dd_air_log_notice(dd_domain *domain, struct dd_air *air, uint32_t station,
                       const struct dd_notice *notice);

// A node refused a frame that claims to be from this address of its PAN; `reason` is a
// dd_mesh_refusal.
void dd_air_log_refused(dd_domain *domain, struct dd_air *air, uint32_t station, int reason,
                        uint16_t sender);

// --- Now and then ---

// The place of every node in the tree: when the network is there as the run begins.
void dd_air_log_places(dd_domain *domain, struct dd_air *air);

// Counters so far: every hour, and at the end.
void dd_air_log_counters(dd_domain *domain, struct dd_air *air);
