// What crosses lines: every field of every kind of message comes out as it went in, in the octets
// that any protobuf would write, and octets that are no message are refused.
#include "models/backhaul/wire.h"

#include "tests/any_message.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

Test(wire, words_come_out_as_they_went_in) {
    for (int kind = DD_WORD_HELLO; kind < DD_WORD_KINDS; kind++)
        for (int i = 0; i < 300; i++) {
            dd_word in = any_word((dd_word_kind)kind), out;
            uint8_t octets[DD_WIRE_MAX];
            size_t n = dd_wire_put_word(&in, octets);
            cr_assert(le(sz, n, DD_WIRE_MAX));
            memset(&out, 0xa5, sizeof out);
            cr_assert(dd_wire_get_word(octets, n, &out), "kind %d", kind);
            cr_assert(eq(int, memcmp(&in, &out, sizeof in), 0), "kind %d, number %d", kind, i);
        }
}

Test(wire, orders_come_out_as_they_went_in) {
    for (int kind = DD_ORDER_ACK; kind < DD_ORDER_KINDS; kind++)
        for (int i = 0; i < 300; i++) {
            dd_order in = any_order((dd_order_kind)kind), out;
            uint8_t octets[DD_WIRE_MAX];
            size_t n = dd_wire_put_order(&in, octets);
            cr_assert(le(sz, n, DD_WIRE_MAX));
            memset(&out, 0xa5, sizeof out);
            cr_assert(dd_wire_get_order(octets, n, &out), "kind %d", kind);
            cr_assert(eq(int, memcmp(&in, &out, sizeof in), 0), "kind %d, number %d", kind, i);
        }
}

// The fullest word and the fullest order, all numbers at their longest.
Test(wire, the_largest_message_fits_a_parcel) {
    dd_word word;
    memset(&word, 0xff, sizeof word);
    uint8_t octets[DD_WIRE_MAX];
    word.kind = DD_WORD_READINGS;
    word.entry_n = DD_READINGS_MAX;
    cr_expect(le(sz, dd_wire_put_word(&word, octets), DD_WIRE_MAX));
    word.kind = DD_WORD_METER;
    word.entry_n = DD_CORE_FEEDERS;
    cr_expect(le(sz, dd_wire_put_word(&word, octets), DD_WIRE_MAX));
    word.kind = DD_WORD_UPDATE;
    word.update.reverts = true;
    cr_expect(le(sz, dd_wire_put_word(&word, octets), DD_WIRE_MAX));
    dd_order order;
    memset(&order, 0xff, sizeof order);
    order.kind = DD_ORDER_BLOCK;
    order.block.n = DD_LINE_BLOCK_OCTETS;
    cr_expect(le(sz, dd_wire_put_order(&order, octets), DD_WIRE_MAX));
    order.kind = DD_ORDER_OVERRIDE;
    order.lamp_n = DD_ORDER_LAMPS;
    cr_expect(le(sz, dd_wire_put_order(&order, octets), DD_WIRE_MAX));
    order = (dd_order){.kind = DD_ORDER_CALENDAR,
                       .number = UINT32_MAX,
                       .group = UINT32_MAX,
                       .calendar = full_calendar()};
    cr_expect(le(sz, dd_wire_put_order(&order, octets), DD_WIRE_MAX));
}

// As the encoding's own page has it (protobuf.dev, "Encoding"): tags, varints, zigzag, fixed32.
Test(wire, the_octets_are_protobufs) {
    static const uint8_t known[] = {0x08, 0x06,                   // kind = 6: OUTCOME
                                    0x3d, 0x2a, 0x00, 0x00, 0x00, // number = 42
                                    0x48, 0x03,                   // value = -2
                                    0x50, 0x96, 0x01};            // done_n = 150
    dd_word word = {.kind = DD_WORD_OUTCOME, .number = 42, .value = -2, .done_n = 150}, out;
    uint8_t octets[DD_WIRE_MAX];
    cr_assert(eq(sz, dd_wire_put_word(&word, octets), sizeof known));
    cr_expect(eq(int, memcmp(octets, known, sizeof known), 0));
    cr_assert(dd_wire_get_word(known, sizeof known, &out));
    cr_expect(eq(int, memcmp(&word, &out, sizeof word), 0));
}

Test(wire, an_acknowledgement_is_short) {
    uint8_t octets[DD_WIRE_MAX];
    cr_expect(
        le(sz, dd_wire_put_order(&(dd_order){.kind = DD_ORDER_ACK, .sequence = 9}, octets), 7));
}

// A field that a later version has is passed over.
Test(wire, unknown_fields_are_passed_over) {
    static const uint8_t known[] = {0x08, 0x02, 0xf8, 0x07, 0x05}; // kind = 2, field 127 = 5
    dd_word word;
    cr_assert(dd_wire_get_word(known, sizeof known, &word));
    cr_expect(eq(u8, word.kind, DD_WORD_ALIVE));
}

static bool word_of(const uint8_t *octets, size_t n) {
    dd_word word;
    return dd_wire_get_word(octets, n, &word);
}

Test(wire, what_is_no_message_is_refused) {
    cr_expect(not(word_of(NULL, 0)), "nothing");
    cr_expect(not(word_of((const uint8_t[]){0x08, 0x00}, 2)), "no kind");
    cr_expect(not(word_of((const uint8_t[]){0x08, DD_WORD_KINDS}, 2)), "an unknown kind");
    cr_expect(not(word_of((const uint8_t[]){0x08, 0x82, 0x02}, 3)), "kind 258 is not kind 2");
    cr_expect(not(word_of((const uint8_t[]){0x08}, 1)), "cut short");
    cr_expect(not(word_of((const uint8_t[]){0x08, 0x04, 0x6a, 0x7f, 0x08}, 5)), "too long inside");
    uint8_t octets[DD_WIRE_MAX] = {0x08, DD_WORD_READINGS};
    for (int i = 0; i <= DD_READINGS_MAX; i++)
        octets[2 + 2 * i] = 0x6a; // an empty reading
    cr_expect(word_of(octets, 2 + 2 * DD_READINGS_MAX));
    cr_expect(not(word_of(octets, 2 + 2 * (DD_READINGS_MAX + 1))), "one reading too many");
    octets[1] = DD_WORD_ALIVE;
    cr_expect(not(word_of(octets, 4)), "readings in a word that has none");
    for (size_t i = 2; i < sizeof octets; i += 2)
        octets[i] = 0x6a;
    cr_expect(not(word_of(octets, sizeof octets)), "more than there is memory for");
}

// Octets cut off or changed anywhere are either refused or another message, never a crash; and
// noise hardly ever is a message.
Test(wire, noise) {
    uint32_t good = 0;
    for (int i = 0; i < 20000; i++) {
        uint8_t octets[DD_WIRE_MAX];
        size_t n = upto(250);
        fill(octets, n);
        dd_order order;
        good += dd_wire_get_order(octets, n, &order);
    }
    cr_expect(lt(u32, good, 200));
}
