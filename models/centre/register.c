#include "models/centre/register.h"
#include "models/backhaul/line.h"
#include "models/world.h"

#include <string.h>

void dd_register_start(dd_domain *hub, dd_register *assets) {
    const dd_city *city = dd_world_of(hub)->city;
    assets->feeders = dd_arena_take(&hub->arena, city->segment_n * sizeof *assets->feeders);
    for (uint32_t i = 1; i < city->feeder_n; i++) {
        uint32_t *feeders = assets->feeders[city->feeders[i].segment];
        int n = 0;
        while (n < DD_CORE_FEEDERS && feeders[n])
            n++;
        if (n < DD_CORE_FEEDERS) feeders[n] = i;
    }
}

uint32_t dd_register_lamp(const dd_domain *hub, uint32_t segment, uint16_t number) {
    const dd_segment *place = &dd_world_of(hub)->city->segments[segment];
    return number >= 1 && number <= place->lamp_count ? place->first_lamp + number - 1 : 0;
}

uint32_t dd_register_feeder(const dd_register *assets, uint32_t segment, uint16_t number) {
    return number >= 1 && number <= DD_CORE_FEEDERS ? assets->feeders[segment][number - 1] : 0;
}

uint32_t dd_register_entity(const dd_domain *hub, const dd_register *assets, uint32_t segment,
                            dd_entity_type type, uint16_t number) {
    uint32_t index = type == DD_ENTITY_LAMP     ? dd_register_lamp(hub, segment, number)
                     : type == DD_ENTITY_FEEDER ? dd_register_feeder(assets, segment, number)
                                                : segment;
    return index ? dd_world_entity(dd_world_of(hub), type, index) : 0;
}

uint16_t dd_register_number(const dd_domain *hub, uint32_t lamp) {
    const dd_city *city = dd_world_of(hub)->city;
    return (uint16_t)(lamp - city->segments[city->lamps[lamp].segment].first_lamp + 1);
}

uint32_t dd_register_segment(const dd_domain *hub, uint32_t entity) {
    const dd_world *world = dd_world_of(hub);
    uint32_t index = dd_world_index(world, entity);
    switch (world->entities.all[entity].type) {
    case DD_ENTITY_LAMP:
        return world->city->lamps[index].segment;
    case DD_ENTITY_FEEDER:
        return world->city->feeders[index].segment;
    case DD_ENTITY_CABINET:
        return world->city->cabinets[index].segment;
    case DD_ENTITY_SEGMENT:
        return index;
    default:
        return 0;
    }
}

uint32_t dd_register_operator(const dd_domain *hub, uint32_t segment) {
    return dd_line_operator(dd_world_of(hub), segment);
}
