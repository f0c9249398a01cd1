#include "models/measure.h"
#include "models/controller/house.h"
#include "models/hub.h"
#include "models/light/node_meter.h"
#include "models/mesh/mesh.h"
#include "models/neighbourhood.h"
#include "models/power/feeder.h"
#include "models/segment.h"

static void add_lamp(dd_world *world, uint32_t lamp, dd_lamp_measure *sum) {
    dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    dd_node *node = &segment->nodes[dd_segment_lamp_number(segment, lamp)];
    dd_node_count(node, world->engine->now);
    sum->n++;
    sum->lit += node->light_pm > 0;
    sum->dark += node->light_pm == 0;
    sum->overridden += (node->state & DD_NODE_OVERRIDDEN) != 0;
    sum->level_sum += node->light_pm / 1000.0;
    sum->power_w += node->power_mw / 1000.0;
    sum->energy_wh += (double)node->energy_mwh / 1000.0;
    sum->lit_h += (double)node->lit_us / 3600e6;
}

dd_lamp_measure dd_measure_lamps(dd_world *world, const uint32_t *lamps, uint32_t n) {
    dd_lamp_measure sum = {0};
    for (uint32_t i = 0; i < n; i++)
        add_lamp(world, lamps[i], &sum);
    return sum;
}

dd_lamp_measure dd_measure_city(dd_world *world) {
    dd_lamp_measure sum = {0};
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++)
        add_lamp(world, lamp, &sum);
    return sum;
}

static void add_reach(const dd_world *world, uint32_t lamp, dd_reach_measure *sum) {
    const dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    const dd_domain *domain = &world->engine->domains[dd_world_domain(world, segment->segment)];
    uint8_t hops = dd_mesh_hops(domain, segment, dd_segment_lamp_number(segment, lamp));
    sum->n++;
    sum->reachable += hops > 0;
    if (hops > sum->most_hops) sum->most_hops = hops;
}

dd_reach_measure dd_measure_reach(const dd_world *world, const uint32_t *lamps, uint32_t n) {
    dd_reach_measure sum = {0};
    for (uint32_t i = 0; i < n; i++)
        add_reach(world, lamps[i], &sum);
    return sum;
}

dd_reach_measure dd_measure_city_reach(const dd_world *world) {
    dd_reach_measure sum = {0};
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++)
        add_reach(world, lamp, &sum);
    return sum;
}

uint32_t dd_measure_parent(const dd_world *world, uint32_t lamp) {
    const dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    const dd_domain *domain = &world->engine->domains[dd_world_domain(world, segment->segment)];
    uint16_t number = dd_segment_lamp_number(segment, lamp);
    uint16_t parent = dd_mesh_parent(domain, segment, number);
    return parent == DD_BROADCAST || parent == DD_MESH_ROOT ? 0 : segment->first_lamp + parent - 1;
}

uint32_t dd_measure_heard(const dd_world *world, const uint32_t *lamps, uint32_t n, dd_time since) {
    const dd_belief *beliefs = dd_world_hub(world)->centre.beliefs;
    int32_t oldest_s = (int32_t)((world->engine->now - since) / DD_SECOND);
    uint32_t heard = 0;
    for (uint32_t i = 0; i < n; i++)
        heard += beliefs[lamps[i]].heard_s >= 0 && beliefs[lamps[i]].heard_s >= oldest_s;
    return heard;
}

// --- What can be measured at poles and in cabinets ---

dd_reading dd_measure_reading(dd_world *world, uint32_t lamp) {
    dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    return dd_node_read(dd_segment_standing(world, segment->segment), segment,
                        dd_segment_lamp_number(segment, lamp));
}

double dd_measure_voltage(dd_world *world, uint32_t lamp) {
    dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    return dd_feeder_voltage_dv(dd_segment_standing(world, segment->segment), segment,
                                dd_segment_lamp_number(segment, lamp)) /
           10.0;
}

const char *dd_measure_model(const dd_world *world, uint32_t lamp) {
    const dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    return dd_node_model(world, segment, dd_segment_lamp_number(segment, lamp))->name;
}

dd_feeder_reading dd_measure_feeder(dd_world *world, uint32_t feeder) {
    dd_segment_state *segment = dd_segment_at(world, world->city->feeders[feeder].segment);
    dd_cabinet_reading reading;
    dd_cabinet_read(dd_segment_standing(world, segment->segment), segment, &reading);
    return reading.feeders[dd_segment_feeder_number(segment, feeder)];
}

uint32_t dd_measure_alarms_active(const dd_world *world, int kind) {
    uint32_t n = 0;
    for (int k = 1; k < DD_ALARM_KINDS; k++)
        if (!kind || k == kind) n += dd_world_hub(world)->centre.alarms.active_by_kind[k];
    return n;
}

uint32_t dd_measure_alarms_raised(const dd_world *world, int kind) {
    uint32_t n = 0;
    for (int k = 1; k < DD_ALARM_KINDS; k++)
        if (!kind || k == kind) n += dd_world_hub(world)->centre.alarms.raised_by_kind[k];
    return n;
}

bool dd_measure_alarm_on(const dd_world *world, uint32_t entity, int kind) {
    const dd_alarms *alarms = &dd_world_hub(world)->centre.alarms;
    uint32_t index = dd_world_index(world, entity);
    dd_entity_type type = (dd_entity_type)world->entities.all[entity].type;
    uint32_t segment = type == DD_ENTITY_LAMP      ? world->city->lamps[index].segment
                       : type == DD_ENTITY_FEEDER  ? world->city->feeders[index].segment
                       : type == DD_ENTITY_SEGMENT ? index
                                                   : 0; // nothing else has alarms
    for (int k = 1; k < DD_ALARM_KINDS; k++)
        if ((!kind || k == kind) && dd_alarm_active(alarms, segment, entity, (dd_alarm_kind)k))
            return true;
    return false;
}
