#include "hil/wire/frame.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

// Bit by bit, as IEEE 802.3 (3.2.9) draws the register.
static uint32_t slow_check(const uint8_t *octets, size_t n) {
    uint32_t check = UINT32_MAX;
    for (size_t i = 0; i < n; i++)
        for (int bit = 0; bit < 8; bit++) {
            unsigned in = (check ^ octets[i] >> bit) & 1;
            check = check >> 1 ^ (in ? 0xEDB88320 : 0);
        }
    return ~check;
}

// Octet by octet, as the paper tells it (Cheshire & Baker, IEEE/ACM ToN 7(2), 1999, listing 1).
static size_t slow_stuff(const uint8_t *from, size_t n, uint8_t *to) {
    size_t code_at = 0, at = 1;
    for (size_t i = 0; i < n; i++) {
        if (from[i]) to[at++] = from[i];
        bool full = from[i] && at - code_at == 255;
        if (from[i] && (!full || i + 1 == n)) continue;
        to[code_at] = (uint8_t)(at - code_at);
        code_at = at++;
    }
    to[code_at] = (uint8_t)(at - code_at);
    to[at] = 0;
    return at + 1;
}

static void fill(uint8_t *octets, size_t n, int pattern) {
    uint32_t x = (uint32_t)n * 2654435761u + 1;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525 + 1013904223;
        uint8_t any = (uint8_t)(x >> 24);
        octets[i] =
            (uint8_t[]){0, (uint8_t)(any | 1), any, (uint8_t)(any < 250 ? any | 1 : 0)}[pattern];
    }
}

// What a deframer makes of octets that come so many at a time.
static size_t take(dd_deframer *it, const uint8_t *wire, size_t wire_n, size_t piece,
                   uint8_t frames[][DD_FRAME_OCTETS], size_t *lengths, size_t max) {
    size_t count = 0;
    for (size_t at = 0; at < wire_n;) {
        const uint8_t *frame;
        size_t n, room = wire_n - at < piece ? wire_n - at : piece;
        at += dd_deframer_take(it, wire + at, room, &frame, &n);
        if (!frame || count == max) continue;
        memcpy(frames[count], frame, n);
        lengths[count++] = n;
    }
    return count;
}

Test(board_frame, octets_of_an_example) {
    static const uint8_t expected[] = {0x0E, '1', '2',  '3',  '4',  '5',  '6', '7',
                                       '8',  '9', 0x26, 0x39, 0xF4, 0xCB, 0x00};
    uint8_t wire[DD_FRAME_WIRE_MAX];
    size_t n = dd_frame_put((const uint8_t *)"123456789", 9, wire);
    cr_assert(eq(sz, n, sizeof expected)); // 0xCBF43926 is this CRC's check value in catalogues
    cr_expect(memcmp(wire, expected, n) == 0);
}

Test(board_frame, as_the_paper_tells_it) {
    uint8_t octets[DD_FRAME_OCTETS], wire[DD_FRAME_WIRE_MAX], slow[DD_FRAME_WIRE_MAX + 8];
    for (int pattern = 0; pattern < 4; pattern++)
        for (size_t n = 0; n + DD_FRAME_CHECK <= DD_FRAME_OCTETS; n++) {
            fill(octets, n, pattern);
            size_t wire_n = dd_frame_put(octets, n, wire);
            uint32_t check = slow_check(octets, n);
            for (int i = 0; i < DD_FRAME_CHECK; i++)
                octets[n + (size_t)i] = (uint8_t)(check >> 8 * i);
            size_t slow_n = slow_stuff(octets, n + DD_FRAME_CHECK, slow);
            cr_assert(eq(sz, wire_n, slow_n), "%zu octets of pattern %d", n, pattern);
            cr_assert(memcmp(wire, slow, wire_n) == 0, "%zu octets of pattern %d", n, pattern);
            cr_assert(memchr(wire, 0, wire_n) == wire + wire_n - 1);
        }
}

Test(board_frame, comes_back_in_any_pieces) {
    static uint8_t octets[DD_FRAME_OCTETS], wire[8 * DD_FRAME_WIRE_MAX];
    static uint8_t got[8][DD_FRAME_OCTETS];
    static const size_t lengths[8] = {1, 2, 249, 250, 251, 253, 508, DD_FRAME_OCTETS - 4};
    for (int pattern = 0; pattern < 4; pattern++)
        for (size_t piece = 1; piece < 3000; piece = piece * 3 + 1) {
            dd_deframer it = {0};
            size_t wire_n = 0, got_n[8];
            for (size_t i = 0; i < 8; i++) {
                fill(octets, lengths[i], pattern);
                wire_n += dd_frame_put(octets, lengths[i], wire + wire_n);
            }
            cr_assert(eq(sz, take(&it, wire, wire_n, piece, got, got_n, 8), 8));
            for (size_t i = 0; i < 8; i++) {
                fill(octets, lengths[i], pattern);
                cr_assert(eq(sz, got_n[i], lengths[i]));
                cr_assert(memcmp(got[i], octets, got_n[i]) == 0);
            }
            cr_expect(eq(u64, it.garbled, 0));
        }
}

