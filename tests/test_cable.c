// A feeder's cable against closed forms: what a lamp at the end costs, a row of equal ones, and
// what the neutral carries when phases are not balanced.
#include "models/power/cable.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

enum { LAMPS = 90, UOHM_PER_M = 1406 }; // 16 mm2 of copper

static const dd_cable_fault none[DD_PHASES];

typedef struct row {
    dd_lamp place[LAMPS];
    uint16_t current_ma[LAMPS];
    int16_t drop_cv[LAMPS];
    uint32_t n;
} row;

static void add(row *it, double metres, uint8_t phase, uint16_t current_ma) {
    it->place[it->n] = (dd_lamp){.cable_m = (float)metres, .phase = phase};
    it->current_ma[it->n++] = current_ma;
}

static dd_cable_state solve(row *it) {
    return dd_cable_solve(it->place, it->current_ma, it->n, UOHM_PER_M, none, it->drop_cv);
}

static double ohm(double metres) {
    return metres * UOHM_PER_M / 1e6;
}

Test(cable, resistance_of_conductors) {
    cr_expect(eq(u32, dd_cable_uohm_per_m(22.5, 16), 1406));
    cr_expect(eq(u32, dd_cable_uohm_per_m(36, 25), 1440));
    cr_expect(eq(dbl, dd_cable_section_mm2(1), 1.5));
    cr_expect(eq(dbl, dd_cable_section_mm2(25), 25));
    cr_expect(eq(dbl, dd_cable_section_mm2(25.1), 35));
    cr_expect(eq(dbl, dd_cable_section_mm2(1000), 240));
}

// One lamp: its current goes out through the phase and back through the neutral.
Test(cable, one_lamp_pays_both_ways) {
    row it = {0};
    add(&it, 1000, 0, 5000);
    dd_cable_state state = solve(&it);
    cr_expect(epsilon_eq(dbl, it.drop_cv[0] / 100.0, 2 * 5 * ohm(1000), 0.01));
    cr_expect(epsilon_eq(dbl, state.loss_mw / 1000.0, 2 * 25 * ohm(1000), 0.01));
    cr_expect(eq(u32, state.neutral_ma, 5000));
}

// The same current on all three phases at one place: nothing returns through the neutral.
Test(cable, balanced_loads_need_no_neutral) {
    row it = {0};
    for (uint8_t phase = 0; phase < 3; phase++)
        add(&it, 800, phase, 6000);
    dd_cable_state state = solve(&it);
    for (int i = 0; i < 3; i++)
        cr_expect(epsilon_eq(dbl, it.drop_cv[i] / 100.0, 6 * ohm(800), 0.01));
    cr_expect(epsilon_eq(dbl, state.loss_mw / 1000.0, 3 * 36 * ohm(800), 0.01));
    cr_expect(le(u32, state.neutral_ma, 1));
}

// A balanced load spread evenly along the line costs at its end half of what it would there:
// (n + 1) / 2n for n stations; and a third of the loss: (n + 1)(2n + 1) / 6n2.
Test(cable, spread_evenly_costs_half) {
    row it = {0};
    const int n = LAMPS / 3;
    for (int i = 1; i <= n; i++)
        for (uint8_t phase = 0; phase < 3; phase++)
            add(&it, 1200.0 * i / n, phase, 300);
    dd_cable_state state = solve(&it);
    double lumped_v = 0.3 * n * ohm(1200), lumped_w = 3 * pow(0.3 * n, 2) * ohm(1200);
    cr_expect(epsilon_eq(dbl, it.drop_cv[LAMPS - 1] / 100.0, lumped_v * (n + 1) / (2.0 * n), 0.01));
    cr_expect(epsilon_eq(dbl, state.loss_mw / 1000.0,
                         lumped_w * (n + 1) * (2 * n + 1) / (6.0 * n * n), 0.01));
    for (int phase = 0; phase < 3; phase++)
        cr_expect(eq(u32, state.phase_ma[phase], 300 * (unsigned)n));
}

// Two phases loaded: the neutral carries as much as each of them, and the third phase gains half a
// conductor's drop from each.
Test(cable, the_neutral_of_two_phases) {
    row it = {0};
    add(&it, 500, 0, 8000);
    add(&it, 500, 1, 8000);
    add(&it, 500, 2, 0);
    dd_cable_state state = solve(&it);
    cr_expect(epsilon_eq(dbl, state.neutral_ma, 8000, 1));
    cr_expect(epsilon_eq(dbl, it.drop_cv[0] / 100.0, 1.5 * 8 * ohm(500), 0.01));
    cr_expect(epsilon_eq(dbl, it.drop_cv[1] / 100.0, 1.5 * 8 * ohm(500), 0.01));
    cr_expect(epsilon_eq(dbl, it.drop_cv[2] / 100.0, -8 * ohm(500), 0.01));
    cr_expect(epsilon_eq(dbl, state.loss_mw / 1000.0, 3 * 64 * ohm(500), 0.01));
}

// Energy is kept: the loss is what the sources give less what the lamps take. Any loads do.
Test(cable, losses_are_what_does_not_arrive) {
    row it = {0};
    double lost_w = 0;
    for (int i = 0; i < 40; i++)
        add(&it, 15 + 37 * i, (uint8_t)(i * 7 % 3), (uint16_t)(100 + i * 131 % 900));
    dd_cable_state state = solve(&it);
    for (uint32_t i = 0; i < it.n; i++)
        lost_w += it.drop_cv[i] / 100.0 * it.current_ma[i] / 1000.0;
    cr_expect(epsilon_eq(dbl, state.loss_mw / 1000.0, lost_w, 0.1));
}

// At a short circuit nothing is left of the voltage but what falls before the cabinet.
Test(cable, a_short_circuit_takes_all) {
    row it = {0};
    add(&it, 400, 0, 0);
    add(&it, 800, 0, 0);
    add(&it, 800, 1, 0);
    uint32_t current = dd_cable_short_ma(220000, 800, UOHM_PER_M, 100);
    cr_expect(epsilon_eq(dbl, current / 1000.0, 220 / (2 * ohm(800) + 0.1), 0.01));
    dd_cable_fault faults[DD_PHASES] = {{.lamp = 1, .phase = 0, .current_ma = current}};
    dd_cable_solve(it.place, it.current_ma, it.n, UOHM_PER_M, faults, it.drop_cv);
    cr_expect(epsilon_eq(dbl, it.drop_cv[1] / 100.0, 220 - current / 1000.0 * 0.1, 0.02));
    cr_expect(epsilon_eq(dbl, it.drop_cv[0] / 100.0, it.drop_cv[1] / 200.0, 0.02), "half-way half");
    cr_expect(lt(i16, it.drop_cv[2], 0), "the neutral's displacement lifts the others");
}
