#include "models/fault.h"
#include "models/controller/house.h"
#include "models/disturbance.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/neighbourhood.h"
#include "models/power/cabinet.h"
#include "models/power/feeder.h"
#include "models/segment.h"

#include <string.h>

dd_fault_kind dd_fault_find(const char *name, dd_error *error) {
    for (int i = 1; dd_fault_names[i]; i++)
        if (strcmp(name, dd_fault_names[i]) == 0) return (dd_fault_kind)i;
    dd_fail_unknown(error, "fault", name, dd_fault_names + 1, "'domdom help faults' lists them");
    return DD_FAULT_NONE;
}

dd_entity_type dd_fault_target(dd_fault_kind fault) {
    if (fault <= DD_FAULT_NONE || fault >= DD_FAULT_KINDS) return DD_ENTITY_NONE;
    return fault <= DD_FAULT_SHORT_CIRCUIT ? DD_ENTITY_LAMP
           : fault <= DD_FAULT_METER_DRIFT ? DD_ENTITY_FEEDER
                                           : DD_ENTITY_SEGMENT;
}

static uint32_t segment_of(const dd_world *world, uint32_t entity) {
    uint32_t index = dd_world_index(world, entity);
    switch ((dd_entity_type)world->entities.all[entity].type) {
    case DD_ENTITY_LAMP:
        return world->city->lamps[index].segment;
    case DD_ENTITY_FEEDER:
        return world->city->feeders[index].segment;
    default:
        return index;
    }
}

// At once, so that what is asked or done next at this moment finds it so: an injected event is the
// first of its moment.
static void happen(dd_engine *engine, uint32_t domain, uint16_t kind, uint32_t target,
                   const dd_failing *what) {
    dd_engine_inject(engine, domain, kind, target, 0, 0, what, sizeof *what);
    dd_engine_step(engine, engine->now + 1);
}

void dd_fault_set(dd_world *world, uint32_t entity, dd_fault_kind fault, bool fails) {
    dd_engine *engine = world->engine;
    if (fault == DD_FAULT_JAMMER) {
        dd_disturbance_calm(world, entity);
        return;
    }
    uint32_t segment = segment_of(world, entity);
    dd_failing what = {.record =
                           dd_engine_note(engine, DD_REC_FAULT, entity, 0, fault, fails, 0, 0),
                       .entity = entity,
                       .fault = (uint16_t)fault,
                       .fails = fails};
    happen(engine, dd_world_domain(world, segment), DD_KIND_FAULT, world->station[segment], &what);
    if (fault == DD_FAULT_LINE) happen(engine, DD_HUB_DOMAIN, DD_KIND_LINE_FAULT, segment, &what);
}

bool dd_fault_fits(const dd_world *world, uint32_t entity, dd_fault_kind fault, dd_error *error) {
    if (fault == DD_FAULT_JAMMER) return dd_disturbance_fits(world, entity, error);
    const dd_entity *what = &world->entities.all[entity];
    dd_entity_type target = dd_fault_target(fault);
    return what->type == target ||
           dd_fail(error, DD_WRONG, "'%s' happens to a %s, but %s is a %s; choose its %ss",
                   dd_fault_names[fault], dd_entity_type_names[target], what->name,
                   dd_entity_type_names[what->type], dd_entity_type_names[target]);
}

static bool has_fault(const dd_world *world, uint32_t entity, dd_fault_kind fault) {
    const dd_segment_state *segment = dd_segment_at(world, segment_of(world, entity));
    switch (dd_fault_target(fault)) {
    case DD_ENTITY_LAMP:
        return segment->nodes[entity - segment->first_lamp + 1].faults >> fault & 1;
    case DD_ENTITY_FEEDER: {
        uint32_t number = dd_segment_feeder_number(segment, dd_world_index(world, entity));
        return number && dd_feeder_failed(&segment->feeders[number], fault);
    }
    default:
        if (fault == DD_FAULT_LINE) return segment->house->line.faults;
        if (fault == DD_FAULT_CONTROLLER) return segment->house->broken;
        return dd_cabinet_failed(segment, fault);
    }
}

void dd_fault_repair_all(dd_world *world, uint32_t entity) {
    for (int fault = 1; fault < DD_FAULT_JAMMER; fault++)
        if (dd_fault_target((dd_fault_kind)fault) ==
                (dd_entity_type)world->entities.all[entity].type &&
            has_fault(world, entity, (dd_fault_kind)fault))
            dd_fault_set(world, entity, (dd_fault_kind)fault, false);
    dd_disturbance_calm(world, entity);
}
