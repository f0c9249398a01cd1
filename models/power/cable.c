#include "models/power/cable.h"

#include <math.h>

// Directions of the phases' voltages.
static const double unit_x[DD_PHASES] = {1, -0.5, -0.5};
static const double unit_y[DD_PHASES] = {0, -0.86602540378443864676, 0.86602540378443864676};

uint32_t dd_cable_uohm_per_m(double ohm_mm2_per_km, double mm2) {
    return (uint32_t)(ohm_mm2_per_km * 1000 / mm2 + 0.5);
}

double dd_cable_section_mm2(double mm2) {
    static const double sections[] = {1.5, 2.5, 4,  6,   10,  16,  25, 35,
                                      50,  70,  95, 120, 150, 185, 240};
    size_t i = 0;
    while (i + 1 < DD_COUNT(sections) && sections[i] < mm2)
        i++;
    return sections[i];
}

// The state of a walk outward along the cable: what still flows, and what has been lost so far.
typedef struct walk {
    double current_a[DD_PHASES];
    double drop_v[DD_PHASES];    // in the phases' conductors
    double neutral_x, neutral_y; // displacement of the neutral, V
    double loss_w;
    double metres;
} walk;

// What flows back in the neutral, as a vector.
static void neutral_a(const walk *it, double *x, double *y) {
    *x = *y = 0;
    for (int phase = 0; phase < DD_PHASES; phase++) {
        *x += it->current_a[phase] * unit_x[phase];
        *y += it->current_a[phase] * unit_y[phase];
    }
}

// Along one section of cable to the next pole.
static void go_to(walk *it, double metres, double ohm_per_m) {
    double ohm = (metres - it->metres) * ohm_per_m, x, y;
    if (metres <= it->metres) return;
    neutral_a(it, &x, &y);
    it->metres = metres;
    for (int phase = 0; phase < DD_PHASES; phase++) {
        double current = it->current_a[phase];
        it->drop_v[phase] += ohm * current;
        it->loss_w += ohm * current * current;
    }
    it->neutral_x += ohm * x;
    it->neutral_y += ohm * y;
    it->loss_w += ohm * (x * x + y * y);
}

static double drop_of(const walk *it, int phase) {
    return it->drop_v[phase] + it->neutral_x * unit_x[phase] + it->neutral_y * unit_y[phase];
}

static int32_t rounded(double x) {
    return (int32_t)(x < 0 ? x - 0.5 : x + 0.5);
}

static int16_t drop_cv_of(const walk *it, int phase) {
    double drop = drop_of(it, phase) * 100;
    return (int16_t)(drop > INT16_MAX ? INT16_MAX : rounded(drop));
}

static walk start(const dd_lamp *place, const uint16_t *current_ma, uint32_t n,
                  const dd_cable_fault faults[DD_PHASES], dd_cable_state *state) {
    walk it = {0};
    for (uint32_t i = 0; i < n; i++)
        state->phase_ma[place[i].phase] += current_ma[i];
    for (int phase = 0; phase < DD_PHASES; phase++) {
        state->phase_ma[phase] += faults[phase].current_ma;
        it.current_a[phase] = state->phase_ma[phase] / 1000.0;
    }
    double x, y;
    neutral_a(&it, &x, &y);
    state->neutral_ma = (uint32_t)rounded(sqrt(x * x + y * y) * 1000);
    return it;
}

dd_cable_state dd_cable_solve(const dd_lamp *place, const uint16_t *current_ma, uint32_t n,
                              uint32_t uohm_per_m, const dd_cable_fault faults[DD_PHASES],
                              int16_t *drop_cv) {
    dd_cable_state state = {0};
    walk it = start(place, current_ma, n, faults, &state);
    for (uint32_t i = 0; i < n; i++) {
        go_to(&it, (double)place[i].cable_m, uohm_per_m / 1e6);
        if (drop_cv) drop_cv[i] = drop_cv_of(&it, place[i].phase);
        it.current_a[place[i].phase] -= current_ma[i] / 1000.0;
        for (int phase = 0; phase < DD_PHASES; phase++)
            if (faults[phase].current_ma && faults[phase].lamp == i)
                it.current_a[phase] -= faults[phase].current_ma / 1000.0;
    }
    for (int phase = 0; phase < DD_PHASES; phase++)
        state.end_drop_mv[phase] = rounded(drop_of(&it, phase) * 1000);
    state.loss_mw = (uint32_t)rounded(it.loss_w * 1000);
    return state;
}

uint32_t dd_cable_short_ma(uint32_t voltage_mv, double metres, uint32_t uohm_per_m,
                           uint32_t source_mohm) {
    double ohm = 2 * metres * uohm_per_m / 1e6 + source_mohm / 1e3;
    return ohm > 0 ? (uint32_t)(voltage_mv / ohm + 0.5) : UINT32_MAX;
}
