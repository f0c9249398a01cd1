// Multicast in the mesh (MPL, RFC 7731): each forwarder repeats what is new to it, by a Trickle
// timer a message. Proactive forwarding of data messages only; there are no control messages, so
// whoever was deaf while all its neighbours repeated a message misses it.
#pragma once

#include "models/mesh/stack/rpl/trickle.h"

enum {
    DD_MPL_MESSAGES = 2, // being forwarded at once
    DD_MPL_WINDOW = 32,  // sequence numbers remembered
};

typedef struct dd_mpl_message {
    dd_trickle trickle;
    uint32_t buffer; // 0: none; holds a frame's payload
    uint8_t n;       // octets of it
    uint8_t sequence;
    uint8_t expirations;
} dd_mpl_message;

// The seed set has one entry: a mesh has one seed, its root.
typedef struct dd_mpl {
    dd_mpl_message messages[DD_MPL_MESSAGES];
    uint32_t window;  // bit i: newest - i has been received; 0: nothing yet
    uint32_t since_s; // when something was received last
    uint16_t seed;
    uint8_t newest;
} dd_mpl;

// Whether a message of this seed and sequence number is new; remembers it. Too old is not new.
bool dd_mpl_new(dd_mpl *mpl, int64_t now_us, uint16_t seed, uint8_t sequence);

// A message heard once more.
void dd_mpl_again(dd_mpl *mpl, uint8_t sequence);

// Keeps a frame's payload to be repeated. Without a buffer, it is not. The oldest makes room.
void dd_mpl_keep(dd_mpl *mpl, int64_t now_us, const dd_net_port *port, uint8_t sequence,
                 const uint8_t *octets, uint8_t n);

int64_t dd_mpl_deadline(const dd_mpl *mpl);

// A deadline has come: repeats what is due. `cookie` goes with the frames.
void dd_mpl_time(dd_mpl *mpl, int64_t now_us, const dd_net_port *port, uint32_t cookie);

// Forgets all messages and the seed.
void dd_mpl_stop(dd_mpl *mpl, const dd_net_port *port);
