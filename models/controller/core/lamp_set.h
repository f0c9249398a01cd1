// A set of lamps of one segment, by their numbers 1..DD_SEGMENT_LAMPS_MAX.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { DD_LAMP_SET_WORDS = 8 };

typedef struct dd_lamp_set {
    uint32_t bits[DD_LAMP_SET_WORDS]; // lamp n is bit (n - 1) % 32 of word (n - 1) / 32
} dd_lamp_set;

static inline void dd_lamp_set_add(dd_lamp_set *set, uint16_t lamp) {
    set->bits[(lamp - 1) >> 5] |= 1u << ((lamp - 1) & 31);
}

static inline void dd_lamp_set_remove(dd_lamp_set *set, uint16_t lamp) {
    set->bits[(lamp - 1) >> 5] &= ~(1u << ((lamp - 1) & 31));
}

static inline bool dd_lamp_set_has(const dd_lamp_set *set, uint16_t lamp) {
    return (set->bits[(lamp - 1) >> 5] >> ((lamp - 1) & 31)) & 1;
}

static inline void dd_lamp_set_join(dd_lamp_set *set, const dd_lamp_set *other) {
    for (int i = 0; i < DD_LAMP_SET_WORDS; i++)
        set->bits[i] |= other->bits[i];
}

static inline void dd_lamp_set_subtract(dd_lamp_set *set, const dd_lamp_set *other) {
    for (int i = 0; i < DD_LAMP_SET_WORDS; i++)
        set->bits[i] &= ~other->bits[i];
}

static inline bool dd_lamp_set_empty(const dd_lamp_set *set) {
    uint32_t any = 0;
    for (int i = 0; i < DD_LAMP_SET_WORDS; i++)
        any |= set->bits[i];
    return any == 0;
}

static inline uint16_t dd_lamp_set_count(const dd_lamp_set *set) {
    int n = 0;
    for (int i = 0; i < DD_LAMP_SET_WORDS; i++)
        for (uint32_t bits = set->bits[i]; bits; bits &= bits - 1) // each round takes one away
            n++;
    return (uint16_t)n;
}

// The first lamp in the set after `lamp` (0: from the beginning), going round; 0 when it is empty.
static inline uint16_t dd_lamp_set_after(const dd_lamp_set *set, uint16_t lamp) {
    uint32_t word = lamp >> 5 & (DD_LAMP_SET_WORDS - 1);
    uint32_t bits = set->bits[word] & (~0u << (lamp & 31));
    for (int i = 0; i <= DD_LAMP_SET_WORDS; i++) {
        if (bits) return (uint16_t)(word * 32 + (uint32_t)__builtin_ctz(bits) + 1);
        word = (word + 1) & (DD_LAMP_SET_WORDS - 1);
        bits = set->bits[word];
    }
    return 0;
}
