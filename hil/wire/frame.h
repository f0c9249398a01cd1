// Frames on a board's wire: octets, their CRC-32 (IEEE 802.3, least octet first), all of it stuffed
// by COBS (Cheshire & Baker 1999), then an octet 0. Nothing else contains a 0, so that a receiver
// that comes late, or has lost octets, is right again from the next one on.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DD_FRAME_CHECK = 4,
    DD_FRAME_OCTETS = 1024, // of a frame at most, before stuffing, check included
    DD_FRAME_WIRE_MAX = DD_FRAME_OCTETS + DD_FRAME_OCTETS / 254 + 2, // ... and on the wire
};

// Stuffs a frame of 1 <= n <= DD_FRAME_OCTETS - DD_FRAME_CHECK octets; returns its octets on the
// wire.
size_t dd_frame_put(const uint8_t *octets, size_t n, uint8_t wire[static DD_FRAME_WIRE_MAX]);

// Puts frames together from pieces of a stream. All zero: nothing has come yet.
typedef struct dd_deframer {
    uint8_t wire[DD_FRAME_WIRE_MAX]; // of the frame that is not over yet
    size_t n;
    bool skipping; // it was too long: up to the next 0
    uint64_t
        garbled; // frames that were too long or too short, wrongly stuffed or failed their check
    uint8_t frame[DD_FRAME_OCTETS];
} dd_deframer;

// Takes octets up to the end of a frame; returns how many. *frame is that frame, without its check,
// until the next call, and *n its length; NULL: no whole, right frame has ended yet.
size_t dd_deframer_take(dd_deframer *deframer, const uint8_t *wire, size_t wire_n,
                        const uint8_t **frame, size_t *n);
