#include "engine/random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

static void expect_words(dd_random4 got, const uint32_t want[4]) {
    for (int i = 0; i < 4; i++)
        cr_expect(eq(u32, got.v[i], want[i]), "word %d", i);
}

// The known answers that Random123 (D. E. Shaw Research) publishes for philox4x32 with 10 rounds.
// Its counter is {counter, entity} and its key the seed, low words first; the purpose is xored into
// the counter's high word.
Test(random, known_answers) {
    expect_words(dd_random(0, 0, 0, 0),
                 (uint32_t[]){0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    expect_words(dd_random(UINT64_MAX, UINT64_MAX, 0, UINT64_MAX),
                 (uint32_t[]){0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    expect_words(dd_random(0x299f31d0a4093822, 0x0370734413198a2e, 0, 0x85a308d3243f6a88),
                 (uint32_t[]){0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
    expect_words(dd_random(0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3, 0x243f6a88),
                 (uint32_t[]){0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

Test(random, every_key_changes_every_draw) {
    dd_random4 base = dd_random(1, 2, 3, 4);
    const dd_random4 others[] = {dd_random(2, 2, 3, 4),
                                 dd_random(1, 3, 3, 4),
                                 dd_random(1, 2, 4, 4),
                                 dd_random(1, 2, 3, 5),
                                 dd_random(1ull << 32 | 1, 2, 3, 4),
                                 dd_random(1, 1ull << 32 | 2, 3, 4)};
    for (size_t i = 0; i < DD_COUNT(others); i++)
        for (int word = 0; word < 4; word++)
            cr_expect(ne(u32, others[i].v[word], base.v[word]), "draw %zu word %d", i, word);
}

Test(random, pairs) {
    cr_expect(eq(u64, dd_pair_id(5, 9, false), dd_pair_id(9, 5, false)));
    cr_expect(ne(u64, dd_pair_id(5, 9, true), dd_pair_id(9, 5, true)));
    cr_expect(ne(u64, dd_pair_id(5, 9, false), dd_pair_id(5, 8, false)));
}

// The first outputs of SplitMix64 from states 0 and 1234567.
Test(random, mix_is_splitmix64) {
    cr_expect(eq(u64, dd_mix(0), 0xe220a8397b1dcdaf));
    cr_expect(eq(u64, dd_mix(1234567), 6457827717110365317u));
}

Test(random, hash_of_bytes) {
    const char *text = "lamp:L-0001 and some more";
    uint64_t whole = dd_hash_bytes(text, 25, 0);
    for (size_t size = 0; size < 25; size++)
        cr_expect(ne(u64, dd_hash_bytes(text, size, 0), whole));
    cr_expect(ne(u64, dd_hash_bytes(text, 25, 1), whole));
    cr_expect(ne(u64, dd_hash_bytes("\0", 1, 0), dd_hash_bytes("\0\0", 2, 0)));
    char moved[32] = " ";
    for (int i = 0; i < 25; i++)
        moved[i + 1] = text[i];
    cr_expect(eq(u64, dd_hash_bytes(moved + 1, 25, 0), whole)); // whatever its alignment
}

enum { DRAWS = 400000 };

static uint32_t draw(int i) {
    return dd_random(11, (uint64_t)i % 7, 1, (uint64_t)i / 7).v[i & 3];
}

Test(random, uniform) {
    enum { N = 10 };
    int seen[N] = {0};
    for (int i = 0; i < DRAWS; i++)
        seen[dd_uniform(draw(i), N)]++;
    double chi2 = 0, expected = DRAWS / (double)N;
    for (int i = 0; i < N; i++)
        chi2 += (seen[i] - expected) * (seen[i] - expected) / expected;
    cr_expect(lt(dbl, chi2, 27.9)); // 9 degrees of freedom, one in a thousand
    cr_expect(eq(u32, dd_uniform(UINT32_MAX, N), N - 1));
    cr_expect(zero(u32, dd_uniform(0, N)));
    cr_expect(zero(u32, dd_uniform(UINT32_MAX, 1)));
}

Test(random, chance) {
    int yes = 0;
    for (int i = 0; i < DRAWS; i++) {
        yes += dd_chance_ppm(draw(i), 250000);
        cr_assert(not(dd_chance_ppm(draw(i), 0)));
        cr_assert(dd_chance_ppm(draw(i), 1000000));
    }
    cr_expect(epsilon_eq(dbl, yes / (double)DRAWS, 0.25, 5 * sqrt(0.25 * 0.75 / DRAWS)));
}

// Moments of the standard normal: 0, 1, 0, 3, within five standard errors and what the table's
// slices cut off the tails.
Test(random, normal_moments) {
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
    for (int i = 0; i < DRAWS; i++) {
        double z = dd_normal_milli(draw(i)) / 1000.0;
        m1 += z / DRAWS, m2 += z * z / DRAWS, m3 += z * z * z / DRAWS, m4 += z * z * z * z / DRAWS;
    }
    cr_expect(epsilon_eq(dbl, m1, 0, 5 * sqrt(1.0 / DRAWS)));
    cr_expect(epsilon_eq(dbl, m2, 1, 5 * sqrt(2.0 / DRAWS) + 0.001));
    cr_expect(epsilon_eq(dbl, m3, 0, 5 * sqrt(15.0 / DRAWS)));
    cr_expect(epsilon_eq(dbl, m4, 3, 5 * sqrt(96.0 / DRAWS) + 0.01));
}

// Every quantile against the distribution itself: erfc must give the middle of its slice back.
Test(random, normal_quantiles) {
    for (uint32_t i = 0; i < 4096; i++) {
        double z = dd_normal_milli(i << 20) / 1000.0;
        double density = exp(-z * z / 2) / sqrt(2 * 3.14159265358979);
        double below = 0.5 * erfc(-z / sqrt(2));
        cr_assert(epsilon_eq(dbl, below, (i + 0.5) / 4096, 0.00051 * density + 1e-9), "slice %u",
                  i);
        cr_assert(eq(i32, dd_normal_milli(i << 20), -dd_normal_milli((4095 - i) << 20)));
    }
    cr_expect(le(i32, dd_normal_milli(UINT32_MAX), 3700));
}

Test(random, exponential_moments) {
    const int64_t mean = 7200;
    double m1 = 0, m2 = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = (double)dd_exponential(draw(i), mean * 1000000) / 1e6 / (double)mean;
        m1 += x / DRAWS, m2 += x * x / DRAWS;
    }
    cr_expect(epsilon_eq(dbl, m1, 1, 5 * sqrt(1.0 / DRAWS) + 0.001));
    cr_expect(epsilon_eq(dbl, m2, 2, 5 * sqrt(20.0 / DRAWS) + 0.01));
}

Test(random, exponential_ends) {
    cr_expect(zero(i64, dd_exponential(UINT32_MAX, 0)));
    cr_expect(zero(i64, dd_exponential(0, 1000)));
    // A century in nanoseconds does not overflow; ln(8192) = 9.01 means is the longest.
    int64_t century = 36500ll * 86400 * 1000000000;
    cr_expect(le(i64, dd_exponential(UINT32_MAX, century / 10), century));
    cr_expect(ge(i64, dd_exponential(UINT32_MAX, century / 10), century / 10 * 9));
    for (uint32_t i = 1; i < 4096; i++)
        cr_assert(le(i64, dd_exponential((i - 1) << 20, DRAWS), dd_exponential(i << 20, DRAWS)));
}
