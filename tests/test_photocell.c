// A photocell over dusk, dawn and a storm, with each of the published pairs of set points.
#include "models/light/photocell.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static const dd_photocell_points pairs[] = {
    {35000, 18000}, {55000, 28000}, {70000, 35000}, {35000, 35000}, {70000, 140000}};

// Moves the light in steps of 0.1 lx; returns where the contact changed first, 0: nowhere.
static int64_t move(const dd_photocell_points *points, uint8_t *cell, int64_t from, int64_t to) {
    int64_t changed = 0, step = from < to ? 100 : -100;
    for (int64_t light = from; light != to + step; light += step) {
        uint8_t before = *cell;
        *cell = dd_photocell_look(points, before, light);
        if ((before ^ *cell) & DD_PHOTOCELL_DARK && !changed) changed = light;
    }
    return changed;
}

Test(photocell, dusk_and_dawn) {
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const dd_photocell_points *points = &pairs[i];
        uint8_t cell = dd_photocell_begin(points, 50000000);
        cr_expect(not(cell & DD_PHOTOCELL_DARK));
        for (int day = 0; day < 3; day++) {
            cr_expect(eq(i64, move(points, &cell, 300000, 0), points->on_mlx - 100));
            cr_expect(cell & DD_PHOTOCELL_DARK);
            cr_expect(eq(i64, move(points, &cell, 0, 300000), points->off_mlx + 100));
            cr_expect(not(cell & DD_PHOTOCELL_DARK));
        }
    }
}

// The sky is looked at every few minutes only: a jump over both set points counts.
Test(photocell, leaps) {
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        uint8_t cell = dd_photocell_begin(&pairs[i], 1000000);
        for (int day = 0; day < 3; day++) {
            cell = dd_photocell_look(&pairs[i], cell, 0);
            cr_expect(cell & DD_PHOTOCELL_DARK);
            cell = dd_photocell_look(&pairs[i], cell, 1000000);
            cr_expect(not(cell & DD_PHOTOCELL_DARK));
        }
    }
}

// A sky that wavers about a set point at dusk may make it waver, but not stay off at night.
Test(photocell, wavering_dusk) {
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        uint8_t cell = dd_photocell_begin(&pairs[i], 1000000);
        int64_t light = 200000;
        for (int step = 0; light > 0; step++) {
            cell = dd_photocell_look(&pairs[i], cell, light);
            light += step % 3 ? -3000 : 2500;
        }
        cr_expect(cell & DD_PHOTOCELL_DARK, "pair %zu", i);
    }
}

// Dark clouds before noon: on, and off again above both set points.
Test(photocell, a_storm_by_day) {
    uint8_t cell = dd_photocell_begin(&pairs[0], 20000000);
    cr_expect(eq(i64, move(&pairs[0], &cell, 20000000, 30000), 34900));
    cr_expect(eq(i64, move(&pairs[0], &cell, 30000, 500000), 35000));
    cr_expect(eq(i64, move(&pairs[0], &cell, 500000, 10000), 34900));
    cr_expect(eq(i64, move(&pairs[0], &cell, 10000, 500000), 18100));
}
