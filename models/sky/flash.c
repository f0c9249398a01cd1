#include "models/sky/flash.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/sky/climate.h"

#include <math.h>

enum { Z_MOST = 4000, Z_STEP = 50, Z_STEPS = 2 * Z_MOST / Z_STEP, FLASHES_BITS = 12 };
static const double SIGMA_LN = 0.605;

// -ln of 1/2 .. 1, in 2^-20: gaps need finer deviates than dd_exponential's, for a square sees
// lightning in few of its slots.
enum { LN_BITS = 20, LN_STEPS = 1024, LN_REST_BITS = 21, WORD_BITS = 32 };
static int32_t ln_table[LN_STEPS + 1];

static int32_t current_table[Z_STEPS + 1]; // by standard normal deviate, thousandths

__attribute__((constructor)) static void build_tables(void) {
    for (int i = 0; i <= LN_STEPS; i++)
        ln_table[i] = (int32_t)lrint(-log(0.5 + i * 0.5 / LN_STEPS) * (1 << LN_BITS));
    for (int i = 0; i <= Z_STEPS; i++) {
        double z = (i * Z_STEP - Z_MOST) / 1000.0;
        current_table[i] = (int32_t)lrint(DD_FLASH_MEDIAN_A * exp(SIGMA_LN * z));
    }
}

// An exponential deviate of that mean.
static int64_t gap_of(uint32_t word, int64_t mean) {
    const uint64_t half = 1ull << (WORD_BITS - 1);
    uint64_t u = (uint64_t)word + 1;
    int64_t halvings = 0;
    for (; u < half; u <<= 1)
        halvings++;
    uint64_t i = (u - half) >> LN_REST_BITS, rest = u & ((1ull << LN_REST_BITS) - 1);
    int64_t fall = i < LN_STEPS ? ln_table[i] - ln_table[i + 1] : 0;
    int64_t ln = halvings * ln_table[0] + ln_table[i] - (fall * (int64_t)rest >> LN_REST_BITS);
    return mean * ln >> LN_BITS;
}

uint32_t dd_flash_current_a(uint32_t word) {
    int32_t above = dd_normal_milli(word) + Z_MOST, i = above / Z_STEP;
    int32_t rise = current_table[i + 1] - current_table[i];
    return (uint32_t)(current_table[i] + rise * (above % Z_STEP) / Z_STEP);
}

dd_flashes dd_flashes_of(uint64_t seed, uint32_t storm, dd_square square, int64_t slot,
                         uint32_t per_million_km2) {
    const int64_t slot_ms = DD_SLOT_S * 1000;
    uint64_t place = (uint64_t)(uint32_t)square.column << 32 | (uint32_t)square.row;
    int64_t expected = (int64_t)per_million_km2 * DD_SQUARE_KM2;
    return (dd_flashes){.seed = seed,
                        .key = dd_pair_id(place, storm, true),
                        .counter = (uint64_t)slot << FLASHES_BITS,
                        .at_ms = slot * slot_ms,
                        .end_ms = (slot + 1) * slot_ms,
                        .gap_ms = expected ? slot_ms * 1000000 / expected : 0};
}

bool dd_flashes_next(dd_flashes *walk, dd_flash *flash) {
    enum { SQUARE_DM = DD_SQUARE_M * 10 };
    if (!walk->gap_ms) return false;
    dd_random4 w = dd_random(walk->seed, walk->key, DD_DRAW_STRIKE, walk->counter++);
    walk->at_ms += gap_of(w.v[0], walk->gap_ms);
    *flash = (dd_flash){.local_ms = walk->at_ms,
                        .x_dm = (uint16_t)dd_uniform(w.v[1], SQUARE_DM),
                        .y_dm = (uint16_t)dd_uniform(w.v[2], SQUARE_DM),
                        .current_a = dd_flash_current_a(w.v[3])};
    return walk->at_ms < walk->end_ms;
}
