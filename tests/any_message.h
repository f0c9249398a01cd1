// Words and orders drawn by chance, all of their fields, for suites of the line's codecs.
#pragma once

#include "engine/random.h"
#include "models/controller/core/message.h"
#include "tests/any_calendar.h"

#include <stddef.h>
#include <string.h>

static uint32_t drawn; // so many octets have been

static inline void fill(void *to, size_t n) {
    for (uint8_t *octet = to; n; n--)
        *octet++ = (uint8_t)(dd_random(3, 1, 4, drawn++).v[0] >> 24);
}

static inline uint8_t upto(uint32_t most) {
    return (uint8_t)dd_uniform(dd_random(3, 1, 4, drawn++).v[0], most + 1);
}

static inline uint32_t below(uint32_t n) {
    return dd_uniform(dd_random(3, 1, 4, drawn++).v[0], n);
}

// A word full of noise, also in fields that nobody has told this test of; only how many entries
// there are makes sense.
static inline dd_word any_word(dd_word_kind kind) {
    dd_word word;
    fill(&word, offsetof(dd_word, readings));
    memset((char *)&word + offsetof(dd_word, readings), 0,
           sizeof word - offsetof(dd_word, readings));
    word.kind = (uint8_t)kind;
    word.entry_n = 0;
    switch (kind) {
    case DD_WORD_READINGS:
        word.entry_n = upto(DD_READINGS_MAX);
        fill(word.readings, word.entry_n * sizeof *word.readings);
        break;
    case DD_WORD_METER:
        word.entry_n = upto(DD_CORE_FEEDERS);
        fill(word.meters, word.entry_n * sizeof *word.meters);
        for (int i = 0; i < word.entry_n; i++)
            __builtin_clear_padding(&word.meters[i]);
        break;
    case DD_WORD_UPDATE:
        fill(&word.update, sizeof word.update);
        word.update.reverts = upto(1);
        __builtin_clear_padding(&word.update);
        break;
    case DD_WORD_FETCH:
        word.entry_n = upto(255);
        break;
    case DD_WORD_STATE:
        fill(&word.state, offsetof(dd_kept_state, due_n) + sizeof word.state.due_n);
        break;
    case DD_WORD_REVIEW:
    case DD_WORD_HELLO:
    case DD_WORD_ALIVE:
    case DD_WORD_CLOCK:
    case DD_WORD_EVENT:
    case DD_WORD_OUTCOME:
    case DD_WORD_KINDS:
        break;
    }
    __builtin_clear_padding(&word);
    return word;
}

static inline dd_order any_order(dd_order_kind kind) {
    dd_order order;
    fill(&order, offsetof(dd_order, lamps));
    memset((char *)&order + offsetof(dd_order, lamps), 0, sizeof order - offsetof(dd_order, lamps));
    order.kind = (uint8_t)kind;
    order.lamp_n = 0;
    switch (kind) {
    case DD_ORDER_READ:
    case DD_ORDER_OVERRIDE:
    case DD_ORDER_RESUME:
        order.lamp_n = upto(DD_ORDER_LAMPS);
        fill(order.lamps, order.lamp_n * sizeof *order.lamps);
        break;
    case DD_ORDER_CALENDAR:
        memset(&order, 0, offsetof(dd_order, lamps));
        order.kind = DD_ORDER_CALENDAR;
        fill(&order.number, sizeof order.number);
        fill(&order.group, sizeof order.group);
        order.calendar = any_calendar(below, DD_OFFSET_MOST_S);
        break;
    case DD_ORDER_UPDATE:
        fill(&order.update, sizeof order.update);
        break;
    case DD_ORDER_BLOCK:
        fill(&order.block.block, sizeof order.block.block);
        order.block.n = (uint16_t)(upto(255) + upto(1));
        fill(order.block.octets, order.block.n);
        break;
    case DD_ORDER_GROUP:
        fill(&order.members, sizeof order.members);
        break;
    case DD_ORDER_STATE:
    case DD_ORDER_ACK:
    case DD_ORDER_CLOCK:
    case DD_ORDER_POLL:
    case DD_ORDER_WELCOME:
    case DD_ORDER_KINDS:
        break;
    }
    __builtin_clear_padding(&order);
    return order;
}
