// The messages that cross the mesh, followed from end to end: who holds a copy, how far one came,
// why the last one was lost. Nodes know nothing of this: it rides beside the octets, for the
// records. While a station works on a copy, its message is the present one, and what is sent then
// belongs to it.
#pragma once

#include "models/mesh/mesh_record.h"

typedef struct dd_message {
    dd_time started;
    uint32_t lamp;    // entity of the node at the far end
    uint16_t holders; // of copies: queues, arrivals, whoever works on one
    uint8_t hops;
    bool up; // towards the controller
    bool delivered;
    uint8_t outcome; // dd_mesh_outcome of the last copy that was lost, and why:
    dd_mesh_loss loss;
} dd_message;

typedef struct dd_message_counts {
    uint64_t sent, delivered, lost;
} dd_message_counts;

typedef struct dd_messages {
    dd_pool all;      // dd_message
    uint32_t present; // handle of what is worked on, 0: of no message
    dd_message_counts counts;
} dd_messages;

void dd_messages_init(dd_messages *messages, dd_arena *arena);

// A new message: its copies are made until dd_message_end, which ends it at once when there are
// none. Returns its handle.
uint32_t dd_message_begin(dd_domain *domain, dd_messages *messages, uint32_t lamp, bool up);
void dd_message_end(dd_domain *domain, dd_messages *messages, uint32_t message);

// Work on a copy of `message` (0: of none) begins, and ends: it was, or still is, held by others.
static inline void dd_message_work(dd_messages *messages, uint32_t message) {
    messages->present = message;
}

// One more copy of the present message; returns its handle, for whoever holds that copy.
uint32_t dd_message_hold(dd_messages *messages);

// A copy is gone. The message ends with its last one: it was delivered, or lost.
void dd_message_let_go(dd_domain *domain, dd_messages *messages, uint32_t message);

// What becomes of copies; nothing for 0.
void dd_message_hop(dd_messages *messages, uint32_t message);
void dd_message_arrived(dd_domain *domain, dd_messages *messages, uint32_t message);
void dd_message_failed(dd_messages *messages, uint32_t message, const dd_mesh_loss *loss);
void dd_message_dropped(dd_messages *messages, uint32_t message, dd_drop drop, uint32_t node);
