// A board's wire given arbitrary octets. They give the same frames in one piece and in many, and a
// frame put on the wire anew is the same frame. Then the octets are a frame's, spoilt on the way in
// SPOILT ways that they themselves decide: what passes is what was sent. Each of those is also read
// as a Frame with its faults, as if its check had been right.
#include <string.h>

#include "hil/domdom.pb-c.h"
#include "hil/wire/frame.h"
#include "tests/fuzz/bytes.h"

enum { SPOILT = 64 }; // frames an input: tests/run_long_frames.sh counts on it

static void goes_round(const uint8_t *frame, size_t n) {
    static dd_deframer it;
    uint8_t wire[DD_FRAME_WIRE_MAX];
    const uint8_t *again;
    size_t again_n, wire_n = dd_frame_put(frame, n, wire);
    it = (dd_deframer){0};
    must(wire_n <= sizeof wire && memchr(wire, 0, wire_n) == wire + wire_n - 1);
    must(dd_deframer_take(&it, wire, wire_n, &again, &again_n) == wire_n);
    must(again && again_n == n && memcmp(again, frame, n) == 0);
}

static void check_pieces(const uint8_t *data, size_t size) {
    static dd_deframer whole, pieces;
    whole = pieces = (dd_deframer){0};
    for (size_t at = 0; at < size;) {
        const uint8_t *frame, *same = NULL;
        size_t n = 0, same_n = 0,
               taken = dd_deframer_take(&whole, data + at, size - at, &frame, &n);
        must(taken > 0 && taken <= size - at);
        for (size_t i = 0; i < taken; i++)
            must(dd_deframer_take(&pieces, data + at + i, 1, &same, &same_n) == 1);
        must(!frame == !same && (!frame || (n == same_n && memcmp(frame, same, n) == 0)));
        must(whole.garbled == pieces.garbled);
        if (frame) goes_round(frame, n);
        at += taken;
    }
}

static void read_frame(const uint8_t *octets, size_t n) {
    Hil__Frame *frame = hil__frame__unpack(NULL, n, octets);
    if (!frame) return;
    must(hil__frame__get_packed_size(frame) <= 10 * n + 10);
    hil__frame__free_unpacked(frame, NULL);
}

static uint32_t draw(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

// A bit turned, an octet changed, cut off, or left out.
static size_t spoil(uint8_t *octets, size_t n, uint32_t *random) {
    uint32_t how = draw(random);
    size_t at = draw(random) % n;
    switch (how % 4) {
    case 0:
        octets[at] ^= (uint8_t)(1u << (how >> 8) % 8);
        return n;
    case 1:
        octets[at] = (uint8_t)(how >> 8);
        return n;
    case 2:
        return at;
    default:
        memmove(octets + at, octets + at + 1, n - at - 1);
        return n - 1;
    }
}

static void check_spoilt(const uint8_t *octets, size_t n, uint32_t *random) {
    static dd_deframer it;
    uint8_t wire[DD_FRAME_WIRE_MAX], wrong[DD_FRAME_OCTETS];
    size_t wire_n = dd_frame_put(octets, n, wire), got_n;
    it = (dd_deframer){.n = 0};
    wire_n = spoil(wire, wire_n, random);
    for (size_t at = 0; at < wire_n;) {
        const uint8_t *got;
        at += dd_deframer_take(&it, wire + at, wire_n - at, &got, &got_n);
        must(!got || (got_n == n && memcmp(got, octets, n) == 0));
    }
    memcpy(wrong, octets, n);
    read_frame(wrong, spoil(wrong, n, random));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint32_t random = 2463534242u ^ (uint32_t)size;
    for (size_t i = 0; i < size; i++)
        random = random * 31 + data[i];
    random |= 1;
    check_pieces(data, size);
    size_t n = size < DD_FRAME_OCTETS - DD_FRAME_CHECK ? size : DD_FRAME_OCTETS - DD_FRAME_CHECK;
    if (n == 0) return 0;
    goes_round(data, n);
    read_frame(data, n);
    for (int i = 0; i < SPOILT; i++)
        check_spoilt(data, n, &random);
    return 0;
}
