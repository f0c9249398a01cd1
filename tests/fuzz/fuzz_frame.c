// A radio given arbitrary octets. What is read as a frame lies within them, and written again it is
// the same frame.
#include <stdlib.h>
#include <string.h>

#include "models/mesh/stack/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth) {
    if (!truth) abort();
}

static void check(const uint8_t *octets, uint8_t n) {
    dd_frame frame, again_read;
    uint8_t again[DD_FRAME_MAX];
    if (!dd_frame_read(&frame, octets, n)) return;
    must(frame.payload_at + frame.payload_n + DD_FCS == n);
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
