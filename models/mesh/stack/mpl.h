// Multicast in the mesh (MPL, RFC 7731): each forwarder repeats what is new to it, by a Trickle
// timer a message. Proactive forwarding of data messages only; there are no control messages, so
// nobody learns of a message that all its neighbours have done with.
#pragma once

#include "models/mesh/stack/trickle.h"

enum {
    DD_MPL_MESSAGES = 2, // being forwarded at once
    DD_MPL_WINDOW = 32,  // sequence numbers remembered
};

typedef struct dd_mpl_message {
    dd_trickle trickle;
    uint32_t buffer; // 0: none; holds the frame's payload
    uint8_t n;
    uint8_t sequence;
    uint8_t expirations;
} dd_mpl_message;

// The seed set has one entry: our meshes have one seed, the root.
typedef struct dd_mpl {
    dd_mpl_message messages[DD_MPL_MESSAGES];
    uint32_t window;  // bit i: newest - i has been received; 0: nothing yet
    uint32_t since_s; // when the newest was received
    uint8_t newest;
} dd_mpl;
