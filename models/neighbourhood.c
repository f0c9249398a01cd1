#include "models/neighbourhood.h"
#include "models/controller/house.h"
#include "models/light/node_schedule.h"
#include "models/mesh/stack/coap/lamp_object.h"

static void add_segment(dd_domain *domain, uint32_t index) {
    const dd_world *world = dd_world_of(domain);
    const dd_segment *place = &world->city->segments[index];
    dd_neighbourhood *it = dd_neighbourhood_of(domain);
    it->segments[it->segment_n++] =
        (dd_segment_state){.segment = index,
                           .first_lamp = place->first_lamp,
                           .station = world->station[index],
                           .lamp_n = (uint16_t)place->lamp_count,
                           .house = dd_arena_take(&domain->arena, sizeof(dd_house))};
    it->station_n += 1 + place->lamp_count;
}

static void list_owners(dd_domain *domain) {
    dd_neighbourhood *it = dd_neighbourhood_of(domain);
    it->owner = dd_arena_take(&domain->arena, (it->station_n + 1) * sizeof *it->owner);
    for (uint32_t i = 0; i < it->segment_n; i++)
        for (uint32_t number = 0; number <= it->segments[i].lamp_n; number++)
            it->owner[it->segments[i].station + number] = i;
}

void dd_neighbourhoods_make(dd_world *world) {
    dd_engine *engine = world->engine;
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < engine->domain_n; i++) {
        dd_domain *domain = &engine->domains[i];
        dd_neighbourhood *it = domain->state = dd_arena_take(&domain->arena, sizeof *it);
        dd_pool_init(&it->bodies, &domain->arena, DD_LAMP_BODY_MAX);
        it->outputs = dd_arena_take(&domain->arena, DD_CORE_OUTPUTS * sizeof *it->outputs);
        dd_pool_init(&it->ramps, &domain->arena, sizeof(dd_node_ramp));
        it->segments = dd_arena_take(&domain->arena, domain->segment_n * sizeof *it->segments);
    }
    for (uint32_t i = 1; i < world->city->segment_n; i++)
        add_segment(&engine->domains[dd_world_domain(world, i)], i);
    for (uint32_t i = DD_FIRST_SEGMENT_DOMAIN; i < engine->domain_n; i++)
        list_owners(&engine->domains[i]);
}
