// A fuzzer's entry, its way to say what must hold, and its input read piece by piece: what is no
// longer there is zero.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(bool truth) {
    if (!truth) abort();
}

typedef struct bytes {
    const uint8_t *at, *end;
} bytes;

static inline void take(bytes *in, void *to, size_t n) {
    size_t left = (size_t)(in->end - in->at);
    memset(to, 0, n);
    memcpy(to, in->at, n < left ? n : left);
    in->at += n < left ? n : left;
}

static inline uint8_t byte(bytes *in) {
    uint8_t value;
    take(in, &value, 1);
    return value;
}

static inline uint16_t word(bytes *in) {
    uint16_t value;
    take(in, &value, 2);
    return value;
}
