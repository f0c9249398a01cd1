// A photocell (facts A5): its contact closes when the light falls through one set point and opens
// when it rises through the other. That is a matter of crossing, not of being below: with the usual
// pairs (35/18, 55/28, 70/35 lx on/off) the set point to switch off lies below the one to switch
// on, because at dawn the road is light before the cell is, and so the lamps burn less long.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {                          // what a cell remembers
    DD_PHOTOCELL_DARK = 1,      // its contact: lamps on
    DD_PHOTOCELL_BELOW_ON = 2,  // the light was below the set point to switch on ...
    DD_PHOTOCELL_ABOVE_OFF = 4, // ... and above the one to switch off
};

typedef struct dd_photocell_points {
    int64_t on_mlx, off_mlx; // thousandths of a lux
} dd_photocell_points;

// Set points given in lux.
static inline dd_photocell_points dd_photocell_points_of(double on_lx, double off_lx) {
    return (dd_photocell_points){.on_mlx = (int64_t)(on_lx * 1000),
                                 .off_mlx = (int64_t)(off_lx * 1000)};
}

// A cell that has just been switched on: dark below the set point to switch on.
uint8_t dd_photocell_begin(const dd_photocell_points *points, int64_t light_mlx);

// The cell when the light has changed.
uint8_t dd_photocell_look(const dd_photocell_points *points, uint8_t cell, int64_t light_mlx);
