#include "models/work.h"
#include "models/controller/house.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/neighbourhood.h"

static uint32_t segment_of(const dd_world *world, uint32_t entity) {
    uint32_t index = dd_world_index(world, entity);
    bool lamp = world->entities.all[entity].type == DD_ENTITY_LAMP;
    return lamp ? world->city->lamps[index].segment : index;
}

// At once, as what fails does: an injected event is the first of its moment.
void dd_work_do(dd_world *world, const dd_work *work) {
    uint32_t segment = segment_of(world, work->entity);
    dd_engine_inject(world->engine, dd_world_domain(world, segment), DD_KIND_WORK,
                     world->station[segment], 0, 0, work, sizeof *work);
    dd_engine_step(world->engine, world->engine->now + 1);
}

void dd_work_handle(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    const dd_work *work = dd_parcel(domain, event);
    uint16_t lamp = (uint16_t)(work->entity - segment->first_lamp + 1); // where it is one
    switch ((dd_work_kind)work->kind) {
    case DD_WORK_REFIT:
        dd_node_refit(domain, segment, lamp, work->model, work->record);
        break;
    case DD_WORK_COMMISSION:
        dd_house_commission(domain, segment, work->record);
        break;
    }
}
