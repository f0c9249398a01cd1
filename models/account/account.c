#include "models/account/account.h"
#include "models/account/baseline.h"
#include "models/light/lifetime.h"
#include "models/light/luminaire.h"
#include "models/light/maintenance.h"
#include "models/light/node.h"
#include "models/light/node_meter.h"
#include "models/neighbourhood.h"
#include "models/power/feeder.h"
#include "models/sky/sky.h"

#include <math.h>

// Lumens at full light of the luminaire that is there now, as dirty and as aged as it is.
static double flux_lm(const dd_domain *domain, const dd_luminaire_model *model,
                      const dd_node *node) {
    return dd_maintenance_flux_lm(model, DD_LIGHT_FULL_PM, dd_lifetime_burning_h(node),
                                  dd_lifetime_clean_h(node, dd_sky_washed_h(domain, domain->now)));
}

// Looking must change nothing, not even by rounding what is counted once more.
dd_account dd_account_lamp(dd_world *world, uint32_t lamp) {
    dd_segment_state *segment = dd_segment_at(world, world->city->lamps[lamp].segment);
    dd_domain *domain = &world->engine->domains[dd_world_domain(world, segment->segment)];
    uint16_t number = (uint16_t)(lamp - segment->first_lamp + 1);
    dd_node *node = &segment->nodes[number], before = *node;
    const dd_luminaire_model *model = dd_node_model(world, segment, number);
    dd_time then = domain->now;
    domain->now = world->engine->now;
    dd_node_count(node, domain->now);
    dd_account it = {.lamp_n = 1,
                     .energy_wh = (double)node->energy_mwh / 1e3,
                     .metered_wh = (double)dd_node_metered_wh(domain, segment, number),
                     .burning_h = (double)node->lit_us / 3600e6,
                     .light_lmh = node->full_ds / 36e3 * flux_lm(domain, model, node),
                     .baseline_w = dd_baseline_w(world, lamp)};
    *node = before;
    domain->now = then;
    return it;
}

dd_account dd_account_city(dd_world *world) {
    dd_account sum = {0};
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++) {
        dd_account one = dd_account_lamp(world, lamp);
        sum.lamp_n++;
        sum.energy_wh += one.energy_wh;
        sum.metered_wh += one.metered_wh;
        sum.burning_h += one.burning_h;
        sum.light_lmh += one.light_lmh;
        sum.baseline_w += one.baseline_w;
    }
    return sum;
}

static void add_feeder(dd_domain *domain, dd_segment_state *segment, uint8_t number,
                       dd_feeder_account *sum) {
    dd_feeder_state before = segment->feeders[number];
    sum->losses_wh += (double)dd_feeder_loss_mwh(domain, segment, number) / 1e3;
    sum->metered_wh += (double)dd_feeder_metered_wh(domain, segment, number);
    segment->feeders[number] = before;
}

dd_feeder_account dd_account_feeders(dd_world *world) {
    dd_feeder_account sum = {0};
    for (uint32_t i = 1; i < world->city->segment_n; i++) {
        dd_domain *domain = &world->engine->domains[dd_world_domain(world, i)];
        dd_segment_state *segment = dd_segment_at(world, i);
        dd_time before = domain->now;
        domain->now = world->engine->now;
        for (uint8_t number = 1; number <= segment->feeder_n; number++)
            add_feeder(domain, segment, number, &sum);
        domain->now = before;
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
                   llrint(it.metered_wh * 1e3), llrint(it.burning_h * 1e3), llrint(it.light_lmh));
    dd_record_make(
        domain, DD_REC_LAMP_ACCOUNT, lamp, 0, entity_of(world, DD_ENTITY_FEEDER, place->feeder),
        entity_of(world, DD_ENTITY_ROAD, place->road),
        entity_of(world, DD_ENTITY_WARD, place->ward), llrint(it.baseline_w * dark_h * 1e3));
}

void dd_account_tell(dd_world *world) {
    enum { TOLD_AT_ONCE = 1000 }; // lamps whose records wait in memory
    double dark_h = dd_account_dark_h(world);
    for (uint32_t lamp = 1; lamp < world->city->lamp_n; lamp++) {
        tell_lamp(world, lamp, dark_h);
        if (lamp % TOLD_AT_ONCE == 0) dd_stream_flush(&world->engine->stream);
    }
}
