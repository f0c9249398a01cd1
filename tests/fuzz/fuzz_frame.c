// A radio given arbitrary octets. What is read as a frame lies within them, and written again it is
// the same frame; a secured one is opened, by a cipher that takes any MIC for right.
#include <stdlib.h>
#include <string.h>

#include "models/mesh/stack/mac/security.h"
#include "tests/fuzz/bytes.h"

static bool decrypt(void *context, const dd_ccm *ccm) {
    uint8_t *mic = context;
    memcpy(ccm->to, ccm->from, ccm->n);
    memcpy(mic, ccm->from + ccm->n, ccm->mic_n);
    return true;
}

static void check_secured(const uint8_t *octets, const dd_frame *frame) {
    uint8_t clear[DD_FRAME_MAX], mic[DD_SECURITY_MIC];
    const dd_security_port port = {.context = mic, .decrypt = decrypt};
    uint32_t least = 1;
    dd_security_status status = dd_security_open(1, &port, octets, frame, 5, &least, clear);
    must((status == DD_SECURITY_SUCCESS) == (least > 1));
    if (status != DD_SECURITY_SUCCESS) return;
    must(frame->secured && frame->payload_n >= DD_SECURITY_OCTETS);
    const uint8_t *payload = octets + frame->payload_at + DD_SECURITY_HEADER;
    must(memcmp(clear, payload, frame->payload_n - DD_SECURITY_OCTETS) == 0);
}

static void check(const uint8_t *octets, uint8_t n) {
    dd_frame frame, again_read;
    uint8_t again[DD_FRAME_MAX];
    if (!dd_frame_read(&frame, octets, n)) return;
    must(frame.payload_at + frame.payload_n + DD_FCS == n);
    check_secured(octets, &frame);
    if (frame.type == DD_FRAME_IMMEDIATE_ACK) return;
    uint8_t at = dd_frame_open(again, &frame);
    must(at == frame.payload_at);
    memcpy(again + at, octets + at, frame.payload_n);
    must(dd_frame_close(again, (uint8_t)(at + frame.payload_n)) == n);
    must(dd_frame_read(&again_read, again, n));
    must(again_read.sequence == frame.sequence && again_read.ack_request == frame.ack_request);
    must(again_read.secured == frame.secured && again_read.pending == frame.pending);
    must(again_read.pan == frame.pan && again_read.source == frame.source);
    must(again_read.destination == frame.destination);
    must(memcmp(again + at, octets + at, frame.payload_n) == 0);
}

// Once as it is, and once with the right FCS, which chance would hardly ever find.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t n = size < UINT8_MAX ? (uint8_t)size : UINT8_MAX;
    check(data, n);
    if (n < DD_FCS) return 0;
    uint8_t *closed = malloc(n);
    memcpy(closed, data, n);
    check(closed, dd_frame_close(closed, n - DD_FCS));
    free(closed);
    return 0;
}
