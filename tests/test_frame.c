#include "models/mesh/stack/mac/frame.h"

#include "engine/base.h"
#include "models/mesh/stack/bytes.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

// Bit by bit, as the standard draws the register.
static uint16_t slow_fcs(const uint8_t *octets, size_t n) {
    uint16_t fcs = 0;
    for (size_t i = 0; i < n; i++)
        for (int bit = 0; bit < 8; bit++) {
            unsigned in = (fcs ^ octets[i] >> bit) & 1;
            fcs = (uint16_t)(fcs >> 1 ^ (in ? 0x8408 : 0));
        }
    return fcs;
}

Test(frame, fcs_of_the_standard) {
    // IEEE 802.15.4, 7.2.11: of an acknowledgement of sequence 0x56, bits in the order sent.
    cr_expect(eq(u16, dd_frame_fcs((const uint8_t[]){0x02, 0x00, 0x6A}, 3), 0x79E4));
    // The check value of this CRC in catalogues ("KERMIT").
    cr_expect(eq(u16, dd_frame_fcs((const uint8_t *)"123456789", 9), 0x2189));
}

Test(frame, fcs_of_any_length) {
    uint8_t octets[DD_FRAME_MAX];
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)(i * i + 3 * i + 0x81);
    for (size_t n = 0; n <= sizeof octets; n++)
        cr_expect(eq(u16, dd_frame_fcs(octets, n), slow_fcs(octets, n)), "%zu octets", n);
    // Each bit of each slice.
    for (size_t bit = 0; bit < 8 * 24; bit++) {
        memset(octets, 0, 24);
        octets[bit / 8] = (uint8_t)(1 << bit % 8);
        cr_expect(eq(u16, dd_frame_fcs(octets, 24), slow_fcs(octets, 24)), "bit %zu", bit);
    }
}

Test(frame, data_octets) {
    uint8_t octets[DD_FRAME_MAX];
    const dd_frame frame = {.sequence = 0x56,
                            .ack_request = true,
                            .pan = 0x2BAD,
                            .destination = 0x1234,
                            .source = 0xABCD};
    static const uint8_t expected[] = {0x61, 0x88, 0x56, 0xAD, 0x2B, 0x34, 0x12, 0xCD, 0xAB};
    cr_expect(eq(u8, dd_frame_open(octets, &frame), DD_FRAME_HEADER));
    cr_expect(eq(int, memcmp(octets, expected, sizeof expected), 0));
    octets[9] = 0x41;
    uint8_t n = dd_frame_close(octets, 10);
    dd_frame read;
    cr_assert(dd_frame_read(&read, octets, n));
    cr_expect(eq(u8, read.type, DD_FRAME_DATA));
    cr_expect(read.ack_request && !read.secured && !read.pending);
    cr_expect(eq(u8, read.sequence, 0x56));
    cr_expect(eq(u16, read.pan, 0x2BAD));
    cr_expect(eq(u16, read.destination, 0x1234));
    cr_expect(eq(u16, read.source, 0xABCD));
    cr_expect(eq(u8, read.payload_at, 9));
    cr_expect(eq(u8, read.payload_n, 1));
}

Test(frame, acknowledgement) {
    uint8_t octets[DD_FRAME_ACK];
    dd_frame read;
    dd_frame_ack(octets, 0x6A);
    cr_expect(eq(int, memcmp(octets, "\x02\x00\x6A\xE4\x79", 5), 0));
    cr_assert(dd_frame_read(&read, octets, DD_FRAME_ACK));
    cr_expect(eq(u8, read.type, DD_FRAME_IMMEDIATE_ACK));
    cr_expect(eq(u8, read.sequence, 0x6A));
}

Test(frame, one_wrong_bit) {
    uint8_t octets[DD_FRAME_MAX] = {0};
    dd_frame read;
    uint8_t at = dd_frame_open(octets, &(dd_frame){.pan = 1, .destination = 2, .source = 3});
    uint8_t n = dd_frame_close(octets, (uint8_t)(at + 20));
    cr_assert(dd_frame_read(&read, octets, n));
    for (int bit = 0; bit < 8 * n; bit++) {
        octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_expect(not(dd_frame_read(&read, octets, n)), "bit %d", bit);
        octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

// Every frame control there is: only those that the header promises are read.
Test(frame, kinds) {
    int data_n = 0, ack_n = 0;
    for (uint32_t control = 0; control <= 0xFFFF; control++) {
        uint8_t octets[32] = {0};
        dd_frame read;
        dd_put_le16(octets, (uint16_t)control);
        data_n += dd_frame_read(&read, octets, dd_frame_close(octets, 20));
        ack_n += dd_frame_read(&read, octets, dd_frame_close(octets, 3));
    }
    // Pending and acknowledgement request are free; secured frames have version 1, others both.
    cr_expect(eq(int, data_n, 4 * 3));
    cr_expect(eq(int, ack_n, 2));
}

Test(frame, lengths) {
    uint8_t octets[256] = {0};
    dd_frame read;
    for (uint8_t n = 0; n < 253; n++) {
        dd_put_le16(octets, 0x8841);
        uint8_t whole = dd_frame_close(octets, n);
        cr_expect(eq(int, dd_frame_read(&read, octets, whole),
                     n >= DD_FRAME_HEADER && whole <= DD_FRAME_MAX),
                  "%d octets", n);
    }
}
