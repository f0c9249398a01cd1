#include "models/account/account.h"
#include "engine/random.h"
#include "models/account/baseline.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/neighbourhood.h"

#include <math.h>

// Parts per million, an integer, so that every machine has the same meters.
double dd_node_meter(const dd_world *world, uint32_t lamp) {
    enum { SIGMAS = 3 }; // a class is a limit
    int32_t class_ppm = (int32_t)(world->def.settings.account_node_class * 1e4);
    dd_random4 draw = dd_random(world->def.seed, dd_world_stable(world, lamp), DD_DRAW_METER, 0);
    int64_t error_ppm = (int64_t)class_ppm * dd_normal_milli(draw.v[0]) / (SIGMAS * 1000);
    if (error_ppm > class_ppm) error_ppm = class_ppm;
    if (error_ppm < -class_ppm) error_ppm = -class_ppm;
    return 1 + (double)error_ppm / 1e6;
}

dd_account dd_account_lamp(dd_world *world, uint32_t lamp) {
    dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    uint16_t number = (uint16_t)(lamp - segment->first_lamp + 1);
    dd_node *node = &segment->nodes[number];
    dd_node_count(node, world->engine->now);
    double energy_wh = (double)node->energy_mwh / 1e3;
    bool metered = dd_node_model(world, segment, number)->node;
    return (dd_account){.lamp_n = 1,
                        .energy_wh = energy_wh,
                        .metered_wh = metered ? energy_wh * dd_node_meter(world, lamp) : 0,
                        .burning_h = (double)node->lit_us / 3600e6,
                        .baseline_w = dd_baseline_w(world, lamp)};
}

dd_account dd_account_city(dd_world *world) {
    dd_account sum = {0};
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++) {
        dd_account one = dd_account_lamp(world, lamp);
        sum.lamp_n++;
        sum.energy_wh += one.energy_wh;
        sum.metered_wh += one.metered_wh;
        sum.burning_h += one.burning_h;
        sum.baseline_w += one.baseline_w;
    }
    return sum;
}

double dd_account_dark_h(const dd_world *world) {
    return dd_dark_hours(&world->def, 0, world->engine->now);
}

double dd_account_share(const dd_world *world) {
    return dd_account_dark_h(world) / dd_dark_hours_of_year(&world->def);
}

dd_saving dd_account_saving(dd_world *world) {
    dd_account city = dd_account_city(world);
    dd_saving_terms terms = dd_saving_terms_of(&world->def.settings, city.lamp_n);
    double baseline_wh = city.baseline_w * dd_account_dark_h(world);
    return dd_saving_make(&terms, city.energy_wh / 1e3, baseline_wh / 1e3, dd_account_share(world));
}

// --- Records ---

// 0 where the city knows of none.
static uint32_t entity_of(const dd_world *world, dd_entity_type type, uint32_t index) {
    return index ? dd_world_entity(world, type, index) : 0;
}

static void tell_lamp(dd_world *world, uint32_t lamp, double dark_h) {
    const dd_lamp *place = &world->city->lamps[lamp];
    dd_domain *domain = &world->engine->domains[dd_world_domain(world, place->segment)];
    dd_account it = dd_account_lamp(world, lamp);
    dd_record_make(domain, DD_REC_LAMP_ENERGY, lamp, 0, llrint(it.energy_wh * 1e3),
                   llrint(it.metered_wh * 1e3), llrint(it.burning_h * 1e3), 0);
    dd_record_make(
        domain, DD_REC_LAMP_ACCOUNT, lamp, 0, entity_of(world, DD_ENTITY_FEEDER, place->feeder),
        entity_of(world, DD_ENTITY_ROAD, place->road),
        entity_of(world, DD_ENTITY_WARD, place->ward), llrint(it.baseline_w * dark_h * 1e3));
}

void dd_account_tell(dd_world *world) {
    double dark_h = dd_account_dark_h(world);
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++)
        tell_lamp(world, lamp, dark_h);
}
