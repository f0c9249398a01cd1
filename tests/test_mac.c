// The MAC's decisions: backoffs, attempts, the queue, duplicates (IEEE 802.15.4-2020, 6.2.5.1,
// 6.7.2, 6.7.4).
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "models/mesh/stack/mac/mac.h"

static const dd_mac_figures figures = {
    .min_be = 3, .max_be = 5, .max_backoffs = 4, .max_retries = 3};

Test(mac, is_small) {
    cr_expect(le(sz, sizeof(dd_mac), 96));
}

Test(mac, queue_is_first_in_first_out_and_limited) {
    dd_mac mac;
    dd_mac_start(&mac, 7);
    cr_expect(eq(u32, dd_mac_first(&mac), 0));
    for (uint32_t round = 0; round < 5; round++) { // wherever the ring begins
        for (uint32_t i = 1; i <= DD_MAC_QUEUE; i++) {
            cr_expect(not(dd_mac_full(&mac)));
            cr_expect(eq(int, dd_mac_put(&mac, i), i == 1));
        }
        cr_expect(dd_mac_full(&mac));
        for (uint32_t i = 1; i <= DD_MAC_QUEUE; i++) {
            cr_expect(eq(u32, dd_mac_first(&mac), i));
            cr_expect(eq(u32, dd_mac_take(&mac), i));
        }
        dd_mac_put(&mac, 99);
        dd_mac_take(&mac);
    }
}

// NB 0 to 4, BE 3, 4, 5, 5, 5; the fifth busy CCA is a failure.
Test(mac, backs_off_as_the_standard_says) {
    dd_mac mac;
    dd_mac_start(&mac, 0);
    dd_mac_put(&mac, 1);
    dd_mac_begin(&mac, &figures);
    const uint32_t most[] = {7, 15, 31, 31, 31};
    for (int i = 0; i < 5; i++) {
        cr_expect(eq(u32, dd_mac_backoff(&mac, UINT32_MAX), most[i]));
        cr_expect(eq(u32, dd_mac_backoff(&mac, 0), 0));
        cr_expect(eq(int, dd_mac_busy(&mac, &figures), i < 4));
    }
}

Test(mac, backoffs_are_uniform) {
    dd_mac mac;
    dd_mac_start(&mac, 0);
    dd_mac_begin(&mac, &figures);
    int seen[8] = {0};
    for (uint32_t i = 0; i < 8192; i++)
        seen[dd_mac_backoff(&mac, i << 19)]++;
    for (int i = 0; i < 8; i++)
        cr_expect(eq(int, seen[i], 1024));
}

// One attempt and macMaxFrameRetries more, each with a CSMA/CA of its own.
Test(mac, repeats_three_times) {
    dd_mac mac;
    dd_mac_start(&mac, 0);
    dd_mac_put(&mac, 1);
    dd_mac_begin(&mac, &figures);
    for (int attempt = 1; attempt <= 4; attempt++) {
        cr_expect(eq(u8, mac.attempts, attempt));
        dd_mac_busy(&mac, &figures);
        cr_expect(eq(u8, mac.be, 4));
        cr_expect(eq(int, dd_mac_unanswered(&mac, &figures), attempt < 4));
        if (attempt < 4) cr_expect(eq(u8, mac.be, 3));
    }
}

static dd_frame frame_from(uint16_t source, uint8_t sequence) {
    return (dd_frame){.type = DD_FRAME_DATA,
                      .sequence = sequence,
                      .ack_request = true,
                      .pan = 5,
                      .destination = 2,
                      .source = source};
}

// Everything is believed.
static dd_mac_finding hear(dd_mac *mac, const dd_frame *frame, uint16_t address, uint16_t pan) {
    dd_mac_finding found = dd_mac_find(mac, frame, address, pan);
    if (found == DD_MAC_NEW) dd_mac_accept(mac, frame);
    return found;
}

Test(mac, knows_duplicates_by_source_and_sequence) {
    dd_mac mac;
    dd_mac_start(&mac, 0);
    dd_frame frame = frame_from(9, 1);
    cr_expect(eq(int, hear(&mac, &frame, 2, 5), DD_MAC_NEW));
    cr_expect(eq(int, hear(&mac, &frame, 2, 5), DD_MAC_DUPLICATE));
    dd_frame other = frame_from(8, 1);
    cr_expect(eq(int, hear(&mac, &other, 2, 5), DD_MAC_NEW));
    cr_expect(eq(int, hear(&mac, &frame, 2, 5), DD_MAC_DUPLICATE));
    frame.sequence = 2;
    cr_expect(eq(int, hear(&mac, &frame, 2, 5), DD_MAC_NEW));
    for (uint16_t source = 100; source < 100 + DD_MAC_SEEN; source++) {
        other.source = source;
        cr_expect(eq(int, hear(&mac, &other, 2, 5), DD_MAC_NEW));
    }
    cr_expect(eq(int, hear(&mac, &frame, 2, 5), DD_MAC_NEW), "forgotten by now");
}

Test(mac, minds_address_and_pan) {
    dd_mac mac;
    dd_mac_start(&mac, 0);
    dd_frame frame = frame_from(9, 1);
    cr_expect(eq(int, hear(&mac, &frame, 3, 5), DD_MAC_OTHERS));
    cr_expect(eq(int, hear(&mac, &frame, 2, 6), DD_MAC_OTHERS));
    frame.destination = DD_BROADCAST;
    cr_expect(eq(int, hear(&mac, &frame, 3, 5), DD_MAC_NEW));
    cr_expect(eq(int, hear(&mac, &frame, 3, 5), DD_MAC_DUPLICATE));
}

Test(mac, what_is_not_believed_is_not_remembered) {
    dd_mac mac;
    dd_mac_start(&mac, 0);
    dd_frame frame = frame_from(9, 1), forged = frame_from(9, 2);
    hear(&mac, &frame, 2, 5);
    cr_expect(eq(int, dd_mac_find(&mac, &forged, 2, 5), DD_MAC_NEW));
    cr_expect(eq(int, dd_mac_find(&mac, &forged, 2, 5), DD_MAC_NEW));
    cr_expect(eq(int, dd_mac_find(&mac, &frame, 2, 5), DD_MAC_DUPLICATE));
}
