// A string or octets in a message of nanopb's: they stay where they are, in the frame that came or
// with whoever sends them, and nothing is copied.
#pragma once

#include <pb_decode.h>

typedef struct dd_octets {
    const uint8_t *at;
    uint16_t n;
} dd_octets;

// A stream of these octets, to decode messages from that hold some (with PB_BUFFER_ONLY).
pb_istream_t dd_octets_stream(const uint8_t *at, size_t n);

// How nanopb writes them, and finds them: the callback of messages that have any.
bool dd_octets_field(pb_istream_t *in, pb_ostream_t *out, const pb_field_t *field);
