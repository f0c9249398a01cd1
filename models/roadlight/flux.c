#include "models/roadlight/flux.h"
#include "models/light/lifetime.h"
#include "models/light/maintenance.h"
#include "models/light/node.h"
#include "models/neighbourhood.h"

double dd_flux_as_built(const void *context, uint32_t lamp) {
    const dd_built_flux *it = context;
    const dd_luminaire_model *model = &it->city->catalogue.models[it->city->lamps[lamp].kind];
    return model->flux_lm * it->level * it->maintenance;
}

double dd_flux_now(const void *context, uint32_t lamp) {
    const dd_world *world = context;
    const dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    uint16_t number = (uint16_t)(lamp - segment->first_lamp + 1);
    const dd_node *node = &segment->nodes[number];
    if (!node->light_pm) return 0;
    return dd_maintenance_flux_lm(dd_node_model(world, segment, number), node->light_pm,
                                  dd_lifetime_burning_h(node),
                                  dd_lifetime_clean_h(node, UINT32_MAX));
}
