// The controller's own small randomness, for jitter only.
#pragma once

#include "models/controller/core/core.h"

// Uniform in 0..n-1 (0 when n is 0), by Marsaglia's xorshift32.
static inline uint32_t dd_core_draw(dd_core *core, uint32_t n) {
    uint32_t x = core->random;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    core->random = x;
    return (uint32_t)(((uint64_t)x * n) >> 32);
}
