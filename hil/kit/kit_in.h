// What a board hears: frames from the wire, counted and numbered; and what it hears while its
// firmware waits. Of the kit's own.
#pragma once

#include "hil/kit/kit.h"

#include <pb_decode.h>

// The next frame that is to be heeded, from those laid aside or, after waiting, from the wire, in
// kit->in; and what leads it. False: none yet.
bool dd_kit_hear(dd_kit *kit, uint32_t wait_us, hil_Frame *head);

// The messages of a frame, one after the other; *sense: whether this one could be read. False:
// there are no more.
typedef struct dd_kit_messages {
    pb_istream_t stream;
} dd_kit_messages;
dd_kit_messages dd_kit_messages_of(const uint8_t *octets, size_t n);
bool dd_kit_next(dd_kit_messages *messages, hil_Message *message, bool *sense);

// What the firmware waits for within a message's handler.
typedef struct dd_kit_want {
    uint32_t token;  // StoreData with it; 0: to be let go on saying something
    uint8_t *octets; // where its n octets go; n 0: whether it was done
    uint32_t n;
} dd_kit_want;

// Waits for it. What else comes is laid aside. False: not done, or the session is over.
bool dd_kit_await(dd_kit *kit, const dd_kit_want *want);