// Any burst of up to 32 bits is seen (the CRC's degree), unless it makes ends of frames: then what
// is between them fails.
Test(board_frame, no_spoilt_frame_passes) {
    static uint8_t got[4][DD_FRAME_OCTETS];
    uint8_t octets[300], wire[DD_FRAME_WIRE_MAX];
    fill(octets, sizeof octets, 2);
    size_t got_n[4], n = dd_frame_put(octets, sizeof octets, wire);
    for (size_t bit = 0; bit < 8 * (n - 1); bit++) {
        dd_deframer it = {0};
        wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_assert(eq(sz, take(&it, wire, n, n, got, got_n, 4), 0), "bit %zu", bit);
        cr_assert(it.garbled >= 1);
        wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t at = 0; at + 1 < n; at++) { // an octet that went missing
        dd_deframer it = {0};
        uint8_t less[DD_FRAME_WIRE_MAX];
        memcpy(less, wire, at);
        memcpy(less + at, wire + at + 1, n - at - 1);
        cr_assert(eq(sz, take(&it, less, n - 1, n, got, got_n, 4), 0), "octet %zu", at);
        cr_assert(eq(u64, it.garbled, 1));
    }
}

static size_t append(uint8_t *wire, size_t at, const char *text) {
    return at + dd_frame_put((const uint8_t *)text, strlen(text), wire + at);
}

Test(board_frame, right_again_after_the_next_end) {
    static uint8_t wire[6 * DD_FRAME_WIRE_MAX], got[4][DD_FRAME_OCTETS];
    size_t got_n[4], at = 0;
    dd_deframer it = {0};
    memset(wire, 0x55, at += 17); // came late, into the middle of something
    wire[at++] = 0;
    at = append(wire, at, "one");
    at = append(wire, at, "lost its end") - 1;
    at = append(wire, at, "swallowed");
    at = append(wire, at, "two");
    memset(wire + at, 1, 3 * DD_FRAME_WIRE_MAX); // too long
    wire[at += 3 * DD_FRAME_WIRE_MAX] = 0;
    at = append(wire, at + 1, "three");
    cr_assert(eq(sz, take(&it, wire, at, 100, got, got_n, 4), 3));
    cr_expect(memcmp(got[0], "one", 3) == 0 && got_n[0] == 3);
    cr_expect(memcmp(got[1], "two", 3) == 0 && got_n[1] == 3);
    cr_expect(memcmp(got[2], "three", 5) == 0 && got_n[2] == 5);
    cr_expect(eq(u64, it.garbled, 3));
}

Test(board_frame, ends_alone_are_no_frames) {
    static uint8_t got[2][DD_FRAME_OCTETS];
    uint8_t wire[DD_FRAME_WIRE_MAX + 30] = {0};
    size_t got_n[2], n = append(wire, 5, "x");
    dd_deframer it = {0};
    cr_expect(eq(sz, take(&it, wire, n + 20, 3, got, got_n, 2), 1));
    cr_expect(eq(u64, it.garbled, 0));
}

Test(board_frame, longer_than_any_frame) {
    static uint8_t wire[DD_FRAME_WIRE_MAX + 1], got[1][DD_FRAME_OCTETS];
    size_t got_n[1];
    for (size_t n = DD_FRAME_OCTETS - 1; n <= DD_FRAME_OCTETS + 4; n++) {
        // n octets of 0 but for the check, which is right, so that only their number is wrong.
        uint8_t octets[DD_FRAME_OCTETS + 8] = {0};
        uint32_t check = slow_check(octets, n - 4);
        for (size_t i = 0; i < 4; i++)
            octets[n - 4 + i] = (uint8_t)(check >> 8 * i);
        size_t wire_n = slow_stuff(octets, n, wire);
        dd_deframer it = {0};
        bool fits = n <= DD_FRAME_OCTETS;
        cr_expect(eq(sz, take(&it, wire, wire_n, wire_n, got, got_n, 1), fits), "%zu octets", n);
        cr_expect(eq(u64, it.garbled, !fits));
    }
}

Test(board_frame, too_short_for_a_check) {
    static uint8_t got[1][DD_FRAME_OCTETS];
    size_t got_n[1];
    // The last is four octets of 0: the right check of nothing.
    static const uint8_t wire[] = {1, 0, 4, 1, 2, 3, 0, 2, 9, 0, 0xFF, 0, 1, 1, 1, 1, 1, 0};
    dd_deframer it = {0};
    cr_expect(eq(sz, take(&it, wire, sizeof wire, 4, got, got_n, 1), 0));
    cr_expect(eq(u64, it.garbled, 5));
}
