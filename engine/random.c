#include "engine/random.h"

#include <math.h>
#include <string.h>

// Philox 4x32 with 10 rounds; multipliers and Weyl constants of Salmon et al. 2011, table 2.
dd_random4 dd_random(uint64_t seed, uint64_t entity, uint32_t purpose, uint64_t counter) {
    uint32_t c0 = (uint32_t)counter, c1 = (uint32_t)(counter >> 32) ^ purpose;
    uint32_t c2 = (uint32_t)entity, c3 = (uint32_t)(entity >> 32);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0;
        uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
        uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        uint32_t n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1;
        c3 = (uint32_t)p0;
        c0 = n0;
        c2 = n2;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return (dd_random4){{c0, c1, c2, c3}};
}

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
uint64_t dd_mix(uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

uint64_t dd_hash_bytes(const void *bytes, size_t size, uint64_t seed) {
    const uint8_t *at = bytes;
    uint64_t hash = dd_mix(seed ^ size);
    for (; size >= 8; size -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        hash = dd_mix(hash ^ word);
    }
    uint64_t tail = 0;
    memcpy(&tail, at, size);
    return dd_mix(hash ^ tail);
}

uint64_t dd_pair_id(uint64_t a, uint64_t b, bool directed) {
    if (!directed && b < a) {
        uint64_t swap = a;
        a = b;
        b = swap;
    }
    return dd_mix(dd_mix(a) + b);
}

// Deviates come from quantiles at the middles of 4,096 equal slices, rounded to thousandths, so
// that no digit that the C library's last bit could change ever reaches the state.
enum { QUANTILES = 4096 };
static int32_t normal_table[QUANTILES];
static int32_t exponential_table[QUANTILES]; // in 1/1024 of the mean

static double normal_below(double z) {
    return 0.5 * erfc(-z / sqrt(2));
}

// Inverse of the normal distribution by bisection: exact enough for thousandths, run once.
static double normal_quantile(double p) {
    double low = -8, high = 8;
    while (high - low > 1e-9) {
        double middle = (low + high) / 2;
        if (normal_below(middle) < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

__attribute__((constructor)) static void build_tables(void) {
    for (int i = 0; i < QUANTILES / 2; i++) {
        normal_table[i] = (int32_t)lrint(1000 * normal_quantile((i + 0.5) / QUANTILES));
        normal_table[QUANTILES - 1 - i] = -normal_table[i];
    }
    for (int i = 0; i < QUANTILES; i++)
        exponential_table[i] = (int32_t)lrint(-1024 * log1p(-(i + 0.5) / QUANTILES));
}

int32_t dd_normal_milli(uint32_t word) {
    return normal_table[word >> 20];
}

int64_t dd_exponential(uint32_t word, int64_t mean) {
    int32_t quantile = exponential_table[word >> 20];
    return mean / 1024 * quantile + mean % 1024 * quantile / 1024;
}
