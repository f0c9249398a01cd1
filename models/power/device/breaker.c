#include "models/power/device/breaker.h"
#include "engine/random.h"
#include "models/kind.h"

#include <math.h>

enum { FULL_PPM = 1000000 }; // the heat that trips

// --- Bands of IEC 60898-1 ---

typedef struct band {
    uint16_t least_pm, most_pm;
} band;

static const band conventional = {1130, 1450};

static band magnetic_band(uint8_t curve) {
    switch (curve) {
    case 'B':
        return (band){3000, 5000};
    case 'D':
        return (band){10000, 14000};
    default:
        return (band){5000, 10000};
    }
}

// Strictly inside: at its ends the standard says what must happen.
static uint16_t within(band it, bool spread, uint32_t word) {
    uint32_t width = it.most_pm - it.least_pm;
    return (uint16_t)(it.least_pm + (spread ? 1 + dd_uniform(word, width - 1) : width / 2));
}

dd_breaker dd_breaker_make(const dd_breaker_def *def) {
    dd_random4 draw = dd_random(def->seed, def->stable, DD_DRAW_BREAKER, 0);
    return (dd_breaker){.rated_a = def->rated_a,
                        .thermal_pm = within(conventional, def->spread, draw.v[0]),
                        .magnetic_pm = within(magnetic_band(def->curve), def->spread, draw.v[1])};
}

uint32_t dd_breaker_magnetic_ma(const dd_breaker *breaker) {
    return (uint32_t)breaker->rated_a * breaker->magnetic_pm;
}

uint32_t dd_breaker_least_magnetic_ma(uint8_t rated_a, uint8_t curve) {
    return (uint32_t)rated_a * magnetic_band(curve).least_pm;
}

// --- The thermal image ---

// exp(-i / 64) in units of 2^-30, for i to 16 * 64: the rest is nothing.
enum { DECAY_STEPS = 64, DECAY_END = 16 * DECAY_STEPS };
static uint32_t decay_table[DECAY_END + 1];

__attribute__((constructor)) static void build_table(void) {
    for (int i = 0; i <= DECAY_END; i++)
        decay_table[i] = (uint32_t)lrint(exp(-(double)i / DECAY_STEPS) * (1 << 30));
}

// What is left of 1 after `lasts`, in units of 2^-30; between the table's points linearly.
static uint64_t left_after(dd_time lasts, dd_time tau) {
    dd_time step = tau / DECAY_STEPS, i = lasts / step, part = (lasts - i * step) * 1024 / step;
    if (i >= DECAY_END) return 0;
    return decay_table[i] - (uint64_t)part * (decay_table[i] - decay_table[i + 1]) / 1024;
}

// The heat that a current would lead to if it stayed for ever; of thirty times the conventional one
// and more, which trips a coil first, as of thirty times.
static int64_t end_ppm(const dd_breaker *breaker, uint32_t current_ma) {
    int64_t conventional_ma = (int64_t)breaker->rated_a * breaker->thermal_pm;
    int64_t ma = current_ma < 30 * conventional_ma ? current_ma : 30 * conventional_ma;
    return ma * ma / conventional_ma * FULL_PPM / conventional_ma;
}

uint32_t dd_breaker_heat(const dd_breaker *breaker, uint32_t heat_ppm, uint32_t current_ma,
                         dd_time lasts, dd_time tau) {
    if (!breaker->rated_a) return 0;
    int64_t end = end_ppm(breaker, current_ma);
    int64_t heat = end + (heat_ppm - end) * (int64_t)left_after(lasts, tau) / (1 << 30);
    return heat < 0 ? 0 : heat > FULL_PPM ? FULL_PPM : (uint32_t)heat;
}

dd_time dd_breaker_trips_after(const dd_breaker *breaker, uint32_t heat_ppm, uint32_t current_ma,
                               dd_time tau) {
    if (!breaker->rated_a) return DD_NEVER;
    if (current_ma >= dd_breaker_magnetic_ma(breaker)) return 0;
    int64_t end = end_ppm(breaker, current_ma);
    if (end <= FULL_PPM) return DD_NEVER;
    if (heat_ppm >= FULL_PPM) return 0;
    double share = log((double)(end - heat_ppm) / (double)(end - FULL_PPM));
    return (dd_time)llrint(share * (double)(tau / DD_MILLISECOND)) * DD_MILLISECOND;
}
