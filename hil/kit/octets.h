// A string or octets in a message of nanopb's: they stay where they are, in the frame that came or
// with whoever sends them, and nothing is copied.
#pragma once

#include <pb.h>

typedef struct dd_octets {
    const uint8_t *at;
    uint16_t n;
} dd_octets;
