#include "hil/kit/octets.h"

#include <pb_decode.h>
#include <pb_encode.h>

bool dd_octets_field(pb_istream_t *in, pb_ostream_t *out, const pb_field_t *field) {
    dd_octets *it = field->pData;
    if (in) {
        *it = (dd_octets){in->state, (uint16_t)in->bytes_left};
        return true;
    }
    return !out || it->n == 0 ||
           (pb_encode_tag_for_field(out, field) && pb_encode_string(out, it->at, it->n));
}
