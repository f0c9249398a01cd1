// Frames of the mesh taken apart: their MAC header (IEEE 802.15.4, clause 7).
#include "hil/text/message_fields.h"

#include "models/mesh/stack/mac/frame.h"

#include <string.h>

void dd_fields_add_air(dd_message_fields *fields, const uint8_t *octets, size_t n) {
    uint8_t whole[DD_FRAME_MAX];
    dd_frame frame;
    if (n > DD_FRAME_MAX - DD_FCS) {
        dd_fields_add_octets(fields, "no frame", octets, n);
        return;
    }
    memcpy(whole, octets, n);
    uint8_t whole_n = dd_frame_close(whole, (uint8_t)n);
    if (!dd_frame_read(&frame, whole, whole_n)) {
        dd_fields_add_octets(fields, "no frame", octets, n);
        return;
    }
    dd_fields_add_plain(fields, "type", frame.type == DD_FRAME_DATA ? "data" : "acknowledgement");
    dd_fields_add(fields, "sequence", DD_UNIT_ID, frame.sequence);
    if (frame.type != DD_FRAME_DATA) return;
    dd_fields_add(fields, "pan", DD_UNIT_NUMBER, frame.pan);
    dd_fields_add(fields, "destination", DD_UNIT_NUMBER, frame.destination);
    dd_fields_mark(fields);
    dd_fields_add(fields, "source", DD_UNIT_NUMBER, frame.source);
    if (frame.secured) dd_fields_add(fields, "secured", DD_UNIT_NUMBER, 1);
    dd_fields_add_octets(fields, "payload", whole + frame.payload_at, frame.payload_n);
}
