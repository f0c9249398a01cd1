// The people who use the city's app. They differ: a few file much of all that is filed, some are
// prompt, some careless, some never content. Who somebody is follows from the seed and his number.
#pragma once

#include "models/world.h"

typedef struct dd_person {
    uint32_t number;       // from 1
    uint32_t at_once_ppm;  // how likely he files on the spot
    uint32_t wrong_ppm;    // ... in a wrong group
    uint32_t false_ppm;    // ... without a cause
    uint32_t place_pm;     // his error of place, thousandths of what is usual
    int32_t strictness_pm; // with answers; thousandths of a mark, around 0
} dd_person;

// Draws who files, of those whom the setting citizens.people counts: the share of the k most active
// of n is the square root of k / n (estimate: a tenth files a third).
uint32_t dd_person_pick(const dd_world *world, uint32_t word);

// The person of a number. Over all of them the means are what the settings say.
dd_person dd_person_of(const dd_world *world, uint32_t number);

// Draws where somebody is: at a lamp of the city, each as likely as the next, which stands for its
// road and place. With `flood_mm` (over mean sea level, or DD_SKY_DRY) only where the cabinet
// stands lower; 0: none does.
uint32_t dd_person_place(const dd_world *world, uint32_t word, int32_t flood_mm);

// How readily people report in a ward (0: nowhere in particular), thousandths of the usual: wards
// differ by the setting citizens.ward_spread at most; the mean over seeds is 1.
uint32_t dd_person_zeal_pm(const dd_world *world, uint32_t ward);

// More than that of any ward.
uint32_t dd_person_most_zeal_pm(const dd_world *world);
