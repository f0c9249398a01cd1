// Any octets from a line. Whatever is taken for a message is within its bounds, and says the same
// when it is written and read again.
#include <string.h>

#include "models/backhaul/wire.h"
#include "tests/fuzz/bytes.h"

static void take_word(const uint8_t *data, size_t size) {
    dd_word word, again;
    if (!dd_wire_get_word(data, size, &word)) return;
    must(word.kind > 0 && word.kind < DD_WORD_KINDS);
    must(word.entry_n <= DD_READINGS_MAX || word.kind == DD_WORD_FETCH);
    must(word.kind != DD_WORD_METER || word.entry_n <= DD_CORE_FEEDERS);
    uint8_t octets[DD_WIRE_MAX];
    size_t n = dd_wire_put_word(&word, octets);
    must(dd_wire_get_word(octets, n, &again));
    must(memcmp(&word, &again, sizeof word) == 0);
}

static void take_order(const uint8_t *data, size_t size) {
    dd_order order, again;
    if (!dd_wire_get_order(data, size, &order)) return;
    must(order.kind > 0 && order.kind < DD_ORDER_KINDS);
    must(order.lamp_n <= DD_ORDER_LAMPS);
    must(order.kind != DD_ORDER_BLOCK || order.block.n <= DD_LINE_BLOCK_OCTETS);
    uint8_t octets[DD_WIRE_MAX];
    size_t n = dd_wire_put_order(&order, octets);
    must(dd_wire_get_order(octets, n, &again));
    must(memcmp(&order, &again, sizeof order) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > DD_WIRE_MAX) return 0;
    take_word(data, size);
    take_order(data, size);
    return 0;
}
