#include "models/citizens/person.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/sky/sky.h"

#include <math.h>

uint32_t dd_person_pick(const dd_world *world, uint32_t word) {
    uint64_t n = (uint64_t)world->def.settings.citizens_people;
    uint64_t square = (uint64_t)word * word >> 32;
    return 1 + (uint32_t)(square * n >> 32);
}

// The greatest hash wins, so that one lamp more moves nobody but whom it wins.
uint32_t dd_person_place(const dd_world *world, uint32_t word, int32_t flood_mm) {
    uint64_t greatest = 0;
    uint32_t best = 0;
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++) {
        if (flood_mm != DD_SKY_DRY) {
            uint32_t segment = world->city->lamps[lamp].segment;
            uint32_t cabinet = world->city->segments[segment].cabinet;
            if (dd_sky_ground_mm(world, cabinet) >= flood_mm) continue;
        }
        uint64_t hash = dd_mix(dd_world_stable(world, lamp) ^ word);
        if (best && hash <= greatest) continue;
        greatest = hash;
        best = lamp;
    }
    return best;
}

// A chance that differs from one to the next, evenly within the widest band about its mean: some
// do it nearly never, some twice as often as usual, or always.
static uint32_t band_ppm(uint32_t word, double percent) {
    double half = percent < 50 ? percent : 100 - percent;
    return (uint32_t)lrint((percent - half) * 1e4) +
           dd_uniform(word, (uint32_t)lrint(half * 2e4) + 1);
}

dd_person dd_person_of(const dd_world *world, uint32_t number) {
    const dd_settings *settings = &world->def.settings;
    uint64_t who = dd_mix(number);
    dd_random4 word = dd_random(world->def.seed, who, DD_DRAW_PERSON, 0);
    dd_random4 more = dd_random(world->def.seed, who, DD_DRAW_PERSON, 1);
    return (dd_person){.number = number,
                       .at_once_ppm = band_ppm(word.v[0], settings->citizens_at_once),
                       .wrong_ppm = band_ppm(word.v[1], settings->citizens_wrong_kind),
                       .false_ppm = band_ppm(word.v[2], settings->citizens_false),
                       .place_pm = 500 + dd_uniform(word.v[3], 1001),
                       .strictness_pm = dd_normal_milli(more.v[0]) / 2};
}

// A ward's zeal is s^u / mean, u evenly from -1/2 to 1/2: between the root of the spread s and its
// inverse; its mean is (sqrt(s) - 1 / sqrt(s)) / ln s.
static double zeal(const dd_world *world, double u) {
    double spread = world->def.settings.citizens_ward_spread;
    if (spread <= 1) return 1;
    return pow(spread, u) * log(spread) / (sqrt(spread) - 1 / sqrt(spread));
}

uint32_t dd_person_zeal_pm(const dd_world *world, uint32_t ward) {
    if (!ward) return 1000;
    uint64_t stable = dd_world_stable(world, dd_world_entity(world, DD_ENTITY_WARD, ward));
    dd_random4 word = dd_random(world->def.seed, stable, DD_DRAW_PERSON, 0);
    return (uint32_t)lrint(1000 * zeal(world, word.v[0] / 4294967296.0 - 0.5));
}

uint32_t dd_person_most_zeal_pm(const dd_world *world) {
    return (uint32_t)lrint(1000 * zeal(world, 0.5)) + 1;
}
