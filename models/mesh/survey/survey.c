#include "models/mesh/survey/survey.h"
#include "models/mesh/survey/coupling.h"

#include <stdlib.h>

// By coupling, unless the partition is given.
static bool divide(dd_world *world, const dd_couplings *couplings, dd_error *error) {
    if (world->def.neighbourhood) return dd_world_divide(world, world->def.neighbourhood, error);
    uint32_t *neighbourhood = calloc(world->city->segment_n, sizeof *neighbourhood);
    if (!neighbourhood) return dd_fail(error, DD_OUTSIDE, "no memory for the air");
    int32_t least_cdbm =
        dd_radio_noise_cdbm(&world->radio) + (int32_t)(world->def.settings.mesh_couple_db * 100);
    dd_couplings_partition(couplings, &world->survey->plan, least_cdbm, world->city->segment_n,
                           neighbourhood);
    bool good = dd_world_divide(world, neighbourhood, error);
    free(neighbourhood);
    return good;
}

static bool survey(dd_world *world, dd_couplings *couplings, dd_error *error) {
    dd_survey *it = world->survey;
    dd_etx_table_build(&it->etx, &world->radio, DD_TYPICAL_OCTETS,
                       (int32_t)(world->def.settings.mesh_fade_db * 100),
                       (int32_t)(world->def.settings.mesh_margin_db * 100));
    it->channel = dd_channel_make(&world->def.settings, world->def.seed);
    if (!dd_propagation_make(&it->propagation, world, error) ||
        !dd_places_make(&it->places, world, it->propagation.reach_m, error) ||
        !dd_couplings_make(couplings, &it->places, &it->propagation, world->city->segment_n,
                           error) ||
        !dd_channel_plan_make(&it->plan, world, couplings, error) ||
        !divide(world, couplings, error))
        return false;
    if (!dd_keyring_make(&it->keyring, world))
        return dd_fail(error, DD_OUTSIDE, "no memory for the networks' keys");
    it->links = dd_links_make(world, &it->places, &it->propagation, &it->plan, error);
    return it->links != NULL;
}

bool dd_survey_make(dd_world *world, dd_error *error) {
    dd_couplings couplings = {0};
    world->survey = calloc(1, sizeof *world->survey);
    if (!world->survey) return dd_fail(error, DD_OUTSIDE, "no memory for the air");
    bool good = survey(world, &couplings, error);
    dd_couplings_fini(&couplings);
    return good;
}

void dd_survey_unmake(dd_world *world) {
    dd_survey *it = world->survey;
    if (!it) return;
    dd_links_free(it->links, world->neighbourhood_n);
    dd_keyring_fini(&it->keyring);
    dd_channel_plan_fini(&it->plan);
    dd_places_fini(&it->places);
    dd_propagation_fini(&it->propagation);
    free(it);
    world->survey = NULL;
}
