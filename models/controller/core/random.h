// The controller's own small randomness, for jitter only.
#pragma once

#include "models/controller/core/core.h"

// The word that follows another in Marsaglia's xorshift32; neither is 0.
static inline uint32_t dd_xorshift(uint32_t x) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return x;
}

// Uniform in 0..n-1 (0 when n is 0).
static inline uint32_t dd_core_draw(dd_core *core, uint32_t n) {
    core->random = dd_xorshift(core->random);
    return (uint32_t)(((uint64_t)core->random * n) >> 32);
}
