// How loud stations hear each other: the median level of a pair, fixed at load. Path loss after
// ITU-R P.1411-10, 4.1.1 (or any law of its form: c = 0 makes it log-distance), shadowing and
// foliage drawn once a pair. Levels are in hundredths of dB or dBm ("cdb", "cdbm").
#pragma once

#include "models/mesh/radio/radio.h"
#include "models/mesh/survey/places.h"

struct dd_world;

enum { DD_SEEN_REACH_M = 2000 }; // pairs farther apart are hidden, whatever the road

typedef struct dd_propagation {
    const struct dd_world *world;
    float reach_m;                            // hidden pairs farther apart are not told one by one
    float sight_m;                            // seen pairs are no farther apart
    float bend;                               // sine of the bend at which sight along a road ends
    int32_t canopy_seen_cm, canopy_hidden_cm; // mean, on 100 m of path
    int16_t *loss_seen, *loss_hidden;         // cdb, by distance in dm up to DD_SEEN_REACH_M
    int16_t *loss_canopy;                     // cdb, by metres of leaves in dm
} dd_propagation;

// Loss of `metres` of leaves in the path, 1/100 dB: Weissberger's modified exponential decay (0.23
// to 95 GHz, up to 400 m; what lies beyond counts as 400): 0.45 f^0.284 d for d <= 14 m, else
// 1.33 f^0.284 d^0.588, f in GHz. Facts B3.
int32_t dd_foliage_loss_cdb(uint32_t frequency_khz, double metres);

// Builds the tables. Hidden pairs are told one by one as far as "mesh.reach_m" says; when that is
// 0, as far as a typical one lies above the cut. False when memory is short.
bool dd_propagation_make(dd_propagation *it, const struct dd_world *world, dd_error *error);
void dd_propagation_fini(dd_propagation *it);

// In sight of each other: on the same road, not too far apart, and neither end looks to the other
// past a bend.
bool dd_propagation_seen(const dd_propagation *it, const dd_station_place *a,
                         const dd_station_place *b, float metres);

// Median level at either end of a pair when the other sends at the preset's power, on the same
// channel; the same both ways. False when it cannot be `least_cdbm`, or the pair is too far apart
// to be told one by one; the level is then a typical one, without the pair's own draws.
bool dd_propagation_level(const dd_propagation *it, const dd_station_place *a,
                          const dd_station_place *b, float metres, int32_t least_cdbm,
                          int32_t *level_cdbm);

// What a hidden station at such a distance is heard at, without knowing which: no shadowing, the
// mean of leaves.
int32_t dd_propagation_typical(const dd_propagation *it, double metres);

// The level below which a station counts as noise: the cut ("mesh.cut_db") over the noise floor.
int32_t dd_propagation_cut(const struct dd_world *world);
