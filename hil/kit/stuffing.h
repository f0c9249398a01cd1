// Frames on the wire as the kit makes and takes them: octets, their CRC-32 (IEEE 802.3), stuffed by
// COBS, then an octet 0. Nothing is buffered but the frame itself.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DD_STUFF_CHECK = 4 };

// Stuffs a frame and hands it to `write` piece by piece. Behind its n octets there must be room for
// DD_STUFF_CHECK more.
void dd_stuff(uint8_t *frame, size_t n,
              void (*write)(void *context, const uint8_t *octets, size_t n), void *context);

typedef struct dd_unstuffer {
    uint8_t *frame;      // where it goes
    uint16_t size, n;    // room there, check included; octets so far
    uint8_t begun, left; // the present run: its code, 0: none yet; octets yet to come
    bool spoilt;         // up to the next 0
} dd_unstuffer;

typedef enum dd_unstuffed {
    DD_UNSTUFFED_NOTHING, // it goes on
    DD_UNSTUFFED_FRAME,   // n octets without the check; the next octet begins another
    DD_UNSTUFFED_GARBLED, // too long, wrongly stuffed, or it failed its check
} dd_unstuffed;

dd_unstuffed dd_unstuff(dd_unstuffer *it, uint8_t octet);
void dd_unstuff_into(dd_unstuffer *it, uint8_t *frame, size_t size); // from a new frame on
