// Counter-based randomness (Philox 4x32-10; Salmon et al., SC11): a draw is a pure function of
// (seed, entity, purpose, counter), so adding a lamp, a record or a thread changes nobody else's.
#pragma once

#include "engine/base.h"

typedef struct dd_random4 {
    uint32_t v[4];
} dd_random4;

// Four independent 32-bit words.
//   seed     the run's seed
//   entity   stable id (never an index) of the entity, or of a pair by dd_pair_id
//   purpose  one of the purposes of the model that draws
//   counter  the draw's number in that stream
dd_random4 dd_random(uint64_t seed, uint64_t entity, uint32_t purpose, uint64_t counter);

// Stable id of an unordered pair of entities; of an ordered one when `directed`.
uint64_t dd_pair_id(uint64_t a, uint64_t b, bool directed);

// A well-mixed 64-bit hash of a 64-bit word, and of bytes (for stable ids: hash of "type:id").
uint64_t dd_mix(uint64_t x);
uint64_t dd_hash_bytes(const void *bytes, size_t size, uint64_t seed);

// Uniform integer in [0, n), n >= 1, from one 32-bit word (bias below n / 2^32).
static inline uint32_t dd_uniform(uint32_t word, uint32_t n) {
    return (uint32_t)(((uint64_t)word * n) >> 32);
}

// Standard normal deviate in thousandths of sigma, from a table of 4,096 quantiles rounded to
// thousandths at start: |z| <= 3.7 sigma.
int32_t dd_normal_milli(uint32_t word);

// Exponential deviate of mean `mean` (same unit; >= 0) by a table of 4,096 quantiles.
int64_t dd_exponential(uint32_t word, int64_t mean);

// True with probability `ppm` millionths.
static inline bool dd_chance_ppm(uint32_t word, uint32_t ppm) {
    return dd_uniform(word, 1000000) < ppm;
}
