// The firmware's codec of the line (nanopb) and the twin's (protobuf-c): the same octets out, the
// same messages in, and the same judgement of what is none.
#include "hil/firmware/line_codec.h"
#include "models/backhaul/wire.h"
#include "tests/any_message.h"

#include <criterion/criterion.h>

Test(firmware_wire, words_are_the_same_octets) {
    for (int kind = DD_WORD_HELLO; kind < DD_WORD_KINDS; kind++)
        for (int i = 0; i < 300; i++) {
            dd_word word = any_word((dd_word_kind)kind);
            uint8_t twin[DD_WIRE_MAX], board[DD_LINE_OCTETS];
            size_t n = dd_wire_put_word(&word, twin);
            cr_assert_eq(dd_line_put_word(&word, board), n, "kind %d", kind);
            cr_assert_eq(memcmp(twin, board, n), 0, "kind %d, number %d", kind, i);
        }
}

Test(firmware_wire, words_of_zeros_are_the_same_octets) {
    for (int kind = DD_WORD_HELLO; kind < DD_WORD_KINDS; kind++) {
        dd_word word = {.kind = (uint8_t)kind, .entry_n = kind == DD_WORD_METER ? 4 : 0};
        uint8_t twin[DD_WIRE_MAX], board[DD_LINE_OCTETS];
        size_t n = dd_wire_put_word(&word, twin);
        cr_assert_eq(dd_line_put_word(&word, board), n, "kind %d", kind);
        cr_assert_eq(memcmp(twin, board, n), 0, "kind %d", kind);
    }
}

// Whether the twin takes it, and whether the board does; what both take is the same to both.
typedef struct takers {
    bool twin, board;
} takers;

static takers takers_of(const uint8_t *octets, size_t n) {
    dd_order twin, board;
    memset(&twin, 0xA5, sizeof twin);
    memset(&board, 0x5A, sizeof board);
    takers they = {dd_wire_get_order(octets, n, &twin), dd_line_get_order(octets, n, &board)};
    if (they.twin && they.board)
        cr_assert_eq(memcmp(&twin, &board, sizeof twin), 0, "kind %d", twin.kind);
    return they;
}

Test(firmware_wire, orders_are_the_same) {
    for (int kind = DD_ORDER_ACK; kind < DD_ORDER_KINDS; kind++)
        for (int i = 0; i < 300; i++) {
            dd_order order = any_order((dd_order_kind)kind);
            uint8_t octets[DD_WIRE_MAX];
            takers they = takers_of(octets, dd_wire_put_order(&order, octets));
            cr_assert(they.twin && they.board, "kind %d", kind);
        }
}

// An octet changed, or the end cut off: what the board takes, the twin takes. It refuses besides
// what no codec writes: numbers too long for their type, which protobuf-c cuts, and lists too long
// for their kind in messages of another.
Test(firmware_wire, spoilt_orders_are_judged_alike) {
    int taken = 0, refused = 0, apart = 0;
    for (int kind = DD_ORDER_ACK; kind < DD_ORDER_KINDS; kind++)
        for (int i = 0; i < 3000; i++) {
            dd_order order = any_order((dd_order_kind)kind);
            uint8_t octets[DD_WIRE_MAX];
            size_t n = dd_wire_put_order(&order, octets);
            if (below(4) == 0)
                n = below((uint32_t)n);
            else
                octets[below((uint32_t)n)] ^= (uint8_t)(1 << below(8));
            takers they = takers_of(octets, n);
            cr_assert(they.twin || !they.board, "kind %d, number %d", kind, i);
            taken += they.twin && they.board;
            refused += !they.twin && !they.board;
            apart += they.twin != they.board;
        }
    cr_expect(taken > 10000 && refused > 10000 && apart < 720, "%d taken, %d refused, %d apart",
              taken, refused, apart);
}
