// Sequence counters that begin anew when a node does (RFC 6550, 7.2): from 240 up to 255 once, then
// round and round in 0..127, so that a counter fresh from a restart counts as newer.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { DD_LOLLIPOP_START = 240, DD_LOLLIPOP_WINDOW = 16 };

static inline uint8_t dd_lollipop_next(uint8_t a) {
    return a == 127 ? 0 : (uint8_t)(a + 1);
}

// Whether a is newer than b. Circular counters too far apart to compare: neither is.
static inline bool dd_lollipop_newer(uint8_t a, uint8_t b) {
    if (a > 127 && b <= 127) return 256 + b - a > DD_LOLLIPOP_WINDOW;
    if (a <= 127 && b > 127) return 256 + a - b <= DD_LOLLIPOP_WINDOW;
    if (a > 127) return a > b && a - b <= DD_LOLLIPOP_WINDOW;
    uint8_t ahead = (uint8_t)(a - b) & 127;
    return ahead > 0 && ahead <= DD_LOLLIPOP_WINDOW;
}
