#include "hil/kit/octets.h"

#include <pb_encode.h>

#ifndef PB_BUFFER_ONLY
#error "The kit takes messages from memory: compile it, and nanopb, with PB_BUFFER_ONLY"
#endif

// Where nanopb finds a number in the place of octets, it hands over a stream of its own on the
// stack, which would be gone when the octets are looked at: that has no mark.
static int mark;

pb_istream_t dd_octets_stream(const uint8_t *at, size_t n) {
    pb_istream_t stream = pb_istream_from_buffer(at, n);
    stream.callback = &mark;
    return stream;
}

bool dd_octets_field(pb_istream_t *in, pb_ostream_t *out, const pb_field_t *field) {
    dd_octets *it = field->pData;
    if (in) {
        *it = (dd_octets){in->state, (uint16_t)in->bytes_left};
        return in->callback == &mark;
    }
    return !out || it->n == 0 ||
           (pb_encode_tag_for_field(out, field) && pb_encode_string(out, it->at, it->n));
}
