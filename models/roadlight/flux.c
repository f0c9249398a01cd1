#include "models/roadlight/flux.h"
#include "models/light/lifetime.h"
#include "models/light/node.h"
#include "models/neighbourhood.h"
#include "models/sky/sky.h"

double dd_flux_as_built(const void *context, uint32_t lamp) {
    const dd_built_flux *it = context;
    const dd_luminaire_model *model = &it->city->catalogue.models[it->city->lamps[lamp].kind];
    return model->flux_lm * it->level * it->maintenance;
}

double dd_flux_now(const void *context, uint32_t lamp) {
    const dd_world *world = context;
    uint32_t place = world->city->lamps[lamp].segment;
    const dd_domain *domain = &world->engine->domains[dd_world_domain(world, place)];
    const dd_segment_state *segment = dd_segment_at(world, place);
    uint16_t number = (uint16_t)(lamp - segment->first_lamp + 1);
    const dd_node *node = &segment->nodes[number];
    if (!node->light_pm) return 0;
    return dd_lifetime_flux_lm(dd_node_model(world, segment, number), node,
                               dd_sky_washed_h(domain, world->engine->now));
}
