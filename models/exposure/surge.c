#include "models/exposure/surge.h"
#include "engine/random.h"
#include "models/exposure/lightning.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/neighbourhood.h"
#include "models/segment.h"

#include <math.h>

static const double RUSCK_OHM = 38.8;
static const double NEAREST_M = 5; // nearer than a pole is to what stands around it
enum { VOLTS_STEP = 100, NODE_PERCENT = 60, DRIVER_PERCENT = 25 };

static float metres_from(const dd_hit *hit, const dd_point *place) {
    return dd_distance_m(&(dd_point){.x = hit->x, .y = hit->y}, place);
}

// Metres of cable from the struck pole; negative: no cable joins them.
static float cable_from(const dd_city *city, uint32_t pole, uint32_t lamp) {
    const dd_lamp *struck = &city->lamps[pole], *it = &city->lamps[lamp];
    if (!pole || struck->segment != it->segment) return -1;
    return struck->feeder == it->feeder ? fabsf(struck->cable_m - it->cable_m)
                                        : struck->cable_m + it->cable_m;
}

static double conducted(const dd_settings *settings, uint32_t current_a, float cable_m) {
    return settings->sky_surge_ohm * current_a * exp(-cable_m / settings->sky_surge_fades_m);
}

static uint32_t coarse(double volts) {
    return (uint32_t)(fmin(volts, 1e9) / VOLTS_STEP + 0.5) * VOLTS_STEP;
}

uint32_t dd_surge_volts(const dd_world *world, const dd_hit *hit, uint32_t lamp) {
    const dd_settings *settings = &world->def.settings;
    double metres = metres_from(hit, &world->city->lamps[lamp].place);
    double volts =
        metres > DD_STRIKE_REACH_M
            ? 0
            : RUSCK_OHM * hit->current_a * settings->sky_surge_loop_m / fmax(metres, NEAREST_M);
    float cable_m = cable_from(world->city, hit->pole, lamp);
    if (cable_m >= 0) volts = fmax(volts, conducted(settings, hit->current_a, cable_m));
    return coarse(volts);
}

uint32_t dd_surge_damage_ppm(const dd_world *world, uint32_t volts) {
    double ratio = volts / (world->def.settings.sky_spd_kv * 1000), cube = ratio * ratio * ratio;
    return (uint32_t)(1e6 * cube / (cube + 8) + 0.5);
}

// --- What it destroys ---

static dd_random4 draw(const dd_world *world, const dd_hit *hit, uint32_t entity) {
    return dd_random(world->def.seed, dd_world_stable(world, entity), DD_DRAW_SURGE, hit->number);
}

static dd_fault_kind victim(const dd_luminaire_model *model, uint32_t word) {
    uint32_t percent = dd_uniform(word, 100);
    if (!model->node) return DD_FAULT_DRIVER_DEAD;
    if (percent < NODE_PERCENT) return DD_FAULT_NODE_DEAD;
    return percent < NODE_PERCENT + DRIVER_PERCENT ? DD_FAULT_DRIVER_DEAD : DD_FAULT_LED_SHORT;
}

static void surge_lamp(dd_domain *domain, dd_segment_state *segment, uint16_t number,
                       const dd_hit *hit) {
    const dd_world *world = dd_world_of(domain);
    uint32_t lamp = dd_segment_lamp(segment, number);
    uint32_t ppm = dd_surge_damage_ppm(world, dd_surge_volts(world, hit, lamp));
    if (!ppm) return;
    dd_random4 words = draw(world, hit, dd_world_entity(world, DD_ENTITY_LAMP, lamp));
    if (!dd_chance_ppm(words.v[0], ppm)) return;
    dd_fault_kind fault = victim(dd_node_model(world, segment, number), words.v[1]);
    dd_segment_fault(domain, segment, lamp, fault, true, hit->record);
}

// The breakers of the cabinet to which the struck pole belongs feel what reaches them.
static void surge_breakers(dd_domain *domain, dd_segment_state *segment, const dd_hit *hit) {
    const dd_world *world = dd_world_of(domain);
    const dd_lamp *struck = &world->city->lamps[hit->pole];
    if (!hit->pole || struck->segment != segment->segment) return;
    uint32_t volts = coarse(conducted(&world->def.settings, hit->current_a, struck->cable_m));
    uint32_t ppm = dd_surge_damage_ppm(world, volts);
    for (uint8_t number = 1; number <= segment->feeder_n; number++) {
        uint32_t entity = dd_segment_entity(world, segment, number);
        if (!dd_chance_ppm(draw(world, hit, entity).v[0], ppm)) continue;
        dd_segment_fault(domain, segment, entity, DD_FAULT_BREAKER, true, hit->record);
    }
}

void dd_surge_strike(dd_domain *domain, const dd_hit *hit) {
    dd_neighbourhood *it = dd_neighbourhood_of(domain);
    for (uint32_t i = 0; i < it->segment_n; i++) {
        dd_segment_state *segment = &it->segments[i];
        for (uint16_t lamp = 1; lamp <= segment->lamp_n; lamp++)
            surge_lamp(domain, segment, lamp, hit);
        surge_breakers(domain, segment, hit);
    }
}
