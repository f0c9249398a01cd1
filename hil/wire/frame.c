#include "hil/wire/frame.h"

#include <string.h>
#include <zlib.h>

static uint32_t check_of(const uint8_t *octets, size_t n) {
    return (uint32_t)crc32(0, octets, (uInt)n);
}

// Runs of octets other than 0, each led by its length and one; a run of 254 has no 0 after it.
static size_t stuff(const uint8_t *from, size_t n, uint8_t *to) {
    uint8_t *begin = to;
    const uint8_t *end = from + n;
    for (bool more = true; more;) {
        size_t room = (size_t)(end - from) < 254 ? (size_t)(end - from) : 254;
        const uint8_t *zero = room ? memchr(from, 0, room) : NULL;
        size_t run = zero ? (size_t)(zero - from) : room;
        *to = (uint8_t)(run + 1);
        memcpy(to + 1, from, run);
        to += run + 1;
        from += run + (zero ? 1 : 0);
        more = zero || from < end;
    }
    *to++ = 0;
    return (size_t)(to - begin);
}

// False: a run leads beyond the end, or what comes out is too long.
static bool unstuff(const uint8_t *from, size_t n, uint8_t *to, size_t *out_n) {
    const uint8_t *end = from + n;
    size_t got = 0;
    while (from < end) {
        size_t run = *from++ - 1u;
        if (run > (size_t)(end - from) || got + run > DD_FRAME_OCTETS) return false;
        memcpy(to + got, from, run);
        got += run;
        from += run;
        if (run < 254 && from < end) {
            if (got == DD_FRAME_OCTETS) return false;
            to[got++] = 0;
        }
    }
    *out_n = got;
    return true;
}

size_t dd_frame_put(const uint8_t *octets, size_t n, uint8_t wire[static DD_FRAME_WIRE_MAX]) {
    uint8_t frame[DD_FRAME_OCTETS];
    uint32_t check = check_of(octets, n);
    memcpy(frame, octets, n);
    for (int i = 0; i < DD_FRAME_CHECK; i++)
        frame[n + (size_t)i] = (uint8_t)(check >> 8 * i);
    return stuff(frame, n + DD_FRAME_CHECK, wire);
}

// Nothing at all has a check of 0, so that four octets of 0 would be a frame of no octets: a spoilt
// frame that begins with some must not pass for it.
static bool whole(dd_deframer *it, size_t *n) {
    if (!unstuff(it->wire, it->n, it->frame, n) || *n <= DD_FRAME_CHECK) return false;
    *n -= DD_FRAME_CHECK;
    uint32_t check = 0;
    for (int i = 0; i < DD_FRAME_CHECK; i++)
        check |= (uint32_t)it->frame[*n + (size_t)i] << 8 * i;
    return check == check_of(it->frame, *n);
}

static void keep(dd_deframer *it, const uint8_t *wire, size_t n) {
    if (it->skipping) return;
    it->skipping = n > sizeof it->wire - it->n;
    if (it->skipping) return;
    memcpy(it->wire + it->n, wire, n);
    it->n += n;
}

size_t dd_deframer_take(dd_deframer *it, const uint8_t *wire, size_t wire_n, const uint8_t **frame,
                        size_t *n) {
    const uint8_t *end = memchr(wire, 0, wire_n);
    size_t run = end ? (size_t)(end - wire) : wire_n;
    *frame = NULL;
    keep(it, wire, run);
    if (!end) return run;
    bool empty = it->n == 0 && !it->skipping; // nothing between two ends: a flush
    if (!it->skipping && !empty && whole(it, n)) *frame = it->frame;
    it->garbled += !empty && !*frame;
    it->n = 0;
    it->skipping = false;
    return run + 1;
}
