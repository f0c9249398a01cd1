#include "models/mesh/survey/propagation.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/world.h"

#include <math.h>
#include <stdlib.h>

enum {
    STEPS = DD_SEEN_REACH_M * 10 + 1,
    CANOPY_MAX_DM = 4000, // Weissberger's range
    MOST_SIGMAS = 4,      // no deviate is larger
};
static const float BESIDE_M = 40; // across a road, or nearly: in sight whatever the direction
static const double TURN = 6.283185307179586;

int32_t dd_foliage_loss_cdb(uint32_t frequency_khz, double metres) {
    double f = pow(frequency_khz / 1e6, 0.284), d = fmin(metres, CANOPY_MAX_DM / 10.0);
    return (int32_t)lrint(100 * (d <= 14 ? 0.45 * f * d : 1.33 * f * pow(d, 0.588)));
}

static int16_t *make_losses(const dd_world *world, bool seen) {
    int16_t *losses = calloc(STEPS, sizeof *losses);
    for (int i = 0; losses && i < STEPS; i++)
        losses[i] = (int16_t)dd_radio_path_loss_cdb(&world->preset, &world->paths, i / 10.0, seen);
    return losses;
}

static int16_t *make_canopy(const dd_world *world) {
    int16_t *losses = calloc(CANOPY_MAX_DM + 1, sizeof *losses);
    for (int i = 0; losses && i <= CANOPY_MAX_DM; i++)
        losses[i] = (int16_t)dd_foliage_loss_cdb(world->preset.frequency_khz, i / 10.0);
    return losses;
}

int32_t dd_propagation_cut(const dd_world *world) {
    return dd_radio_noise_cdbm(&world->radio) + (int32_t)(world->def.settings.mesh_cut_db * 100);
}

// In steps of a tenth.
static float reach_of(const dd_propagation *it) {
    float given = (float)it->world->def.settings.mesh_reach_m, metres = 50;
    if (given > 0) return given;
    while (metres < DD_SEEN_REACH_M &&
           dd_propagation_typical(it, (double)metres) >= dd_propagation_cut(it->world))
        metres *= 1.1f;
    return metres < DD_SEEN_REACH_M ? metres : DD_SEEN_REACH_M;
}

bool dd_propagation_make(dd_propagation *it, const dd_world *world, dd_error *error) {
    const dd_settings *settings = &world->def.settings;
    *it = (dd_propagation){
        .world = world,
        .sight_m = (float)settings->mesh_sight_m,
        .bend = (float)(rint(1e4 * sin(settings->mesh_bend_deg * TURN / 360)) / 1e4),
        .canopy_seen_cm = (int32_t)(settings->mesh_leaves_seen_m * 100),
        .canopy_hidden_cm = (int32_t)(settings->mesh_leaves_hidden_m * 100),
        .loss_seen = make_losses(world, true),
        .loss_hidden = make_losses(world, false),
        .loss_canopy = make_canopy(world),
    };
    it->reach_m = reach_of(it);
    return (it->loss_seen && it->loss_hidden && it->loss_canopy) ||
           dd_fail(error, DD_OUTSIDE, "no memory for the air");
}

void dd_propagation_fini(dd_propagation *it) {
    free(it->loss_seen);
    free(it->loss_hidden);
    free(it->loss_canopy);
    *it = (dd_propagation){0};
}

static float aside(const dd_station_place *a, float x, float y) {
    return fabsf(x * a->ahead_y - y * a->ahead_x);
}

bool dd_propagation_seen(const dd_propagation *it, const dd_station_place *a,
                         const dd_station_place *b, float metres) {
    if (a->road != b->road || metres > it->sight_m) return false;
    if (metres <= BESIDE_M) return true;
    float x = b->x - a->x, y = b->y - a->y, most = it->bend * metres;
    return aside(a, x, y) <= most && aside(b, x, y) <= most;
}

// Metres of leaves in a path, in dm, from a random word: exponential about the mean.
static int32_t canopy_of(uint32_t word, int32_t dm, int32_t cm_per_100_m) {
    int64_t canopy = dd_exponential(word, (int64_t)dm * cm_per_100_m / 10000);
    int64_t most = dm < CANOPY_MAX_DM ? dm : CANOPY_MAX_DM;
    return (int32_t)(canopy < most ? canopy : most);
}

// Before the pair's own draws.
static int32_t level_at(const dd_propagation *it, int32_t dm, bool seen) {
    return it->world->preset.tx_power_cdbm - (seen ? it->loss_seen : it->loss_hidden)[dm];
}

static int32_t typical(const dd_propagation *it, int32_t dm, bool seen) {
    int64_t canopy = (int64_t)dm * (seen ? it->canopy_seen_cm : it->canopy_hidden_cm) / 10000;
    if (canopy > CANOPY_MAX_DM) canopy = CANOPY_MAX_DM;
    return level_at(it, dm, seen) - it->loss_canopy[canopy];
}

int32_t dd_propagation_typical(const dd_propagation *it, double metres) {
    const dd_world *world = it->world;
    if (metres <= DD_SEEN_REACH_M) return typical(it, (int32_t)(metres * 10), false);
    return world->preset.tx_power_cdbm -
           dd_radio_path_loss_cdb(&world->preset, &world->paths, metres, false) -
           dd_foliage_loss_cdb(world->preset.frequency_khz, metres * it->canopy_hidden_cm / 10000);
}

bool dd_propagation_level(const dd_propagation *it, const dd_station_place *a,
                          const dd_station_place *b, float metres, int32_t least_cdbm,
                          int32_t *level_cdbm) {
    const dd_world *world = it->world;
    bool near = metres <= DD_SEEN_REACH_M, seen = near && dd_propagation_seen(it, a, b, metres);
    if (!near || (!seen && metres > it->reach_m)) {
        *level_cdbm = dd_propagation_typical(it, (double)metres);
        return false;
    }
    int32_t dm = (int32_t)(metres * 10 + 0.5f), level = level_at(it, dm, seen);
    int32_t sigma = seen ? world->paths.seen.sigma_cdb : world->paths.hidden.sigma_cdb;
    if (level + MOST_SIGMAS * sigma < least_cdbm) {
        *level_cdbm = typical(it, dm, seen);
        return false;
    }
    uint64_t pair = dd_pair_id(a->stable, b->stable, false);
    dd_random4 draw = dd_random(world->def.seed, pair, DD_DRAW_SHADOW, 0);
    int32_t canopy = canopy_of(draw.v[1], dm, seen ? it->canopy_seen_cm : it->canopy_hidden_cm);
    *level_cdbm = level - sigma * dd_normal_milli(draw.v[0]) / 1000 - it->loss_canopy[canopy];
    return *level_cdbm >= least_cdbm;
}
